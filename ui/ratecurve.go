package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// pastRates are a tunnel's bytes per second, both ways together, of the last five
// minutes, the oldest first; nil while they are not measured.
func (a *App) pastRates(tunnels.ID) []uint64 { return nil }

// rateCurve says how fast a tunnel is now, and draws how fast it was.
type rateCurve struct {
	widget.BaseWidget
	rate string
	past []uint64

	d    parts.Drawing
	head *parts.Text
	now  *parts.Text
}

// curveHeight is what the curve takes below its heading.
const curveHeight = 38

func newRateCurve() *rateCurve {
	c := &rateCurve{}
	c.head = c.d.Text(parts.Label, parts.Text3)
	c.head.SetText(lang.L("Last 5 minutes"))
	c.now = c.d.Text(parts.SmallWord, parts.Fg).Right()
	c.ExtendBaseWidget(c)
	return c
}

// set shows the rate of now and those of before; without these it leaves nothing.
func (c *rateCurve) set(rate string, past []uint64) {
	if c.rate != rate || !slices.Equal(c.past, past) {
		c.rate, c.past = rate, past
		c.Refresh()
	}
	parts.Show(c, c.Fit(0) > 0)
}

// Fit returns the height that is needed.
func (c *rateCurve) Fit(float32) float32 {
	if c.rate == "" || len(c.past) == 0 {
		return 0
	}
	return 24 + curveHeight
}

// CreateRenderer implements [fyne.Widget].
func (c *rateCurve) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(func(s fyne.Size) {
		c.now.SetText(c.rate)
		used := c.now.Place(s.Width, 10, s.Width)
		c.head.Place(0, 10, s.Width-used-8)
	}, func() fyne.Size { return fyne.NewSize(40, 0) }, c)
}
