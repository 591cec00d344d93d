package ui

import (
	"slices"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"culvert/tunnels"
)

func TestTheSheetOfKeysListsAllThatIsDispatched(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	seen := make(map[chord]bool)
	for _, b := range w.app.keys {
		if b.text == "" || (b.do == nil) != b.own {
			t.Errorf("%v has the text %q, and does it: %v", b.keys, b.text, b.do != nil)
		}
		for _, k := range b.keys {
			if seen[k] {
				t.Errorf("%v is there twice", k)
			}
			seen[k] = true
		}
	}
	w.key(fyne.KeyF1)
	_, text := find[*bindingList](w.app.window.Canvas().Overlays().Top()).Box()
	for _, want := range []string{
		"Ctrl+N ", "Ctrl+K ", "Ctrl+F ", "Space Enter ", "Ctrl+C ", "Ctrl+E ", "Ctrl+D ", "F5 ", "Del ", "Ctrl+Z ", "F1 ", "Esc ",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the sheet lacks %s", want)
		}
	}
	w.key(fyne.KeyDelete)
	if len(w.tunnels.called()) > 0 {
		t.Error("keys reach the window below the sheet")
	}
	w.key(fyne.KeyEscape)
	if w.app.window.Canvas().Overlays().Top() != nil {
		t.Error("Escape leaves the sheet")
	}
}

func TestChordsAreNamedAsThePlatformDoes(t *testing.T) {
	shift := chord{key: fyne.KeyTab, mod: fyne.KeyModifierControl | fyne.KeyModifierShift}
	for _, tt := range []struct {
		chord     chord
		pc, apple string
	}{
		{chord{key: fyne.KeyN, mod: fyne.KeyModifierControl}, "Ctrl+N", "⌃N"},
		{chord{key: fyne.KeyN, mod: fyne.KeyModifierSuper}, "Super+N", "⌘N"},
		{shift, "Ctrl+Shift+Tab", "⌃⇧Tab"},
		{plain(fyne.KeyReturn), "Enter", "Enter"},
	} {
		if pc, apple := tt.chord.name(false), tt.chord.name(true); pc != tt.pc || apple != tt.apple {
			t.Errorf("it is called %q and %q, want %q and %q", pc, apple, tt.pc, tt.apple)
		}
	}
}

func TestEscapeClosesWhatIsUppermost(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.top.search.SetText("web")
	w.app.choose("web")
	w.app.showKeys()
	left := func() []bool {
		return []bool{w.app.window.Canvas().Overlays().Top() != nil, w.app.detail, w.app.search != ""}
	}
	for _, want := range [][]bool{{true, true, true}, {false, true, true}, {false, false, true}, {false, false, false}} {
		if got := left(); !slices.Equal(got, want) {
			t.Errorf("sheet, details and search are %v, want %v", got, want)
		}
		w.key(fyne.KeyEscape)
	}
}

// TestKeysDoNothingToWhatIsHidden: whoever searches for one tunnel does not remove
// another one.
func TestKeysDoNothingToWhatIsHidden(t *testing.T) {
	for name, hide := range map[string]func(*world){
		"by a search":       func(w *world) { w.app.top.search.SetText("redis") },
		"by a filter":       func(w *world) { w.app.onlyState(tunnels.NeedsUser) },
		"by a folded group": func(w *world) { w.app.foldAll(true) },
	} {
		w := newWorld(t, two(), newFakeCatalog())
		w.app.choose("web")
		w.app.closeDetails()
		hide(w)
		for _, k := range []fyne.KeyName{fyne.KeyDelete, fyne.KeySpace, fyne.KeyF5} {
			w.key(k)
		}
		if len(w.app.busy) > 0 || len(w.tunnels.called()) > 0 {
			t.Errorf("hidden %s: %v, %v", name, w.app.busy, w.tunnels.called())
		}
	}
}

