package ui

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/ui/parts"
)

// shortcut presses a key with the platform's modifier.
func (w *world) shortcut(k fyne.KeyName) {
	w.Helper()
	if !w.app.dispatch(with(k)) {
		w.Fatalf("%s does nothing", with(k))
	}
}

// line returns the widget of a profile of the rail.
func (w *world) line(id string) *profileLine {
	w.Helper()
	l := newProfileLine(w.app.rail.profiles)
	for _, v := range w.app.rail.profiles.views {
		if v.id == id {
			l.set(v, false, false)
			l.Resize(fyne.NewSize(190, profileLineHeight))
			return l
		}
	}
	w.Fatalf("the rail has no profile %s", id)
	return nil
}

// marked returns what has a mark in a part of the window and can be seen; nil for
// nothing. It notes all marks that it comes by.
func marked(o fyne.CanvasObject, mark string, seen *[]string) fyne.CanvasObject {
	if !o.Visible() {
		return nil
	}
	if b, ok := o.(interface{ Box() (string, string) }); ok {
		m, _ := b.Box()
		if *seen = append(*seen, m); m == mark {
			return o
		}
	}
	var inner []fyne.CanvasObject
	switch v := o.(type) {
	case *fyne.Container:
		inner = v.Objects
	case fyne.Widget:
		inner = test.WidgetRenderer(v).Objects()
	}
	for _, x := range inner {
		if f := marked(x, mark, seen); f != nil {
			return f
		}
	}
	return nil
}

// onTop finds a widget that has a mark in what lies over the window.
func (w *world) onTop(mark string) fyne.CanvasObject {
	w.Helper()
	top := w.app.window.Canvas().Overlays().Top()
	if top == nil {
		w.Fatalf("nothing lies over the window that could have a %s", mark)
	}
	var seen []string
	o := marked(top, mark, &seen)
	if o == nil {
		w.Fatalf("there is no %s among %v", mark, seen)
	}
	return o
}

func (w *world) tapTop(mark string) {
	w.Helper()
	test.Tap(w.onTop(mark).(fyne.Tappable))
}

func (w *world) typeTop(mark, text string) {
	w.Helper()
	w.onTop(mark).(*parts.Field).SetText(text)
}

// said is the text of what has a mark over the window.
func (w *world) said(mark string) string {
	w.Helper()
	_, text := w.onTop(mark).(interface{ Box() (string, string) }).Box()
	return text
}

func TestAProfileNarrowsTheWindow(t *testing.T) {
	w, _ := newProfileWorld(t)
	if got := w.railProfiles(); !slices.Equal(got, []string{"Default 1/2", "On call 0", "Shop, dev 1/2"}) {
		t.Errorf("the rail has %v", got)
	}
	test.Tap(w.line("dev"))
	if got := w.names(); !slices.Equal(got, []string{"api", "jaeger"}) || w.app.top.profile.word() != "Shop, dev" {
		t.Errorf("a click on Shop, dev shows %v below %q", got, w.app.top.profile.word())
	}
	if r := w.app.rail.rows; r[0].n != 4 || r[1].n != 1 || r[0].chosen || !w.app.rail.profiles.views[2].chosen {
		t.Error("the rail does not show what is chosen")
	}
	if got := w.app.top.startAll.Tip; got != "Start all tunnels of Shop, dev" {
		t.Errorf("Start all says %q", got)
	}
	test.Tap(w.app.top.startAll)
	w.until("jaeger runs", func() bool { return w.row("jaeger").on && w.app.busy["jaeger"] == "" })
	test.Tap(w.app.top.stopAll)
	w.until("both are stopped", func() bool { return !w.row("jaeger").on && !w.row("api").on && len(w.app.busy) == 0 })
	w.shortcut(fyne.Key1)
	if got := w.names(); !slices.Equal(got, []string{"web", "redis"}) || !w.row("web").on || w.row("redis").on {
		t.Errorf("Ctrl+1 shows %v", got)
	}
	w.shortcut(fyne.Key2)
	if v := w.app.welcome.view; v.kind != welcomeNoneHere || !w.app.welcome.Visible() || !w.app.top.search.Visible() {
		t.Errorf("an empty profile shows %+v", v)
	}
	test.Tap(w.app.welcome.add)
	if e := w.app.editor; e == nil || e.form.profile != "on-call" {
		t.Fatal("New tunnel is not for the profile on show")
	}
	w.key(fyne.KeyEscape)
	w.shortcut(fyne.Key0)
	if got := w.names(); len(got) != 4 {
		t.Errorf("Ctrl+0 shows %v", got)
	}
	w.shortcut(fyne.Key3)
	test.Tap(w.app.rail.rows[filterAll])
	if got := w.names(); len(got) != 4 {
		t.Errorf("All shows %v", got)
	}
}

