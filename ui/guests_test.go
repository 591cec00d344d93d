package ui

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/ui/parts"
)

// guestsOf is the profile of the file in a shop's project.
func guestsOf() profiles.Profile {
	return profiles.Profile{ID: "@shop", Name: "shop", Path: "/home/me/src/shop/.culvert.yaml", Guest: true}
}

// withGuests adds two tunnels that a project's file has brought, one of which runs.
func withGuests(f *fakeTunnels, list []profiles.Profile) (*fakeTunnels, []profiles.Profile) {
	f.snap = append(slices.Clone(f.snap),
		in("@shop", readyStatus(spec("orders", "dev", "shop", "orders-0", "5432"))),
		in("@shop", stopped(spec("mail", "dev", "shop", "mail-0", "1025"))),
	)
	return f, append(slices.Clone(list), guestsOf())
}

// newGuestWorld is a window over three profiles and guests.
func newGuestWorld(t *testing.T) (*world, *fakeProfiles) {
	t.Helper()
	f, list := withGuests(threeProfiles())
	return newWorldWithProfiles(t, f, list)
}

func TestGuestsAreShownAsSuch(t *testing.T) {
	w, _ := newGuestWorld(t)
	v, _ := w.app.profileView("@shop")
	if !v.guest || v.icon() != guestIcon || !strings.Contains(v.tip(), "From the file /home/me/src/shop/.culvert.yaml") {
		t.Errorf("the profile is shown as %+v, %q", v, v.tip())
	}
	if note := chooserOptions(w.app.profileViews(), tally{}, true)[4]; note.Icon != guestIcon || !strings.HasPrefix(note.Note, "from a file · 1 of 2 running") {
		t.Errorf("the list of profiles has %+v", note)
	}
	w.app.groupRowsBy(groupByProfile)
	rows := w.app.table.state.rows
	i := slices.IndexFunc(rows, func(r rowView) bool { return r.group && r.guest })
	if i < 0 || rows[i].note != "1 of 2 running · from a file" || rows[i].name != "shop" {
		t.Fatalf("the groups are %+v", rows)
	}
	st, _ := w.app.snap.Find("orders")
	if tip := nameTip(st, w.row("orders"), w.app.names()); !strings.Contains(tip, "From the file /home/me/src/shop/.culvert.yaml") {
		t.Errorf("the row says %q", tip)
	}
	facts := factsOf(st, w.app.names(), flow{}, insight{}, noon)
	if f := facts[len(facts)-1]; f.value != "/home/me/src/shop/.culvert.yaml" || !f.copies || f.key != "From a file" {
		t.Errorf("the details say %+v", f)
	}
	w.app.showProfile("@shop")
	if b := w.app.top.profile; b.icon != guestIcon || b.alert || b.name != "shop" {
		t.Errorf("the selector shows %+v", b)
	}
	items := profileItems(w.app.snap, w.app.book.list)
	if text := items[len(items)-1].text; text != "shop (from a file) · 1 of 2 run" {
		t.Errorf("the tray says %q", text)
	}
}

func TestGuestsHaveNoVerbsThatMakeNoSense(t *testing.T) {
	w, _ := newGuestWorld(t)
	v, _ := w.app.profileView("@shop")
	var got []string
	for _, o := range profileOptions(v, true, true) {
		got = append(got, o.Text)
	}
	want := []string{
		"From the file .culvert.yaml", "Start profile", "Stop profile", "Restart profile", "Keep as a profile…",
		"Open file", "Show folder", "Export…", "Remove from the list…",
	}
	if !slices.Equal(got, want) {
		t.Errorf("its menu has %q, want %q", got, want)
	}
	for name, o := range map[string][]parts.Option{
		"a new tunnel": w.app.profileChoices(""),
		"a move":       moveOptions(w.app.profileViews(), nil),
	} {
		if slices.ContainsFunc(o, func(o parts.Option) bool { return strings.Contains(o.Key, "@shop") }) {
			t.Errorf("%s is offered guests: %+v", name, o)
		}
	}
	v2 := takeView{}
	v2.takeProfiles(takeInput{profiles: w.app.book.list})
	if slices.ContainsFunc(v2.profiles, func(o parts.Option) bool { return o.Key == "@shop" }) {
		t.Errorf("an import is offered guests: %+v", v2.profiles)
	}
	w.app.showProfile("@shop")
	if home := w.app.book.home(); home != "" {
		t.Errorf("a new tunnel would be kept in %q", home)
	}
	for name, do := range map[string]func(string){"rename": w.app.renameProfile, "tags": w.app.tagProfile, "notifications": w.app.hushProfile} {
		do("@shop")
		if !w.app.dismissTold("told") {
			t.Errorf("%s is not refused with a reason", name)
		}
	}
}

