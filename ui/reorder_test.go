package ui

import (
	"errors"
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"culvert/tunnels"
)

func TestPlacesInTheOwnOrder(t *testing.T) {
	snap := tunnels.Snapshot{
		stopped(spec("a", "dev", "x", "p", "1")), stopped(spec("b", "prod", "x", "p", "2")), stopped(spec("c", "dev", "x", "p", "3")), stopped(spec("d", "dev", "x", "p", "4")),
	}
	rows := tableRows(tableInput{snap: snap, rates: &meter{}, now: noon}) // [dev] a c d [prod] b
	order := idsOf(snap)
	const none = tunnels.ID("-")
	place := func(before tunnels.ID, ok bool) tunnels.ID {
		if !ok {
			return none
		}
		return before
	}
	for _, tt := range []struct {
		id   tunnels.ID
		by   int
		want tunnels.ID
	}{
		{"a", -1, none}, {"a", 1, "d"}, {"c", -1, "a"}, {"c", 1, ""}, {"d", 1, none}, {"b", -1, none}, {"b", 1, none}, {"x", 1, none},
	} {
		if got := place(neighbour(rows, order, tt.id, tt.by)); got != tt.want {
			t.Errorf("%s by %d goes before %q, want %q", tt.id, tt.by, got, tt.want)
		}
	}
	for _, tt := range []struct {
		id   tunnels.ID
		gap  int
		want tunnels.ID
	}{
		{"a", 0, none}, {"a", 1, none}, {"a", 2, none}, {"a", 3, "d"}, {"a", 4, ""}, {"a", 5, none}, {"d", 1, "a"}, {"d", 0, none}, {"b", 3, none}, {"c", 6, none},
	} {
		if got := place(dropPlace(rows, order, tt.id, tt.gap)); got != tt.want {
			t.Errorf("%s dropped at %d goes before %q, want %q", tt.id, tt.gap, got, tt.want)
		}
	}
}

func TestMoved(t *testing.T) {
	snap := tunnels.Snapshot{stopped(spec("a", "", "", "p", "1")), stopped(spec("b", "", "", "p", "2")), stopped(spec("c", "", "", "p", "3"))}
	for _, tt := range []struct {
		id, before tunnels.ID
		want       []tunnels.ID
	}{
		{"c", "a", []tunnels.ID{"c", "a", "b"}},
		{"a", "", []tunnels.ID{"b", "c", "a"}},
		{"a", "a", []tunnels.ID{"a", "b", "c"}},
		{"x", "a", []tunnels.ID{"a", "b", "c"}},
	} {
		if got := idsOf(moved(snap, tt.id, tt.before)); !slices.Equal(got, tt.want) {
			t.Errorf("%s before %q makes %v, want %v", tt.id, tt.before, got, tt.want)
		}
	}
}

func TestRowsAreMovedStepByStep(t *testing.T) {
	w := newWorld(t, four(), newFakeCatalog())
	w.app.choose("a")
	move := func(by int) { w.app.moveBy(w.app.chosen, by) }
	move(1)
	move(1)
	move(1) // it is the last of its group
	if got := w.names(); !slices.Equal(got, []string{"b", "c", "a", "d"}) {
		t.Errorf("after moving down the order is %v", got)
	}
	move(-1)
	w.until("the manager knows", func() bool { return slices.Equal(idsOf(w.tunnels.all()), []tunnels.ID{"b", "a", "c", "d"}) })
	w.app.sortRowsBy(byName)
	move(1)
	w.app.sortRowsBy(ownOrder)
	if got := w.names(); !slices.Equal(got, []string{"b", "a", "c", "d"}) {
		t.Errorf("sorted rows were moved: %v", got)
	}
	w.tunnels.mu.Lock()
	w.tunnels.fail = &tunnels.Error{Err: errors.New("there is no such tunnel")}
	w.tunnels.mu.Unlock()
	move(1)
	w.until("it is told that a move has failed", func() bool { return w.row("a").reason == "Not done: see details" })
}