func TestTheChosenProfileIsRemembered(t *testing.T) {
	w, _ := newProfileWorld(t)
	kept := &fakeMemory{}
	w.app.deps.Memory = kept
	w.app.showProfile("dev")
	w.app.groupRowsBy(groupByProfile)
	w.app.closed[groupKey{by: groupByProfile, name: "dev"}] = true
	w.app.keepNow()
	m := readMemory(kept.text)
	if m.Profile != "dev" || m.Group != "profile" || !slices.Equal(m.Closed, []fold{{By: "profile", Name: "dev"}}) {
		t.Errorf("what is kept is %s", kept.text)
	}
	f, list := threeProfiles()
	p := &fakeProfiles{f: f, list: list, dirty: make(chan struct{}, 1)}
	again := newWorldOf(t, f, newFakeCatalog(), func(d *Deps) { d.Profiles, d.Memory = p, kept })
	again.until("it is narrowed", func() bool { return len(again.app.table.state.rows) == 1 })
	if r := again.app.table.state.rows[0]; r.name != "Shop, dev" || !r.closed {
		t.Errorf("it comes up with %+v", r)
	}
	none := newWorldOf(t, f, newFakeCatalog(), func(d *Deps) { d.Memory = kept })
	if none.app.grouped != groupByContext || len(none.names()) != 4 || none.app.top.profile != nil || none.app.rail.profiles != nil {
		t.Error("without profiles something of them shows")
	}
}

func TestProfilesAreMadeRenamedAndTagged(t *testing.T) {
	w, p := newProfileWorld(t)
	test.Tap(w.app.rail.addProfile)
	w.tapTop("new-profile/ok")
	if got := w.said("new-profile/error"); got != "Give the profile a name." {
		t.Errorf("without a name it says %q", got)
	}
	w.typeTop("new-profile/field", "on CALL")
	w.tapTop("new-profile/ok")
	if got := w.said("new-profile/error"); got != "There is a profile “On call” already: choose another name." {
		t.Errorf("a name that is taken: %q", got)
	}
	w.typeTop("new-profile/field", " Ops ")
	w.onTop("new-profile/field").(*parts.Field).Entry.OnSubmitted("")
	w.until("it is there and on show", func() bool { return w.app.top.profile.word() == "Ops" && len(w.app.rail.profiles.views) == 4 })

	w.app.openChooser(fyne.NewPos(48, 50))
	w.tapTop("profile-menu:" + profileRename)
	if got := w.said("rename-profile/text"); got != "Its file keeps its name, ops.yaml." {
		t.Errorf("renaming says %q", got)
	}
	p.fail = &tunnels.Error{Err: errors.New("the disk is full"), Hint: "make room"}
	w.typeTop("rename-profile/field", "Night")
	w.tapTop("rename-profile/ok")
	w.until("the error shows", func() bool {
		return marked(w.app.window.Canvas().Overlays().Top(), "rename-profile/error", new([]string)) != nil
	})
	if got := w.said("rename-profile/field"); got != "Night" {
		t.Errorf("what was typed is %q now", got)
	}
	if got := w.said("rename-profile/error"); got != "The disk is full. Make room." {
		t.Errorf("a failed change says %q", got)
	}
	p.fail = nil
	w.tapTop("rename-profile/ok")
	w.until("it is renamed", func() bool { return w.app.top.profile.word() == "Night" })

	w.app.profileVerb(profileTags, "ops")
	w.typeTop("tag-profile/field", "a, b a")
	w.tapTop("tag-profile/ok")
	if got := w.said("tag-profile/error"); got != "“a” is there twice." {
		t.Errorf("tags: %q", got)
	}
	w.typeTop("tag-profile/field", "a, b")
	w.tapTop("tag-profile/ok")
	w.until("it has tags", func() bool { v, _ := w.app.profileView("ops"); return v.tags == "a, b" })

	w.app.profileVerb(profileNotify, "ops")
	w.until("it is quiet", func() bool { v, _ := w.app.profileView("ops"); return v.quiet })
	w.app.profileVerb(profileDuplicate, "ops")
	if got := w.said("duplicate-profile/field"); got != "Night copy" {
		t.Errorf("the copy is called %q", got)
	}
	w.tapTop("duplicate-profile/ok")
	w.until("the copy is on show", func() bool { return w.app.top.profile.word() == "Night copy" })
}

