package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// rateCurve says how fast a tunnel is now, and draws how fast it was in the last
// five minutes.
type rateCurve struct {
	widget.BaseWidget
	rate  string
	curve *parts.Curve

	d    parts.Drawing
	head *parts.Text
	now  *parts.Text
	line *parts.Sparkline
}

const curveHeight = 72

func newRateCurve() *rateCurve {
	c := &rateCurve{}
	c.head = c.d.Text(parts.Label, parts.Text3)
	c.head.SetText(lang.L("Last 5 minutes"))
	c.now = c.d.Text(parts.SmallWord, parts.Fg).Right()
	c.line = c.d.Sparkline()
	c.ExtendBaseWidget(c)
	return c
}

// set shows the rate of now and the curve; an empty rate leaves nothing.
func (c *rateCurve) set(rate string, curve *parts.Curve) {
	if c.rate != rate || c.curve != curve {
		c.rate, c.curve = rate, curve
		c.Refresh()
	}
	parts.Show(c, c.Fit(0) > 0)
}

// Fit returns the height that is needed.
func (c *rateCurve) Fit(float32) float32 {
	if c.rate == "" {
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
		colour := parts.Green
		if c.curve.Flat() {
			colour = parts.Text3
		}
		c.line.Set(c.curve, colour)
		c.line.Place(0, 24, s.Width, s.Height-26)
	}, func() fyne.Size { return fyne.NewSize(40, 0) }, c)
}
