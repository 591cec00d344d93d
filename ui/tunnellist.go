package ui

import (
	"fyne.io/fyne/v2"
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
func (l *tunnelList) FocusGained() { l.focused, l.keyed = true, true; l.redraw() }

// FocusLost implements [fyne.Focusable].
func (l *tunnelList) FocusLost() { l.focused = false; l.redraw() }

// TypedRune implements [fyne.Focusable].
func (l *tunnelList) TypedRune(r rune) { parts.PassRune(l, r) }

// TypedKey implements [fyne.Focusable].
func (l *tunnelList) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeyDown:
		l.step(1, shift())
	case fyne.KeyUp:
		l.step(-1, shift())
	default:
		l.act.key(e)
	}
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