func TestDeletedProfilesComeBack(t *testing.T) {
	w, p := newProfileWorld(t)
	w.app.showProfile("dev")
	w.line("dev").TappedSecondary(&fyne.PointEvent{AbsolutePosition: fyne.NewPos(60, 240)})
	w.tapTop("profile-menu:" + profileDelete)
	if got := w.said("delete-profile/text"); got != "Its 2 tunnels go with it. One runs now and is stopped. For a moment it can be undone." {
		t.Errorf("it asks %q", got)
	}
	w.tapTop("delete-profile/ok")
	w.until("it is gone", func() bool { return w.app.undo.Visible() && len(w.names()) == 2 && len(w.app.rail.profiles.views) == 2 })
	if got := w.app.undo.text.String(); got != "Stopped 1 tunnel and deleted “Shop, dev”." {
		t.Errorf("undo says %q", got)
	}
	p.fail = &tunnels.Error{Err: errors.New("there is a dev.yaml by now")}
	test.Tap(w.app.undo.undo)
	w.until("it is offered again", func() bool { return w.app.undo.text.String() == "Not brought back: There is a dev.yaml by now." })
	p.fail = nil
	test.Tap(w.app.undo.undo)
	w.until("it is back, and what ran runs", func() bool {
		st, ok := w.app.snap.Find("api")
		return ok && running(st.State) && w.app.top.profile.word() == "Shop, dev" && len(w.app.busy) == 0
	})
	if st, _ := w.app.snap.Find("jaeger"); running(st.State) {
		t.Error("what was stopped runs")
	}
	want := []string{"delete dev", "restore dev", "restore dev"}
	if got := p.called(); !slices.Equal(got, want) {
		t.Errorf("calls are %v, want %v", got, want)
	}
}

func TestAWholeProfileIsStartedAndRestarted(t *testing.T) {
	f, list := threeProfiles()
	f.snap[3].Spec.Target.Context, f.snap[3].Spec.Listen = "prod", []string{"0.0.0.0"}
	w, _ := newWorldWithProfiles(t, f, list)
	w.app.groupRowsBy(groupByProfile)
	w.app.rowMenuAt(w.groupRow("Shop, dev"), fyne.NewPos(300, 300))
	w.tapTop("profile-menu:" + profileStart)
	w.tapTop("ask-start/ok") // asked once, for what is dangerous of it
	w.until("jaeger runs", func() bool { return w.row("jaeger").on && len(w.app.busy) == 0 })
	w.app.profileVerb(profileRestart, "dev")
	w.tapTop("ask-start/ok")
	w.until("both are started again", func() bool {
		calls := w.tunnels.called()
		return slices.Contains(calls, "stop api") && slices.Contains(calls, "start api") && slices.Contains(calls, "stop jaeger") && len(w.app.busy) == 0
	})
	w.app.profileVerb(profileStop, "dev")
	w.until("both are stopped", func() bool { return !w.row("jaeger").on && !w.row("api").on && len(w.app.busy) == 0 })
	if !w.row("web").on {
		t.Error("another profile's tunnel was stopped")
	}
}

func TestTunnelsMoveToAnotherProfileAndBack(t *testing.T) {
	w, p := newProfileWorld(t)
	home := func(id tunnels.ID) string { st, _ := w.app.snap.Find(id); return profileOf(st.Spec) }
	w.app.rowMenu("web", fyne.NewPos(300, 200))
	w.tapTop("menu:profile")
	w.tapTop("move-menu:show:dev")
	w.until("web is moved", func() bool { return home("web") == "dev" && w.app.undo.Visible() })
	if got := w.app.undo.text.String(); got != "Moved “web” to Shop, dev." {
		t.Errorf("undo says %q", got)
	}
	test.Tap(w.app.undo.undo)
	w.until("web is back, before redis", func() bool {
		return home("web") == "default" && slices.Equal(idsOf(w.app.scope())[:1], []tunnels.ID{"web"})
	})

	w.app.pick(w.app.picked.toggle("redis", "web"), "redis")
	test.Tap(w.app.table.bulk.buttons[profileOfBulk])
	w.tapTop("move-menu:" + profileNew)
	w.typeTop("new-profile/field", "Ops")
	w.tapTop("new-profile/ok")
	w.until("both are in the new one", func() bool { return home("web") == "ops" && home("redis") == "ops" && len(w.app.busy) == 0 })
	if got := p.called(); !slices.Equal(got, []string{"create Ops"}) {
		t.Errorf("calls are %v", got)
	}

	w.tunnels.putErr = &tunnels.Error{Err: errors.New("the disk is full")}
	w.app.moveToProfile([]tunnels.ID{"api"}, "default", "")
	w.until("the row says why not", func() bool { return w.row("api").reason == "The disk is full" })
}

