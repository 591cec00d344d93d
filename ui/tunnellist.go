package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// tunnelList is the list with the keys of the table.
type tunnelList struct {
	widget.List
	table   *tableView
	act     tableActions
	made    []*row // those that the list uses and reuses: about as many as are visible
	focused bool
	keyed   bool // the keyboard is in use: the focus is worth a ring
}

func newTunnelList(t *tableView, inner rowActions, act tableActions) *tunnelList {
	l := &tunnelList{table: t, act: act}
	l.Length = func() int { return len(t.state.rows) }
	l.CreateItem = func() fyne.CanvasObject {
		r := newRow(inner)
		l.made = append(l.made, r)
		return r
	}
	l.UpdateItem = func(i widget.ListItemID, o fyne.CanvasObject) {
		r := o.(*row)
		r.at = i
		l.draw(r)
	}
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// redraw shows what differs in rows that keep their places, without laying the
// list out.
func (l *tunnelList) redraw() {
	for _, r := range l.made {
		l.draw(r)
	}
}

func (l *tunnelList) draw(r *row) {
	if s := &l.table.state; r.at < len(s.rows) {
		r.set(s.rows[r.at], s.mood(s.rows[r.at], l.focused && l.keyed))
	}
}

// FocusGained implements [fyne.Focusable].
func (l *tunnelList) FocusGained() {
	defer parts.Catch()
	l.focused, l.keyed = true, true
	l.redraw()
}

// FocusLost implements [fyne.Focusable].
func (l *tunnelList) FocusLost() {
	defer parts.Catch()
	l.focused = false
	l.redraw()
}

// TypedRune implements [fyne.Focusable].
func (l *tunnelList) TypedRune(r rune) {
	defer parts.Catch()
	parts.PassRune(l, r)
}

// TypedKey implements [fyne.Focusable].
func (l *tunnelList) TypedKey(e *fyne.KeyEvent) {
	defer parts.Catch()
	switch e.Name {
	case fyne.KeyDown:
		l.step(1, shift())
	case fyne.KeyUp:
		l.step(-1, shift())
	case fyne.KeyLeft, fyne.KeyRight:
		l.act.fold(e.Name == fyne.KeyLeft)
	case desktop.KeyMenu:
		l.openMenu()
	case fyne.KeyF10:
		if shift() {
			l.openMenu()
		}
	default:
		l.act.key(e)
	}
}

// openMenu opens the menu of the selected tunnel beside its name.
func (l *tunnelList) openMenu() {
	s := &l.table.state
	i := rowOf(s.rows, s.chosen)
	if i < 0 {
		return
	}
	l.ScrollTo(i)
	var top float32
	for _, r := range s.rows[:i] {
		top += heightOf(r)
	}
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
	l.act.menu(s.rows[i], at.AddXY(columnsFor(l.Size().Width).name, top+rowHeight-6-l.GetScrollOffset()))
}

// step goes to the next tunnel, over group rows; with extend it picks those on
// the way.
func (l *tunnelList) step(by int, extend bool) {
	l.keyed = true
	rows := l.table.state.rows
	i := rowOf(rows, l.table.state.chosen)
	if i < 0 && by < 0 {
		i = len(rows)
	}
	for i += by; i >= 0 && i < len(rows); i += by {
		if !rows[i].group {
			l.act.selectID(rows[i].id, extend)
			l.ScrollTo(i)
			return
		}
	}
}
