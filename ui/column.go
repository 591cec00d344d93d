package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// column puts blocks below each other.
type column struct{ x, y, w float32 }

// put places a block, and leaves a gap behind it unless it is empty.
func (c *column) put(b block, gap float32) {
	h := b.Fit(c.w)
	parts.Put(b, c.x, c.y, c.w, h)
	if h > 0 {
		c.y += h + gap
	}
}

// separator is a hairline that can be put among other objects.
type separator struct {
	widget.BaseWidget
	d   parts.Drawing
	box *parts.Box
}

func newSeparator() *separator {
	s := &separator{}
	s.box = s.d.Box(parts.Border, parts.None, 0)
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer implements [fyne.Widget].
func (s *separator) CreateRenderer() fyne.WidgetRenderer {
	return s.d.Renderer(func(z fyne.Size) { s.box.Place(0, 0, z.Width, 1) },
		func() fyne.Size { return fyne.NewSize(10, 1) }, s)
}
