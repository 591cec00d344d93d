package ui

import (
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"culvert/tunnels"
)

func TestPagesTurn(t *testing.T) {
	f := two()
	f.events = map[tunnels.ID][]tunnels.Event{"web": aDay()}
	w := newWorld(t, f, newFakeCatalog())
	w.app.choose("web")
	d := w.app.details
	visible := func() (out []detailsPage) {
		for _, p := range []detailsPage{pageOverview, pageConnections, pageTimeline, pageEdit} {
			if d.bodies()[p].Visible() {
				out = append(out, p)
			}
		}
		return out
	}
	for _, want := range []detailsPage{pageOverview, pageConnections, pageTimeline, pageEdit} {
		if got := visible(); !slices.Equal(got, []detailsPage{want}) {
			t.Fatalf("the pages %v are shown, want %s", got, want)
		}
		d.tabs.TypedKey(&fyne.KeyEvent{Name: fyne.KeyRight})
	}
	w.app.choose("redis") // the page stays
	if w.app.page != pageEdit || d.view.name != "redis" {
		t.Errorf("for redis the page is %s of %q", w.app.page, d.view.name)
	}
}

func TestTimelineIsAskedAnewWhenTheStateChanges(t *testing.T) {
	f := two()
	f.events = map[tunnels.ID][]tunnels.Event{"web": aDay()[:7]}
	w := newWorld(t, f, newFakeCatalog())
	w.app.choose("web")
	w.app.turnPage(pageTimeline)
	page := w.app.details.timeline
	w.until("the timeline is there", func() bool { return len(page.view.lines) > 0 })
	n := len(page.view.lines)
	f.mu.Lock()
	f.events["web"] = aDay()
	f.mu.Unlock()
	f.change("", "web", func(s *tunnels.Status) { s.Reconnects++ })
	w.until("it has grown", func() bool { return len(page.view.lines) > n })
	if page.view.day != "Today" {
		t.Errorf("its first day is %q", page.view.day)
	}
}

func TestALineOfTheTimelineUnfolds(t *testing.T) {
	f := two()
	f.events = map[tunnels.ID][]tunnels.Event{"web": aDay()}
	w := newWorld(t, f, newFakeCatalog())
	w.app.choose("web")
	w.app.turnPage(pageTimeline)
	page := w.app.details.timeline
	w.until("the timeline is there", func() bool { return len(page.view.lines) > 2 })
	page.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	page.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	lost := page.view.lines[2]
	if page.list.at != 2 || !lost.foldable() {
		t.Fatalf("Down goes to %d, %+v", page.list.at, lost)
	}
	page.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if h := page.height(lost); !page.open[lost.key()] || h <= timeRow {
		t.Errorf("unfolded, it is %v high", h)
	}
	page.list.TypedShortcut(&fyne.ShortcutCopy{})
	if got := w.app.deps.App.Clipboard().Content(); got != lost.copy() {
		t.Errorf("Ctrl+C copies %q", got)
	}
	page.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if page.open[lost.key()] || page.height(lost) != timeRow {
		t.Error("it does not fold again")
	}
}

func TestFactsAndAddressesAreCopiedByKeyboard(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.choose("web")
	clip := w.app.deps.App.Clipboard()
	facts := w.app.details.facts
	facts.FocusGained()
	facts.TypedShortcut(&fyne.ShortcutCopy{})
	if got := clip.Content(); got != "web-7d4b9c6f5-x2x9k" {
		t.Errorf("Ctrl+C on the first fact copies %q", got)
	}
	facts.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	facts.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if got := clip.Content(); got != facts.facts[1].value {
		t.Errorf("Enter on the second fact copies %q", got)
	}
	cards := w.app.details.cards
	cards.FocusGained()
	for range 9 {
		cards.TypedKey(&fyne.KeyEvent{Name: fyne.KeyDown})
	}
	cards.TypedKey(&fyne.KeyEvent{Name: fyne.KeySpace})
	if got := clip.Content(); got != "[::1]:6000" {
		t.Errorf("Space on the last address copies %q", got)
	}
	cards.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if w.app.detail {
		t.Error("Escape does not reach the window")
	}
}

func TestAValueCanBeSelectedWhileTheMouseIsOnIt(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.choose("web")
	facts := w.app.details.facts
	over := func(x, y float32) *desktop.MouseEvent {
		return &desktop.MouseEvent{PointEvent: fyne.PointEvent{Position: fyne.NewPos(x, y)}}
	}
	facts.MouseMoved(over(factKey+10, 5))
	if !facts.grip.obj.Visible() || facts.grip.label.Text != "web-7d4b9c6f5-x2x9k" || facts.rows[0].value.C.Visible() {
		t.Errorf("over the first value lies %q", facts.grip.label.Text)
	}
	facts.MouseMoved(over(10, 5)) // its key
	if facts.grip.obj.Visible() || !facts.rows[0].value.C.Visible() {
		t.Error("the grip stays beside the value")
	}
	icon := facts.icons[0]
	facts.Tapped(&fyne.PointEvent{Position: fyne.NewPos(icon.x+5, icon.y+5)})
	if got := w.app.deps.App.Clipboard().Content(); got != "web-7d4b9c6f5-x2x9k" {
		t.Errorf("the icon copies %q", got)
	}
}