func TestRowsAreDraggedToAnotherProfile(t *testing.T) {
	w, _ := newProfileWorld(t)
	home := func(id tunnels.ID) string { st, _ := w.app.snap.Find(id); return profileOf(st.Spec) }
	at := func(o fyne.CanvasObject) fyne.Position {
		return fyne.CurrentApp().Driver().AbsolutePositionForObject(o)
	}
	drag := func(name string, to fyne.Position) {
		r := w.app.table.list.made[1]
		view := r.view
		r.view = w.row(name)
		r.MouseDown(&desktop.MouseEvent{})
		r.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, 9), PointEvent: fyne.PointEvent{AbsolutePosition: to}})
		r.view = view
	}
	drop := func() { w.app.table.list.made[1].DragEnd() }

	onCall := at(w.app.rail.profiles).AddXY(40, profileLineHeight*1.5)
	w.app.sortRowsBy(byName) // the rail takes rows in any order
	drag("redis", onCall)
	if w.app.rail.profiles.target != "on-call" || w.app.table.land.Visible() {
		t.Error("the rail does not show where it would land")
	}
	w.key(fyne.KeyEscape)
	drop()
	if home("redis") != "default" || w.app.rail.profiles.target != "" {
		t.Error("Escape does not give dragging up")
	}
	drag("redis", onCall)
	drop()
	w.until("redis is in On call", func() bool { return home("redis") == "on-call" && w.app.rail.profiles.target == "" })

	w.app.sortRowsBy(ownOrder)
	w.app.groupRowsBy(groupByProfile)
	// [Default] web [On call] redis [Shop, dev] api jaeger
	w.until("it is the rows' turn", func() bool { return len(w.app.table.state.rows) == 7 && len(w.app.busy) == 0 })
	drag("web", at(w.app.table.list).AddXY(300, 3*groupHeight+3*rowHeight+2))
	if l := w.app.table.land; !l.Visible() || l.y != 3*groupHeight+3*rowHeight {
		t.Errorf("the line is at %v, visible %v", l.y, l.Visible())
	}
	drop()
	w.until("web is between api and jaeger", func() bool {
		return home("web") == "dev" && slices.Equal(idsOf(inProfile(w.app.snap, "dev")), []tunnels.ID{"api", "web", "jaeger"})
	})
}

func TestABrokenProfileRefusesAndKeepsWhatWasTyped(t *testing.T) {
	w, p := newProfileWorld(t)
	p.edit("dev", func(x *profiles.Profile) {
		x.Err, x.Line = &tunnels.Error{Op: "dev.yaml, line 12", Err: errors.New("did not find ]"), Hint: "Correct the file"}, 12
	})
	w.until("the banner tells", func() bool { return w.app.banner.view.title == "dev.yaml cannot be read, line 12." })
	if got := w.line("dev").view.icon(); got != "triangle-alert" {
		t.Errorf("the rail shows %s", got)
	}
	const why = "dev.yaml cannot be read, line 12. Did not find ]. Correct the file."
	w.app.showProfile("dev")
	w.app.newTunnel()
	e := w.app.editor
	e.set(func(f *form) { f.pod, f.ports, f.name = "web-1", "8080", "mine" })
	e.submit(true)
	if got := e.sheet.profileRow.bad.Text(); got != why || w.app.editor != e || e.form.name != "mine" {
		t.Errorf("the sheet says %q", got)
	}
	e.chooseProfile("default")
	if got := e.sheet.profileRow.bad.Text(); got != "" {
		t.Errorf("with another profile it says %q", got)
	}
	w.tunnels.putErr = &tunnels.Error{Op: "write default.yaml", Err: errors.New("the disk is full")}
	e.submit(false)
	w.until("the sheet says why it is not written", func() bool { return e.sheet.profileRow.bad.Text() == "The disk is full." })
	w.tunnels.putErr = nil
	e.submit(false)
	w.until("it is kept in Default, which is on show", func() bool {
		return w.app.editor == nil && w.app.top.profile.word() == "Default" && slices.Contains(w.names(), "mine")
	})

	w.app.moveToProfile([]tunnels.ID{"web"}, "dev", "")
	if got := w.said("told/text"); got != why {
		t.Errorf("a move there says %q", got)
	}
	w.key(fyne.KeyEscape)
	w.app.choose("api")
	w.app.turnPage(pageEdit)
	w.app.editPane(func(f *form) { f.name = "api2" })
	w.app.savePane()
	if v := w.app.editViewOf(w.app.snap[2]); v.bad.profile != why || v.form.name != "api2" {
		t.Errorf("the Edit page says %+v", v.bad)
	}
	p.edit("dev", func(x *profiles.Profile) { x.Err, x.Line = nil, 0 })
	w.until("the banner goes", func() bool { return !w.app.banner.Visible() })
	w.app.savePane()
	w.until("it is saved", func() bool { st, _ := w.app.snap.Find("api"); return st.Spec.Name == "api2" })
}