// TestClosedDetailsLeaveTheKeyboard: what is typed does not go on into a field that
// nobody sees.
func TestClosedDetailsLeaveTheKeyboard(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.choose("web")
	w.app.turnPage(pageEdit)
	name := w.app.details.editing.name
	name.Focus()
	if w.app.window.Canvas().Focused() != fyne.Focusable(name.Entry) {
		t.Fatal("the field cannot be typed into")
	}
	name.Entry.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEscape})
	if got := w.app.window.Canvas().Focused(); w.app.detail || got != fyne.Focusable(w.app.table.list) {
		t.Errorf("open: %v; %T has the keyboard", w.app.detail, got)
	}
}

func TestASlashAndCtrlFGoToTheSearch(t *testing.T) {
	for _, press := range []func(*world){
		func(w *world) { w.app.window.Canvas().OnTypedRune()('/') },
		func(w *world) { w.app.window.Canvas().Focus(w.app.table.list); w.app.table.list.TypedRune('/') },
		func(w *world) { w.app.dispatch(with(fyne.KeyF)) },
	} {
		w := newWorld(t, two(), newFakeCatalog())
		press(w)
		if w.app.window.Canvas().Focused() != fyne.Focusable(w.app.top.search.Entry) || w.app.top.search.Text() != "" {
			t.Errorf("%T has the focus and the search says %q", w.app.window.Canvas().Focused(), w.app.top.search.Text())
		}
	}
}

func TestF6GoesRoundThePartsOfTheWindow(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.choose("web")
	c := w.app.window.Canvas()
	want := []fyne.Focusable{
		w.app.top.search.Entry, w.app.rail.rows[0], w.app.table.list, w.app.details.toggle, w.app.strip.states[0], w.app.top.search.Entry,
	}
	for i, f := range want {
		w.key(fyne.KeyF6)
		if c.Focused() != f {
			t.Fatalf("F6 number %d goes to %T", i+1, c.Focused())
		}
	}
	w.app.dispatch(chord{key: fyne.KeyTab, mod: fyne.KeyModifierControl | fyne.KeyModifierShift})
	if c.Focused() != fyne.Focusable(w.app.strip.states[0]) {
		t.Errorf("backwards it goes to %T", c.Focused())
	}
}

func TestTheTabKeyGoesThroughTheWindowInOrder(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.choose("web")
	c := w.app.window.Canvas()
	c.Unfocus()
	var order []string
	for range 40 {
		w.app.window.Canvas().FocusNext()
		o, ok := c.Focused().(fyne.CanvasObject)
		if !ok {
			break
		}
		for _, p := range []struct {
			name string
			obj  fyne.CanvasObject
		}{{"top", w.app.top}, {"rail", w.app.rail}, {"table", w.app.table.obj}, {"details", w.app.details}, {"strip", w.app.strip}} {
			if holds(p.obj, o) && (len(order) == 0 || order[len(order)-1] != p.name) {
				order = append(order, p.name)
			}
		}
		if len(order) > 5 {
			break
		}
	}
	if want := []string{"top", "rail", "table", "details", "strip"}; len(order) < 5 || !slices.Equal(order[:5], want) {
		t.Errorf("the order is %v, want %v", order, want)
	}
}

func TestKeysWithoutATunnelDoNothing(t *testing.T) {
	w := newWorld(t, newFakeTunnels(), newFakeCatalog())
	w.app.chosen = tunnels.ID("gone")
	for _, k := range []fyne.KeyName{fyne.KeySpace, fyne.KeyReturn, fyne.KeyF5, fyne.KeyDelete, fyne.KeyUp} {
		w.key(k)
	}
	w.app.dispatch(with(fyne.KeyC))
	w.app.dispatch(with(fyne.KeyE))
	if calls := w.tunnels.called(); len(calls) > 0 || w.app.editor != nil {
		t.Errorf("keys for no tunnel call %v", calls)
	}
}