func TestWhatTheDetailsOffer(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	d := w.app.details
	shown := func() (out []string) {
		for _, b := range d.buttons() {
			out = append(out, b.Mark)
		}
		return out
	}
	w.app.choose("web")
	if got, want := shown(), []string{"details/open", "details/url", "details/reconnect"}; !slices.Equal(got, want) {
		t.Errorf("of a running tunnel the buttons are %v, want %v", got, want)
	}
	w.app.choose("redis")
	if got, want := shown(), []string{"details/start-stop", "details/edit"}; !slices.Equal(got, want) {
		t.Errorf("of a stopped tunnel the buttons are %v, want %v", got, want)
	}
	test.Tap(d.edit)
	if w.app.page != pageEdit {
		t.Error("Edit does not open the page")
	}
	test.Tap(d.more)
	if w.app.window.Canvas().Overlays().Top() == nil {
		t.Fatal("there is no menu")
	}
	w.key(fyne.KeyEscape)
	w.app.duplicate("redis")
	if e := w.app.editor; e == nil || e.form.name != "redis copy" || e.form.id != "" || e.form.ports != "6379" {
		t.Error("Duplicate opens no sheet with a copy")
	}
}

func TestDetailsKeepTheirPlaceInNarrowWindows(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	long := spec("a name that is far longer than what the strip has room for, whatever the font", "dev", "shop", "x", "1")
	if err := w.tunnels.Put(long); err != nil {
		t.Fatal(err)
	}
	w.until("it is there", func() bool { return len(w.names()) == 3 })
	w.app.window.Resize(fyne.NewSize(leastWidth, leastHeight))
	for _, id := range []tunnels.ID{"web", long.ID} {
		w.app.choose(id)
		d := w.app.details
		end := d.tabs.Position().X + d.tabs.Size().Width
		for _, b := range d.buttons() {
			if b.Position().X < end {
				t.Errorf("the button %s of %s begins at %v, before the tabs end at %v", b.Mark, id, b.Position().X, end)
			}
		}
		if d.tabs.Size().Width < d.tabs.Width() {
			t.Errorf("the tabs of %s have %v of %v", id, d.tabs.Size().Width, d.tabs.Width())
		}
	}
}

func TestPagesComeBeforeButtonsInNarrowDetails(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.window.Resize(fyne.NewSize(leastWidth, leastHeight))
	w.app.choose("web")
	d := w.app.details
	if got := len(d.buttons()); got != 3 {
		t.Fatalf("%d buttons are shown where there is room for all", got)
	}
	open := false
	w.app.railChoice = &open
	w.app.frame.Refresh()
	if len(d.buttons()) == 3 || d.tabs.Size().Width < d.tabs.Width() {
		t.Errorf("beside the open rail %d buttons are shown, and %v of %v of the tabs", len(d.buttons()), d.tabs.Size().Width, d.tabs.Width())
	}
	verbs := w.app.detailsMenuItems(w.app.snap[0], fyne.Position{})
	if !slices.ContainsFunc(verbs, func(v rowVerb) bool { return v.key == "reconnect" }) {
		t.Error("a verb without a button is not in the menu")
	}
}

func TestSwap(t *testing.T) {
	f := two()
	f.snap[0].Pods, f.snap[0].PodsReady = []string{"web-7d4b9c6f5-x2x9k", "web-7d4b9c6f5-k7d2p"}, 2
	w := newWorld(t, f, newFakeCatalog())
	w.app.choose("web")
	if !slices.ContainsFunc(w.app.rowMenuItems(w.app.snap[0], nil), func(v rowVerb) bool { return v.key == verbSwap }) {
		t.Error("no swap is offered")
	}
	w.app.chooseSwap("web", fyne.Position{})
	if w.app.window.Canvas().Overlays().Top() == nil {
		t.Error("there is nothing to choose")
	}
	w.app.swapTo("web", "web-7d4b9c6f5-k7d2p")
	w.until("it is swapped", func() bool { return slices.Contains(w.tunnels.called(), "swap web") })
	if got := otherPods(tunnels.Status{Pod: "a", Pods: []string{"a", "b"}}); !slices.Equal(got, []string{"b"}) {
		t.Errorf("other pods are %v", got)
	}
}

func TestSecondsText(t *testing.T) {
	for d, want := range map[time.Duration]string{-time.Second: "0 s", 59 * time.Second: "59 s", 61 * time.Second: "1 min"} {
		if got := secondsText(d); got != want {
			t.Errorf("%v is %q, want %q", d, got, want)
		}
	}
}