// TestMovesAreWrittenInTheirOrder while the disk is slow, and what is drawn meanwhile
// shows them.
func TestMovesAreWrittenInTheirOrder(t *testing.T) {
	w := newWorld(t, four(), newFakeCatalog())
	slow := &slowMoves{fakeTunnels: w.tunnels, next: make(chan struct{})}
	w.app.deps.Tunnels = slow
	w.app.choose("a")
	w.app.moveBy("a", 1)
	w.app.moveBy("a", 1)
	w.app.draw()
	if got := w.names(); !slices.Equal(got, []string{"b", "c", "a", "d"}) {
		t.Errorf("before anything is written the order is %v", got)
	}
	slow.next <- struct{}{}
	w.until("the first is written", func() bool { return len(w.app.moves) == 1 })
	w.app.draw()
	if got := w.names(); !slices.Equal(got, []string{"b", "c", "a", "d"}) {
		t.Errorf("between the two the order is %v", got)
	}
	slow.next <- struct{}{}
	w.until("both are written", func() bool { return len(w.app.moves) == 0 })
	if got := idsOf(w.tunnels.all()); !slices.Equal(got, []tunnels.ID{"b", "c", "a", "d"}) {
		t.Errorf("written is %v", got)
	}
}

// slowMoves is tunnels whose moves wait for a word each.
type slowMoves struct {
	*fakeTunnels
	next chan struct{}
}

func (s *slowMoves) Move(id, before tunnels.ID) error {
	<-s.next
	return s.fakeTunnels.Move(id, before)
}

func TestRowsAreDraggedToAnotherPlace(t *testing.T) {
	w := newWorld(t, four(), newFakeCatalog())
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(w.app.table.list)
	below := func(row int) fyne.Position { return at.AddXY(300, groupHeight+rowHeight*float32(row)+2) }
	drag := func(name string, to fyne.Position) {
		r := w.app.table.list.made[1] // any will do: the list may use it for another tunnel meanwhile
		view := r.view
		r.view = w.row(name)
		r.MouseDown(&desktop.MouseEvent{})
		r.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(0, 9), PointEvent: fyne.PointEvent{AbsolutePosition: to}})
		r.view = view
	}
	drop := func() { w.app.table.list.made[1].DragEnd() }

	drag("a", below(3))
	if l := w.app.table.land; !l.Visible() || l.y != groupHeight+3*rowHeight {
		t.Errorf("the line is at %v, visible %v", l.y, l.Visible())
	}
	drop()
	if got := w.names(); !slices.Equal(got, []string{"b", "c", "a", "d"}) || w.app.table.land.Visible() {
		t.Errorf("after dropping the order is %v", got)
	}
	drag("a", below(4)) // into another group
	if w.app.table.land.Visible() {
		t.Error("a line shows where nothing can land")
	}
	drop()
	drag("a", below(0))
	w.key(fyne.KeyEscape)
	drop()
	w.app.sortRowsBy(byName)
	drag("a", below(2))
	drop()
	w.app.sortRowsBy(ownOrder)
	if got := w.names(); !slices.Equal(got, []string{"b", "c", "a", "d"}) {
		t.Errorf("the order is %v", got)
	}
}

func TestADragOfAHairIsAClick(t *testing.T) {
	var chosen tunnels.ID
	r := newRow(rowActions{choose: func(v rowView, _ fyne.KeyModifier) { chosen = v.id }, drag: func(rowView, fyne.Position) { t.Error("it is dragged") }})
	r.view = rowView{id: "a"}
	r.MouseDown(&desktop.MouseEvent{})
	r.Dragged(&fyne.DragEvent{Dragged: fyne.NewDelta(2, -2)})
	r.DragEnd()
	if chosen != "a" {
		t.Error("the click is lost")
	}
}