func TestVerbsOfABrokenProfileNameTheLine(t *testing.T) {
	w, p := newProfileWorld(t)
	bad := &tunnels.Error{Op: "dev.yaml, line 12", Err: &profiles.Position{Line: 12, Err: errors.New("did not find ]")}, Hint: "Correct the file"}
	p.edit("dev", func(x *profiles.Profile) { x.Err, x.Line = bad, 12 })
	w.until("the rail shows it", func() bool { return w.line("dev").view.icon() == "triangle-alert" })
	for _, verb := range []string{profileRename, profileDuplicate, profileTags, profileNotify} {
		w.app.profileVerb(verb, "dev")
		if got := w.said("told/text"); got != "dev.yaml cannot be read, line 12. Did not find ]. Correct the file." {
			t.Errorf("%s says %q", verb, got)
		}
		w.key(fyne.KeyEscape)
	}
	w.app.failed["api"] = bad
	w.app.failed["web"] = &tunnels.Error{Err: errors.New("the disk is full")}
	w.app.draw()
	if w.app.failed["api"] == nil {
		t.Error("a row does not say why, although the file is as it was")
	}
	p.edit("dev", func(x *profiles.Profile) { x.Err, x.Line = nil, 0 })
	w.until("the rail shows that it is mended", func() bool { return w.line("dev").view.icon() != "triangle-alert" })
	if w.app.failed["api"] != nil || w.app.failed["web"] == nil {
		t.Errorf("with the file mended, rows say %v", w.app.failed)
	}
	if got := complaintAt(bad); got != "dev.yaml, line 12: Did not find ]. Correct the file." {
		t.Errorf("an error of a file says %q", got)
	}
	if got := complaintAt(&tunnels.Error{Op: "write dev.yaml", Err: errors.New("the disk is full")}); got != "The disk is full." {
		t.Errorf("another one says %q", got)
	}
}

func TestTheSheetKeepsATunnelInAProfile(t *testing.T) {
	w, _ := newProfileWorld(t)
	w.app.newTunnel()
	e := w.app.editor
	if got := e.sheet.profile.Value(); got != "default" {
		t.Errorf("a new tunnel goes to %q", got)
	}
	e.set(func(f *form) { f.pod, f.ports, f.name = "web-1", "8080", "mine" })
	test.Tap(e.sheet.autoStart)
	e.chooseProfile(profileNew)
	w.typeTop("new-profile/field", "Ops")
	w.tapTop("new-profile/ok")
	w.until("the new profile is chosen", func() bool { return e.form.profile == "ops" && w.app.editor == e })
	e.submit(false)
	w.until("it is there", func() bool { return w.app.editor == nil && slices.Contains(w.names(), "mine") })
	i := slices.IndexFunc(w.app.snap, func(st tunnels.Status) bool { return st.Spec.Name == "mine" })
	if s := w.app.snap[i].Spec; s.Profile != "ops" || !s.AutoStart {
		t.Errorf("it is %+v", s)
	}
	w.app.duplicate(w.app.snap[i].Spec.ID)
	if e := w.app.editor; e.form.profile != "ops" || !e.form.autoStart {
		t.Error("a duplicate is not in the same profile")
	}
}