// dismissTold closes what tells something and says whether it was open.
func (a *App) dismissTold(string) bool {
	o, ok := a.window.Canvas().Overlays().Top().(*parts.Overlay)
	if ok {
		o.OnDismiss()
	}
	return ok
}

func TestAGuestIsEditedElsewhere(t *testing.T) {
	w, p := newGuestWorld(t)
	w.app.edit("orders")
	page := w.app.details.editing
	if w.app.editor != nil || w.app.page != pageEdit || !page.guest.Visible() || page.scroll.Visible() || page.save.Visible() {
		t.Fatal("there are fields to type into")
	}
	if text := page.guest.Text(); !strings.Contains(text, "Edit that file and run `culvert up` again, or move a tunnel to a profile") {
		t.Errorf("it says %q", text)
	}
	st, _ := w.app.snap.Find("orders")
	w.app.changeSpec(st.Spec, st.Spec, "changed")
	if !w.app.dismissTold("told") || len(w.tunnels.called()) > 0 {
		t.Errorf("it was changed: %q", w.tunnels.called())
	}
	if w.app.canMove(w.app.table.state.rows, "orders", 1) {
		t.Error("it can be moved among those of its file")
	}
	w.app.moveToProfile([]tunnels.ID{"web"}, "@shop", "")
	if !w.app.dismissTold("told") || len(w.tunnels.called()) > 0 {
		t.Errorf("a tunnel was put among guests: %q", w.tunnels.called())
	}
	w.app.duplicate("orders")
	if e := w.app.editor; e == nil || e.form.profile != "" {
		t.Fatal("its copy is not the user's own")
	}
	w.app.editor.end()

	w.app.moveToProfile([]tunnels.ID{"orders"}, "default", "")
	w.until("it is kept", func() bool { st, _ := w.app.snap.Find("orders"); return st.Spec.Profile == "default" })
	if w.app.undo.Visible() {
		t.Error("it is offered to go back where nobody can put it")
	}
	if got := w.app.editViewOf(mustFind(t, w, "orders")); got.guest != "" || len(p.called()) > 0 {
		t.Errorf("it is a guest still: %+v, %q", got, p.called())
	}
}

func mustFind(t *testing.T, w *world, id tunnels.ID) tunnels.Status {
	t.Helper()
	st, ok := w.app.snap.Find(id)
	if !ok {
		t.Fatalf("there is no %s", id)
	}
	return st
}

func TestRemovedGuestsComeBack(t *testing.T) {
	w, _ := newGuestWorld(t)
	w.app.removeAll([]tunnels.ID{"orders", "redis"})
	w.until("it is offered back", func() bool { return w.app.undo.Visible() && len(w.app.snap) == 4 })
	w.app.undoOffered()
	w.until("both are back", func() bool {
		st, ok := w.app.snap.Find("orders")
		_, own := w.app.snap.Find("redis")
		return ok && own && st.State == tunnels.Ready && st.Spec.Profile == "@shop"
	})

	w.app.deleteProfile("@shop")
	if title := w.said("delete-profile/title"); title != "Remove “shop” from the list?" {
		t.Errorf("it asks %q", title)
	}
	w.tapTop("delete-profile/ok")
	w.until("they are gone", func() bool { return len(inProfile(w.app.snap, "@shop")) == 0 && w.app.undo.Visible() })
	w.app.undoOffered()
	w.until("they are back", func() bool {
		st, ok := w.app.snap.Find("orders")
		mail, too := w.app.snap.Find("mail")
		return ok && too && st.State == tunnels.Ready && mail.State == tunnels.Stopped
	})
}

