package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
)

// Arrange is a layout made of two functions. Min may be nil for zero.
type Arrange struct {
	Place func(size fyne.Size)
	Min   func() fyne.Size
}

// Layout implements [fyne.Layout].
func (a *Arrange) Layout(_ []fyne.CanvasObject, size fyne.Size) { a.Place(size) }

// MinSize implements [fyne.Layout].
func (a *Arrange) MinSize([]fyne.CanvasObject) fyne.Size {
	if a.Min == nil {
		return fyne.Size{}
	}
	return a.Min()
}

// NewArranged returns a container whose objects are put by place.
func NewArranged(place func(fyne.Size), minSize func() fyne.Size, objects ...fyne.CanvasObject) *fyne.Container {
	return container.New(&Arrange{Place: place, Min: minSize}, objects...)
}

// Put moves and resizes an object, at whole units.
func Put(o fyne.CanvasObject, x, y, w, h float32) { place(o, x, y, w, h) }

// Tight makes the rows of a list touch each other.
func Tight(list fyne.CanvasObject) fyne.CanvasObject {
	th, ok := fyne.CurrentApp().Settings().Theme().(*Theme)
	if !ok {
		th = NewTheme()
	}
	return container.NewThemeOverride(list, th.Tight())
}
