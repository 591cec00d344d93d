// Command empty shows a window of the toolkit with nothing in it: the benchmark
// of the window measures what Culvert adds to it.
package main

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/app"
)

func main() {
	a := app.NewWithID("io.culvert.Empty")
	w := a.NewWindow("Empty")
	w.Resize(fyne.NewSize(1000, 640))
	w.ShowAndRun()
}
