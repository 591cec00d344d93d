package ui

import (
	"reflect"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// trialBox tells what came of a test, a sentence below the other, each with a glyph.
type trialBox struct {
	widget.BaseWidget
	view  trialView
	d     parts.Drawing
	lines []*trialRow
}

// trialRow draws one sentence.
type trialRow struct {
	glyph *parts.Icon
	para  *parts.Para
}

func newTrialBox() *trialBox {
	b := &trialBox{}
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
}

func (b *trialBox) set(v trialView) {
	if reflect.DeepEqual(b.view, v) {
		return
	}
	b.view = v
	for len(b.lines) < len(v.lines) {
		r := &trialRow{glyph: b.d.Glyph("", parts.Green, parts.Raised), para: parts.NewPara(parts.Caption, parts.Text2)}
		b.d.Add(r.para)
		b.lines = append(b.lines, r)
	}
	for i, r := range b.lines {
		parts.Show(r.para, i < len(v.lines))
		switch {
		case i >= len(v.lines):
			r.glyph.Set("", parts.Green)
		case v.lines[i].ok:
			r.glyph.Set("ready", parts.Green)
			r.para.Set(v.lines[i].text, parts.Text2)
		default:
			r.glyph.Set("needs", parts.Red)
			r.para.Set(v.lines[i].text, parts.Red)
		}
	}
	parts.Show(b, len(v.lines) > 0)
	b.Refresh()
}

const trialIndent = 19

// Fit returns the height that is needed.
func (b *trialBox) Fit(w float32) float32 {
	var y float32
	for i := range b.view.lines {
		y += b.lines[i].para.Fit(w-trialIndent) + 3
	}
	return max(y-3, 0)
}

// CreateRenderer implements [fyne.Widget].
func (b *trialBox) CreateRenderer() fyne.WidgetRenderer {
	return b.d.Renderer(func(z fyne.Size) {
		var y float32
		for i := range b.view.lines {
			r := b.lines[i]
			h := r.para.Fit(z.Width - trialIndent)
			r.glyph.Place(0, y+8, 13)
			parts.Put(r.para, trialIndent, y, z.Width-trialIndent, h)
			y += h + 3
		}
	}, func() fyne.Size { return fyne.NewSize(60, 16) }, b)
}

// Box returns the mark and what is told, for those who drive the window.
func (b *trialBox) Box() (mark, text string) {
	var out []string
	for _, l := range b.view.lines {
		out = append(out, l.text)
	}
	return "form/test-result", strings.Join(out, " ")
}
