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

// Focus gives the keyboard to a widget; it does nothing while the widget is in
// no window.
func Focus(w fyne.Focusable) {
	if c := fyne.CurrentApp().Driver().CanvasForObject(w.(fyne.CanvasObject)); c != nil {
		c.Focus(w)
	}
}