func TestGuestsOfNoFile(t *testing.T) {
	w, p := newGuestWorld(t)
	p.edit("@shop", func(p *profiles.Profile) { p.Path = "" })
	w.until("its path is gone", func() bool { q, _ := w.app.book.find("@shop"); return q.Path == "" })
	v, _ := w.app.profileView("@shop")
	if !strings.Contains(v.tip(), "kept in no file") || profileOptions(v, true, false)[0].Text != "Brought by a command, kept in no file" {
		t.Errorf("it says %q", v.tip())
	}
	w.app.edit("orders")
	if page := w.app.details.editing; page.open.Visible() || !strings.Contains(page.guest.Text(), "are in no file") {
		t.Errorf("the Edit page says %q", page.guest.Text())
	}
}

func TestGuestsAreKept(t *testing.T) {
	w, p := newGuestWorld(t)
	w.app.profileVerb(profileKeep, "@shop")
	w.tapTop("keep-guests/ok")
	w.until("they are in a profile", func() bool {
		return len(inProfile(w.app.snap, "shop")) == 2 && slices.Contains(p.called(), "delete @shop")
	})
	if st := mustFind(t, w, "orders"); st.State != tunnels.Ready || slices.Contains(w.tunnels.called(), "stop orders") {
		t.Errorf("it was stopped for that: %q", w.tunnels.called())
	}
}

func TestGuestsKeepTheirPlaces(t *testing.T) {
	rows := []rowView{
		{group: true, key: groupKey{by: groupByProfile, name: "default"}},
		{id: "web", key: groupKey{by: groupByProfile, name: "default"}, profile: "default"},
		{group: true, guest: true, key: groupKey{by: groupByProfile, name: "@shop"}},
		{id: "a", guest: true, key: groupKey{by: groupByProfile, name: "@shop"}, profile: "@shop"},
		{id: "b", guest: true, key: groupKey{by: groupByProfile, name: "@shop"}, profile: "@shop"},
	}
	order := []tunnels.ID{"web", "a", "b"}
	if _, ok := dropPlace(rows, order, "a", 5); ok {
		t.Error("a guest is dropped behind another")
	}
	if _, _, ok := dropProfile(rows, "web", 4); ok {
		t.Error("a tunnel is dropped among guests")
	}
	if to, _, ok := dropProfile(rows, "a", 1); !ok || to != "default" {
		t.Error("a guest cannot be dropped into a profile")
	}
}

// TestWhatHelpsAGuest: what would change it is not offered, all else is.
func TestWhatHelpsAGuest(t *testing.T) {
	w, _ := newGuestWorld(t)
	busy := tunnels.Unbound{Addr: netip.MustParseAddrPort("127.0.0.1:7777"), Err: &tunnels.Error{Err: errors.New("in use"), Cause: tunnels.CausePortBusy}}
	for _, tt := range []struct {
		name     string
		conflict []string
		fixes    int
	}{
		{"orders", []string{verbUsePort, verbWaitPort}, 0},
		{"web", []string{verbUsePort, verbSavePort, verbWaitPort}, 1},
	} {
		st := mustFind(t, w, tunnels.ID(tt.name))
		remote := st.Spec.Mappings[0].Remote
		busy.Mapping = st.Spec.Mappings[0]
		st.Bound, st.Unbound = nil, []tunnels.Unbound{busy}
		st.State, st.Declared = tunnels.Degraded, []uint16{8081}
		st.PortErrs = map[tunnels.Port]*tunnels.Error{remote: {Err: errors.New("refused"), Cause: tunnels.CauseRefused}}
		var v detailView
		w.app.remedy(&v, st, w.app.names())
		var got []string
		for _, verb := range v.conflict.verbs {
			got = append(got, verb.key)
		}
		if !slices.Equal(got, tt.conflict) || len(v.remedies) != tt.fixes {
			t.Errorf("%s: offered are %q and %+v", tt.name, got, v.remedies)
		}
	}
}
