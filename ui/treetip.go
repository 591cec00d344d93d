package ui

import (
	"fyne.io/fyne/v2"

	"culvert/ui/parts"
)

var _ parts.Tipped = (*treeLine)(nil)

// TipAt implements [parts.Tipped]: the tree is narrow and names are long.
func (l *treeLine) TipAt(fyne.Position) (text string, ok bool) {
	switch {
	case l.text.Cut() && l.row.note != "":
		return l.row.text + " · " + l.row.note, true
	case l.text.Cut():
		return l.row.text, true
	}
	return l.row.note, l.note.Cut()
}