func TestTheProfilesOfTheRailByKeyboard(t *testing.T) {
	w, _ := newProfileWorld(t)
	l := w.app.rail.profiles
	press := func(keys ...fyne.KeyName) {
		for _, k := range keys {
			l.TypedKey(&fyne.KeyEvent{Name: k})
		}
	}
	l.FocusGained()
	press(fyne.KeyDown, fyne.KeyDown, fyne.KeyDown, fyne.KeyReturn)
	if w.app.book.shown != "dev" {
		t.Errorf("Enter on the last shows %q", w.app.book.shown)
	}
	press(fyne.KeySpace)
	if w.app.book.shown != "" {
		t.Error("a second time does not show all again")
	}
	press(fyne.KeyHome, desktop.KeyMenu)
	w.onTop("profile-menu:" + profileRename)
	parts.Dismiss(w.app.window.Canvas())
	press(fyne.KeyF2)
	if got := w.said("rename-profile/field"); got != "Default" {
		t.Errorf("F2 renames %q", got)
	}
	parts.Dismiss(w.app.window.Canvas())
	press(fyne.KeyEnd, fyne.KeyDelete)
	if got := w.said("delete-profile/title"); !strings.Contains(got, "Shop, dev") {
		t.Errorf("Del asks %q", got)
	}
}

func TestTheKeysStayAtTheirProfile(t *testing.T) {
	l := newProfileList(profileActions{})
	at := func() string { _, text := l.Box(); return text }
	view := func(name string) profileView { return profileView{id: name, name: name} }
	l.set([]profileView{view("a"), view("b"), view("d")})
	l.move(1)
	renamed := profileView{id: "b", name: "z"}
	l.set([]profileView{view("a"), view("c"), view("d"), renamed})
	if at() != "z" {
		t.Errorf("the profile was renamed, and the keys are at %q", at())
	}
	l.set([]profileView{view("a"), view("c"), view("d")})
	if at() != "d" {
		t.Errorf("the profile is gone, and the keys are at %q", at())
	}
}

func TestThirtyProfilesScroll(t *testing.T) {
	f, list := threeProfiles()
	for i := range 27 {
		list = append(list, profiles.Profile{ID: "p" + string(rune('a'+i)), Name: "P" + string(rune('a'+i))})
	}
	w, _ := newWorldWithProfiles(t, f, list)
	l := w.app.rail.profiles
	if h := l.Size().Height; h < 3*profileLineHeight || h > 8*profileLineHeight {
		t.Errorf("the profiles take %v units", h)
	}
	l.FocusGained()
	l.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	if l.Offset() == 0 {
		t.Error("the last one is not scrolled to")
	}
	w.app.foldRail()
	if !w.app.rail.profile.Visible() || l.Visible() {
		t.Error("the folded rail has no icon for profiles")
	}
	test.Tap(w.app.rail.profile)
	w.onTop("profile-menu:" + profileAll)
}

func TestRemovedTunnelsComeBackToTheirPlaceInTheirProfile(t *testing.T) {
	w, _ := newProfileWorld(t)
	w.app.removeAll([]tunnels.ID{"web", "api"})
	w.until("they are gone", func() bool { return w.app.undo.Visible() && len(w.names()) == 2 })
	test.Tap(w.app.undo.undo)
	w.until("they are back", func() bool { return len(w.names()) == 4 && w.row("web").on && w.row("api").on && len(w.app.busy) == 0 })
	for profile, want := range map[string][]tunnels.ID{"default": {"web", "redis"}, "dev": {"api", "jaeger"}} {
		if got := idsOf(inProfile(w.app.snap, profile)); !slices.Equal(got, want) {
			t.Errorf("%s has %v, want %v", profile, got, want)
		}
	}
}

func TestFilesOfProfilesAreOpened(t *testing.T) {
	w, p := newProfileWorld(t)
	desk := &browserApp{App: w.app.deps.App, err: errors.New("there is no xdg-open")}
	w.app.deps.App = desk
	told := func() bool { return w.app.window.Canvas().Overlays().Top() != nil }
	p.edit("dev", func(x *profiles.Profile) { x.Err, x.Line = &tunnels.Error{Err: errors.New("no")}, 1 })
	w.until("the banner tells", func() bool { return w.app.banner.Visible() })
	test.Tap(w.app.banner.act)
	w.until("it says that it cannot be opened", told)
	if got := w.said("told/text"); got != "There is no xdg-open. It is at /home/me/.config/culvert/profiles/dev.yaml." {
		t.Errorf("it says %q", got)
	}
	parts.Dismiss(w.app.window.Canvas())
	w.app.profileVerb(profileFolder, "on-call")
	w.until("the folder neither", told)
	want := []string{"file:///home/me/.config/culvert/profiles/dev.yaml", "file:///home/me/.config/culvert/profiles"}
	if !slices.Equal(desk.opened, want) {
		t.Errorf("opened are %v, want %v", desk.opened, want)
	}
}
