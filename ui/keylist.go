package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// keyList is a list whose rows have a ring for the keyboard: Up and Down move it,
// Enter and Space open a row, Ctrl+C copies it. What it has no use for goes to
// the window.
type keyList struct {
	widget.List
	at      int
	focused bool
	skip    func(i int) bool // rows that are not to be stopped at; may be nil
	open    func(i int)
	copy    func(i int)
}

func newKeyList(length func() int, create func() fyne.CanvasObject, update func(i int, o fyne.CanvasObject)) *keyList {
	l := &keyList{}
	l.Length, l.CreateItem = length, create
	l.UpdateItem = update
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// on says whether a row has the ring.
func (l *keyList) on(i int) bool { return l.focused && l.at == i }

// FocusGained implements [fyne.Focusable].
func (l *keyList) FocusGained() {
	defer parts.Catch()
	l.focused = true
	if l.skip != nil && l.at < l.Length() && l.skip(l.at) {
		l.step(1)
	}
	l.Refresh()
}

// FocusLost implements [fyne.Focusable].
func (l *keyList) FocusLost() {
	defer parts.Catch()
	l.focused = false
	l.Refresh()
}

// TypedRune implements [fyne.Focusable].
func (l *keyList) TypedRune(r rune) {
	defer parts.Catch()
	parts.PassRune(l, r)
}

// TypedKey implements [fyne.Focusable].
func (l *keyList) TypedKey(e *fyne.KeyEvent) {
	defer parts.Catch()
	switch e.Name {
	case fyne.KeyDown:
		l.step(1)
	case fyne.KeyUp:
		l.step(-1)
	case fyne.KeyHome:
		l.at = -1
		l.step(1)
	case fyne.KeyEnd:
		l.at = l.Length()
		l.step(-1)
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		if l.at < l.Length() && l.open != nil {
			l.open(l.at)
		}
	default:
		parts.PassKey(l, e)
	}
}

// TypedShortcut implements [fyne.Shortcutable].
func (l *keyList) TypedShortcut(s fyne.Shortcut) {
	defer parts.Catch()
	if _, ok := s.(*fyne.ShortcutCopy); ok {
		if l.at < l.Length() && l.copy != nil {
			l.copy(l.at)
		}
		return
	}
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(l).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}

func (l *keyList) step(by int) {
	for i := l.at + by; i >= 0 && i < l.Length(); i += by {
		if l.skip == nil || !l.skip(i) {
			l.at = i
			l.ScrollTo(i)
			l.Refresh()
			return
		}
	}
	l.at = max(min(l.at, l.Length()-1), 0)
}
