package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/test"

	"culvert/tunnels"
)

func TestPicks(t *testing.T) {
	shown := []tunnels.ID{"a", "b", "c", "d", "e"}
	tests := []struct {
		name string
		do   func(picks) picks
		want []tunnels.ID
	}{
		{"one beside the selected one", func(p picks) picks { return p.toggle("c", "a") }, []tunnels.ID{"a", "c"}},
		{"one while nothing is selected", func(p picks) picks { return p.toggle("c", "") }, []tunnels.ID{"c"}},
		{"the selected one itself", func(p picks) picks { return p.toggle("a", "a") }, []tunnels.ID{"a"}},
		{"one in and out again", func(p picks) picks { return p.toggle("c", "a").toggle("c", "c") }, []tunnels.ID{"a"}},
		{"the last one out", func(p picks) picks { return p.toggle("c", "").toggle("c", "c") }, nil},
		{"from the selected one down", func(p picks) picks { return p.extend(shown, "d", "b") }, []tunnels.ID{"b", "c", "d"}},
		{"and back up over it", func(p picks) picks { return p.extend(shown, "d", "b").extend(shown, "a", "d") }, []tunnels.ID{"a", "b"}},
		{"from the one picked last", func(p picks) picks { return p.toggle("d", "a").extend(shown, "e", "d") }, []tunnels.ID{"d", "e"}},
		{"from nowhere", func(p picks) picks { return p.extend(shown, "d", "") }, []tunnels.ID{"d"}},
		{"to one that is not shown", func(p picks) picks { return p.extend(shown, "x", "a") }, nil},
		{"all", func(p picks) picks { return p.all(shown) }, shown},
		{"what is hidden goes", func(p picks) picks { return p.all(shown).keep([]tunnels.ID{"b", "d"}) }, []tunnels.ID{"b", "d"}},
		{"what comes back is not picked again", func(p picks) picks { return p.all(shown).keep([]tunnels.ID{"b"}).keep(shown) }, []tunnels.ID{"b"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			p := tt.do(picks{})
			if got := p.in(shown); !slices.Equal(got, tt.want) || p.some() != (len(tt.want) > 0) {
				t.Errorf("picked are %v, want %v", got, tt.want)
			}
		})
	}
}

// four has three tunnels in dev, of which the second is stopped, and one in prod.
func four() *fakeTunnels {
	return newFakeTunnels(
		readyStatus(spec("a", "dev", "shop", "a-0", "6001")), stopped(spec("b", "dev", "shop", "b-0", "6002")),
		readyStatus(spec("c", "dev", "shop", "c-0", "6003")), readyStatus(spec("d", "prod", "data", "d-0", "6004")),
	)
}

func (w *world) click(name string, mods fyne.KeyModifier) { w.app.tapRow(w.row(name), mods) }

func (w *world) picked() []tunnels.ID { return w.app.pickedTunnels() }

func TestSeveralRowsAreChosenTogether(t *testing.T) {
	w := newWorld(t, four(), newFakeCatalog())
	w.click("a", 0)
	w.click("c", fyne.KeyModifierShortcutDefault)
	if got := w.picked(); !slices.Equal(got, []tunnels.ID{"a", "c"}) {
		t.Fatalf("Ctrl+click picks %v", got)
	}
	if b := w.app.table.bulk; !b.Visible() || w.app.table.head.Visible() || b.text.String() != "2 selected" {
		t.Errorf("the head says %q, visible %v", b.text, b.Visible())
	}
	w.click("d", fyne.KeyModifierShift)
	if got := w.picked(); !slices.Equal(got, []tunnels.ID{"c", "d"}) {
		t.Errorf("Shift+click picks %v", got)
	}
	w.app.sortRowsBy(byName)
	w.app.sortRowsBy(byName)
	if got := w.picked(); !slices.Equal(got, []tunnels.ID{"c", "d"}) {
		t.Errorf("after sorting %v are picked", got)
	}
	w.app.top.search.SetText("d-0")
	if got := w.picked(); !slices.Equal(got, []tunnels.ID{"d"}) {
		t.Errorf("while only d is shown %v are picked", got)
	}
	w.app.top.search.SetText("")
	if got := w.picked(); !slices.Equal(got, []tunnels.ID{"d"}) {
		t.Errorf("after the search %v are picked", got)
	}
	w.key(fyne.KeyEscape)
	if w.app.picked.some() || w.app.table.bulk.Visible() || !w.app.table.head.Visible() {
		t.Error("Escape leaves some picked")
	}
}

func TestRowsArePickedByKeyboard(t *testing.T) {
	w := newWorld(t, four(), newFakeCatalog())
	l := w.app.table.list
	l.step(1, false)
	l.step(1, true)
	l.step(1, true)
	l.step(1, true)
	l.step(-1, true)
	if got := w.picked(); !slices.Equal(got, []tunnels.ID{"a", "b", "c"}) {
		t.Errorf("Shift with the arrows picks %v", got)
	}
	l.step(1, false)
	if w.app.picked.some() || w.app.chosen != "d" {
		t.Errorf("an arrow alone leaves %v picked and goes to %q", w.picked(), w.app.chosen)
	}
	w.app.pickAll()
	if got := w.picked(); len(got) != 4 {
		t.Errorf("picking all picks %v", got)
	}
}

