package parts

import "fyne.io/fyne/v2"

// Catching returns the theme for a window that contains panics: f is called with the value
// of each one that [Catch] has recovered, on the toolkit's goroutine.
func (t *Theme) Catching(f func(value any)) *Theme {
	c := *t
	c.failed = f
	return &c
}

// Catch is for a defer statement in what the toolkit calls of a widget, as for a click: a
// panic there would end the program, and all tunnels in it. Where the theme does not
// catch panics they go on.
func Catch() {
	value := recover()
	if value == nil {
		return
	}
	if t, ours := fyne.CurrentApp().Settings().Theme().(*Theme); ours && t.failed != nil {
		t.failed(value)
		return
	}
	panic(value)
}
