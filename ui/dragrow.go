package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// dragged is the row that is being dragged; without an ID there is none.
type dragged struct {
	id     tunnels.ID
	before tunnels.ID // where it would land
	lands  bool       // it would land somewhere else
	into   string     // the profile in which it would land; empty for its own
	over   bool       // the user has given it up
}

// edgeRoom is how near to the table's edge a dragged row scrolls it.
const edgeRoom = 24

// dragTo goes on dragging a row, or begins to.
func (t *tableView) dragTo(v rowView, at fyne.Position) {
	if t.drag.id == "" {
		if v.group || v.id == "" {
			return
		}
		t.drag = dragged{id: v.id}
	}
	if t.drag.over {
		return
	}
	t.drag.before, t.drag.lands = "", false
	if t.drag.into = t.act.aim(at); t.drag.into != "" {
		t.drag.lands = true
		t.land.show(false, 0)
		return
	}
	y := at.Y - fyne.CurrentApp().Driver().AbsolutePositionForObject(t.list).Y
	t.scrollNear(y)
	gap, top := t.gapAt(y + t.list.GetScrollOffset())
	if t.act.movable() {
		t.drag.before, t.drag.lands = dropPlace(t.state.rows, t.act.order(), t.drag.id, gap)
	}
	if !t.drag.lands {
		t.drag.into, t.drag.before, t.drag.lands = dropProfile(t.state.rows, t.drag.id, gap)
	}
	t.land.show(t.drag.lands, top-t.list.GetScrollOffset())
}

// scrollNear scrolls when the mouse is near to the upper or lower edge.
func (t *tableView) scrollNear(y float32) {
	by := float32(0)
	switch {
	case y < edgeRoom:
		by = -edgeRoom / 2
	case y > t.list.Size().Height-edgeRoom:
		by = edgeRoom / 2
	}
	if by != 0 {
		t.list.ScrollToOffset(max(t.list.GetScrollOffset()+by, 0))
	}
}

// gapAt returns the row above which something lies that is y below the first
// row's top, and where that gap is.
func (t *tableView) gapAt(y float32) (gap int, top float32) {
	for i, r := range t.state.rows {
		h := heightOf(r)
		if y < top+h/2 {
			return i, top
		}
		top += h
	}
	return len(t.state.rows), top
}

// drop lets the dragged row go.
func (t *tableView) drop() {
	d := t.drag
	t.drag = dragged{}
	t.land.show(false, 0)
	t.act.aim(fyne.NewPos(-1, -1))
	switch {
	case d.id == "" || !d.lands || d.over:
	case d.into != "":
		t.act.into(d.id, d.into, d.before)
	default:
		t.act.move(d.id, d.before)
	}
}

// cancelDrag gives dragging up; it returns false when nothing is dragged.
func (t *tableView) cancelDrag() bool {
	if t.drag.id == "" || t.drag.over {
		return false
	}
	t.drag.over = true
	t.land.show(false, 0)
	t.act.aim(fyne.NewPos(-1, -1))
	return true
}

// landingLine shows where a dragged row will land.
type landingLine struct {
	widget.BaseWidget
	y float32

	d   parts.Drawing
	bar *parts.Box
	dot *parts.Dot
}

func newLandingLine() *landingLine {
	l := &landingLine{}
	l.bar = l.d.Box(parts.Accent, parts.None, 1)
	l.dot = l.d.Dot(parts.Accent)
	l.ExtendBaseWidget(l)
	l.Hide()
	return l
}

func (l *landingLine) show(on bool, y float32) {
	if on && l.y != y {
		l.y = y
		l.Refresh()
	}
	parts.Show(l, on)
}

// CreateRenderer implements [fyne.Widget].
func (l *landingLine) CreateRenderer() fyne.WidgetRenderer {
	return l.d.Renderer(func(s fyne.Size) {
		l.bar.Place(8, l.y-1, s.Width-16, 2)
		l.dot.Place(5, l.y-4, 8)
	}, func() fyne.Size { return fyne.Size{} }, l)
}

// Box returns the mark, for those who drive the window.
func (l *landingLine) Box() (mark, text string) { return "landing-line", "" }