func TestVerbsOnSeveral(t *testing.T) {
	w := newWorld(t, four(), newFakeCatalog())
	done := func() bool { return len(w.app.busy) == 0 }
	w.click("a", 0)
	w.click("c", fyne.KeyModifierShift)
	w.key(fyne.KeySpace)
	w.until("b is started, since it was stopped", func() bool { return w.row("b").on && done() })
	w.key(fyne.KeySpace)
	w.until("all three are stopped", func() bool { return !w.row("a").on && !w.row("b").on && !w.row("c").on && done() })
	if !w.row("d").on {
		t.Error("d was stopped although it was not picked")
	}
	test.Tap(w.app.table.bulk.buttons[0])
	w.until("all three run again", func() bool { return w.row("a").on && w.row("b").on && w.row("c").on && done() })
	w.app.copyAddresses()
	if got := w.app.deps.App.Clipboard().Content(); got != "127.0.0.1:6001\n127.0.0.1:6002\n127.0.0.1:6003" {
		t.Errorf("the clipboard has %q", got)
	}
	w.key(fyne.KeyF5)
	w.until("all three are connected anew", func() bool {
		n := 0
		for _, c := range w.tunnels.called() {
			if c == "kick a" || c == "kick b" || c == "kick c" {
				n++
			}
		}
		return n == 3
	})
}

func TestOneUndoBringsAllRemovedTunnelsBackAsTheyWere(t *testing.T) {
	w := newWorld(t, four(), newFakeCatalog())
	w.click("a", 0)
	w.click("b", fyne.KeyModifierShortcutDefault)
	w.click("d", fyne.KeyModifierShortcutDefault)
	w.key(fyne.KeyDelete)
	w.until("they are gone", func() bool { return slices.Equal(w.names(), []string{"c"}) && w.app.undo.Visible() })
	if got := w.app.undo.text.String(); got != "Stopped and removed 3 tunnels." {
		t.Errorf("the window says %q", got)
	}
	test.Tap(w.app.undo.undo)
	w.until("all are back, running or not as they were", func() bool {
		return len(w.app.snap) == 4 && len(w.app.busy) == 0 && w.row("a").on && !w.row("b").on && w.row("d").on
	})
	if got := w.names(); !slices.Equal(got, []string{"a", "b", "c", "d"}) {
		t.Errorf("the order is %v", got)
	}
}

// TestUndoByKeyboard: a real window gets Ctrl+Z as the toolkit's own shortcut; its
// canvas for tests knows no shortcuts.
func TestUndoByKeyboard(t *testing.T) {
	if got, want := with(fyne.KeyZ).shortcut().ShortcutName(), (&fyne.ShortcutUndo{}).ShortcutName(); got != want {
		t.Errorf("Ctrl+Z is registered as %q, the toolkit calls it %q", got, want)
	}
	w := newWorld(t, four(), newFakeCatalog())
	w.shortcut(fyne.KeyZ)
	w.app.remove(idsOf(w.app.snap)[1])
	w.until("it is gone", func() bool { return len(w.app.snap) == 3 && w.app.undo.Visible() })
	w.shortcut(fyne.KeyZ)
	w.until("it is back in its place", func() bool { return slices.Equal(w.names(), []string{"a", "b", "c", "d"}) })
}

func TestRowsTakeTheKeysThatAreDownWithTheClick(t *testing.T) {
	w := newWorld(t, four(), newFakeCatalog())
	w.app.choose("a")
	r := newRow(rowActions{choose: w.app.tapRow})
	r.view = w.row("c")
	r.MouseDown(&desktop.MouseEvent{Modifier: fyne.KeyModifierShift})
	r.Tapped(&fyne.PointEvent{})
	if got := w.picked(); len(got) != 3 {
		t.Errorf("a click with Shift picks %v", got)
	}
}

// TestUndoHasAllThatIsStillOffered: what was removed a moment before can be brought
// back, too.
func TestUndoHasAllThatIsStillOffered(t *testing.T) {
	w := newWorld(t, four(), newFakeCatalog())
	before := idsOf(w.app.snap)
	w.app.remove(before[0])
	w.until("the first is gone", func() bool { return len(w.app.snap) == 3 && w.app.undo.Visible() })
	w.app.remove(before[1])
	w.until("the second is gone", func() bool { return len(w.app.snap) == 2 && strings.Contains(w.app.undo.text.String(), "2 tunnels") })
	test.Tap(w.app.undo.undo)
	w.until("both are back in their places", func() bool { return slices.Equal(idsOf(w.app.snap), before) })
	w.app.remove(before[2])
	w.until("the next offer is its own", func() bool { return len(w.app.snap) == 3 && w.app.undo.Visible() })
	if got := w.app.undo.text.String(); strings.Contains(got, "2 tunnels") {
		t.Errorf("it offers %q", got)
	}
}
