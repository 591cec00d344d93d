package ui

import (
	"fyne.io/fyne/v2"

	"culvert/ui/parts"
)

// copyKeys gives a list of texts the keyboard, as one stop of the Tab key: Up and
// Down move between its lines, Enter, Space and Ctrl+C copy one.
type copyKeys struct {
	at      int
	focused bool
}

// on says whether a line has the ring.
func (k *copyKeys) on(i int) bool { return k.focused && k.at == i }

// key handles a key for a list of n lines and returns whether the ring has moved.
func (k *copyKeys) key(w fyne.CanvasObject, e *fyne.KeyEvent, n int, copyLine func(int)) bool {
	before := k.at
	switch e.Name {
	case fyne.KeyDown:
		k.at = min(k.at+1, n-1)
	case fyne.KeyUp:
		k.at--
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		if k.at < n {
			copyLine(k.at)
		}
	default:
		parts.PassKey(w, e)
	}
	k.at = max(k.at, 0)
	return k.at != before
}

// shortcut copies, and hands on what it has no use for.
func (k *copyKeys) shortcut(w fyne.CanvasObject, s fyne.Shortcut, n int, copyLine func(int)) {
	if _, ok := s.(*fyne.ShortcutCopy); ok {
		if k.at < n {
			copyLine(k.at)
		}
		return
	}
	if c, ok := fyne.CurrentApp().Driver().CanvasForObject(w).(fyne.Shortcutable); ok {
		c.TypedShortcut(s)
	}
}
