package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// rateCurve says how fast a tunnel is now, and draws how fast it was.
type rateCurve struct {
	widget.BaseWidget
	rate string

	d    parts.Drawing
	head *parts.Text
	now  *parts.Text
}

// curveHeight is what the curve takes below its heading; 0 while nothing is drawn.
const curveHeight = 0

func newRateCurve() *rateCurve {
	c := &rateCurve{}
	c.head = c.d.Text(parts.Label, parts.Text3)
	c.head.SetText(lang.L("Now"))
	c.now = c.d.Text(parts.SmallWord, parts.Fg).Right()
	c.ExtendBaseWidget(c)
	return c
}

// set shows the rate of now; an empty one leaves nothing.
func (c *rateCurve) set(rate string) {
	if c.rate != rate {
		c.rate = rate
		c.Refresh()
	}
	parts.Show(c, c.Fit(0) > 0)
}

// Fit returns the height that is needed.
func (c *rateCurve) Fit(float32) float32 {
	if c.rate == "" || curveHeight == 0 {
		return 0
	}
	return 22 + curveHeight
}

// CreateRenderer implements [fyne.Widget].
func (c *rateCurve) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(func(s fyne.Size) {
		c.now.SetText(c.rate)
		used := c.now.Place(s.Width, 10, s.Width)
		c.head.Place(0, 10, s.Width-used-8)
	}, func() fyne.Size { return fyne.NewSize(40, 0) }, c)
}
