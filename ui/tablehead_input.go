package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"

	"culvert/ui/parts"
)

var (
	_ desktop.Hoverable  = (*tableHead)(nil)
	_ desktop.Cursorable = (*tableHead)(nil)
	_ fyne.Focusable     = (*tableHead)(nil)
)

// cellAt returns the column at a place; -1 for none.
func (h *tableHead) cellAt(p fyne.Position) int {
	for i, c := range h.cells {
		if c.box.w > 0 && p.X >= c.box.x && p.X < c.box.x+c.box.w {
			return i
		}
	}
	return -1
}

// Tapped implements [fyne.Tappable].
func (h *tableHead) Tapped(e *fyne.PointEvent) {
	defer parts.Catch()
	if i := h.cellAt(e.Position); i >= 0 {
		h.at = i
		h.act.sort(h.cells[i].column)
	}
}

// TappedSecondary implements [fyne.SecondaryTappable].
func (h *tableHead) TappedSecondary(e *fyne.PointEvent) {
	defer parts.Catch()
	h.act.menu(e.AbsolutePosition)
}

// MouseIn implements [desktop.Hoverable].
func (h *tableHead) MouseIn(e *desktop.MouseEvent) {
	defer parts.Catch()
	h.point(h.cellAt(e.Position))
}

// MouseMoved implements [desktop.Hoverable].
func (h *tableHead) MouseMoved(e *desktop.MouseEvent) {
	defer parts.Catch()
	h.point(h.cellAt(e.Position))
}

// MouseOut implements [desktop.Hoverable].
func (h *tableHead) MouseOut() {
	defer parts.Catch()
	h.point(-1)
}

func (h *tableHead) point(i int) {
	if h.hover != i {
		h.hover = i
		h.Refresh()
	}
}

// Cursor implements [desktop.Cursorable].
func (h *tableHead) Cursor() desktop.Cursor {
	if h.hover >= 0 {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// TipAt returns what a click on the column at p does.
func (h *tableHead) TipAt(p fyne.Position) (text string, ok bool) {
	i := h.cellAt(p)
	if i < 0 {
		return "", false
	}
	c := h.cells[i]
	next := h.order.click(c.column)
	data := vars{"Column": c.word}
	switch {
	case next.by == ownOrder:
		return lang.L("Back to your own order"), true
	case next.down:
		return lang.L("Sort by “{{.Column}}”, downwards", data), true
	}
	return lang.L("Sort by “{{.Column}}”", data), true
}

// FocusGained implements [fyne.Focusable].
func (h *tableHead) FocusGained() {
	defer parts.Catch()
	h.focused = true
	if h.cells[h.at].box.w == 0 {
		h.at = 0
	}
	h.Refresh()
}

// FocusLost implements [fyne.Focusable].
func (h *tableHead) FocusLost() {
	defer parts.Catch()
	h.focused = false
	h.Refresh()
}

// TypedRune implements [fyne.Focusable].
func (h *tableHead) TypedRune(r rune) {
	defer parts.Catch()
	parts.PassRune(h, r)
}

// TypedKey implements [fyne.Focusable].
func (h *tableHead) TypedKey(e *fyne.KeyEvent) {
	defer parts.Catch()
	switch e.Name {
	case fyne.KeyLeft:
		h.step(-1)
	case fyne.KeyRight:
		h.step(1)
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		h.act.sort(h.cells[h.at].column)
	default:
		parts.PassKey(h, e)
	}
}

// step moves the keyboard to the next column that is there.
func (h *tableHead) step(by int) {
	for i := h.at + by; i >= 0 && i < len(h.cells); i += by {
		if h.cells[i].box.w > 0 {
			h.at = i
			h.Refresh()
			return
		}
	}
}
