package ui

import (
	"fyne.io/fyne/v2"

	"culvert/ui/parts"
)

// takeList is the list of what was found. It is one stop of the Tab key: Up and Down
// move, Space ticks, Enter does what stands at the row's right.
type takeList struct {
	parts.Rows
	sheet   *takeSheet
	rows    []takeRow
	cursor  int
	focused bool
	width   float32
}

func newTakeList(s *takeSheet) *takeList {
	l := &takeList{sheet: s}
	l.Init(l, func() fyne.CanvasObject { return newTakeLine(l) }, func(i int, o fyne.CanvasObject) {
		o.(*takeLine).set(l.rows[i], l.focused && i == l.cursor)
	})
	return l
}

// show replaces the rows; the cursor stays with its own.
func (l *takeList) show(rows []takeRow) {
	if l.cursor < len(l.rows) {
		was := l.rows[l.cursor]
		for i, r := range rows {
			if r.kind == was.kind && r.index == was.index && (r.kind == takeTunnel || r.name == was.name) {
				l.cursor = i
			}
		}
	}
	l.rows = rows
	l.cursor = max(min(l.cursor, len(rows)-1), 0)
	l.Set(l.sheet.rowHeights(l.width))
}

// Resize implements [fyne.CanvasObject]: sentences wrap otherwise in another width.
func (l *takeList) Resize(s fyne.Size) {
	if l.width != s.Width {
		l.width = s.Width
		l.Set(l.sheet.rowHeights(l.width))
	}
	l.Rows.Resize(s)
}

// bottomOf is where the row of a context ends, in the list as it is scrolled.
func (l *takeList) bottomOf(name string) float32 {
	y := -l.Offset()
	for _, r := range l.rows {
		y += l.sheet.rowHeight(r, l.width)
		if r.kind == takeContext && r.name == name {
			break
		}
	}
	return y
}

// FocusGained implements [fyne.Focusable].
func (l *takeList) FocusGained() {
	defer parts.Catch()
	l.focused = true
	l.Refresh()
}

// FocusLost implements [fyne.Focusable].
func (l *takeList) FocusLost() {
	defer parts.Catch()
	l.focused = false
	l.Refresh()
}

// TypedRune implements [fyne.Focusable].
func (l *takeList) TypedRune(r rune) {
	defer parts.Catch()
	parts.PassRune(l, r)
}

// TypedKey implements [fyne.Focusable].
func (l *takeList) TypedKey(e *fyne.KeyEvent) {
	defer parts.Catch()
	switch e.Name {
	case fyne.KeyDown:
		l.move(l.cursor + 1)
	case fyne.KeyUp:
		l.move(l.cursor - 1)
	case fyne.KeyPageDown:
		l.move(min(l.cursor+8, len(l.rows)-1))
	case fyne.KeyPageUp:
		l.move(max(l.cursor-8, 0))
	case fyne.KeyHome:
		l.move(0)
	case fyne.KeyEnd:
		l.move(len(l.rows) - 1)
	case fyne.KeySpace:
		if l.cursor < len(l.rows) {
			l.sheet.t.tapRow(l.rows[l.cursor])
		}
	case fyne.KeyReturn, fyne.KeyEnter:
		if l.cursor < len(l.rows) {
			if r := l.rows[l.cursor]; r.action != "" {
				l.sheet.t.actRow(r)
			} else {
				l.sheet.t.tapRow(r)
			}
		}
	default:
		parts.PassKey(l, e)
	}
}

// toFirst puts the cursor to the first row that is no heading.
func (l *takeList) toFirst() {
	for i, r := range l.rows {
		if r.kind != takeHead {
			l.cursor = i
			return
		}
	}
}

func (l *takeList) move(i int) {
	if i >= 0 && i < len(l.rows) {
		l.cursor = i
		l.ScrollTo(i)
		l.Refresh()
	}
}

// Box returns the mark, for those who drive the window.
func (l *takeList) Box() (mark, text string) { return "take/list", "" }
