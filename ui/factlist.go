package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// factList draws keys and values below each other.
type factList struct {
	widget.BaseWidget
	facts []fact
	d     parts.Drawing
	keys  []*parts.Text
	vals  []*parts.Text
}

const (
	factHeight = 23
	factKey    = 92
)

func newFactList() *factList {
	f := &factList{}
	f.ExtendBaseWidget(f)
	return f
}

func (f *factList) set(facts []fact) {
	f.facts = facts
	f.Refresh()
}

// Fit returns the height that is needed.
func (f *factList) Fit(float32) float32 { return factHeight * float32(len(f.facts)) }

// CreateRenderer implements [fyne.Widget].
func (f *factList) CreateRenderer() fyne.WidgetRenderer {
	return f.d.Renderer(f.layout, func() fyne.Size { return fyne.NewSize(100, 0) }, f)
}

func (f *factList) layout(s fyne.Size) {
	for len(f.keys) < len(f.facts) {
		f.keys = append(f.keys, f.d.Text(parts.Secondary, parts.Text3))
		f.vals = append(f.vals, f.d.Text(parts.Secondary, parts.Fg).CutMiddle())
	}
	for i := range f.keys {
		var x fact
		if i < len(f.facts) {
			x = f.facts[i]
		}
		yc := factHeight*float32(i) + 11
		f.keys[i].SetText(x.key)
		f.keys[i].Place(0, yc, factKey-8)
		f.vals[i].SetText(x.value)
		f.vals[i].Place(factKey, yc, s.Width-factKey)
	}
}

// Spots names the values, for those who drive the window.
func (f *factList) Spots() []spot {
	var out []spot
	for i, x := range f.facts {
		out = append(out, spot{mark: "details/fact:" + x.key, text: x.value, box: rect{0, factHeight * float32(i), f.Size().Width, factHeight}})
	}
	return out
}
