package parts

import "fyne.io/fyne/v2"

// PassKey hands a key that a focused widget has no use for to the canvas, which
// the toolkit itself does only while nothing is focused.
func PassKey(w fyne.CanvasObject, e *fyne.KeyEvent) {
	c := fyne.CurrentApp().Driver().CanvasForObject(w)
	if c == nil {
		return
	}
	if f := c.OnTypedKey(); f != nil {
		f(e)
	}
}

// Focus gives the keyboard to a widget, which must be in a window.
func Focus(w fyne.Focusable) {
	d := fyne.CurrentApp().Driver()
	c := d.CanvasForObject(w.(fyne.CanvasObject))
	if all := d.AllWindows(); c == nil && len(all) > 0 {
		// What has not been painted yet is known to no canvas. The program has one
		// window; the toolkit makes one of its own for the tray, behind it.
		c = all[0].Canvas()
	}
	if c != nil {
		c.Focus(w)
	}
}

// PassRune hands a letter that a focused widget has no use for to the canvas.
func PassRune(w fyne.CanvasObject, r rune) {
	c := fyne.CurrentApp().Driver().CanvasForObject(w)
	if c == nil {
		return
	}
	if f := c.OnTypedRune(); f != nil {
		f(r)
	}
}
