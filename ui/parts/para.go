package parts

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// Para is a text of several lines that is broken at the width it gets.
type Para struct {
	widget.BaseWidget
	Mark   string
	face   Face
	colour fyne.ThemeColorName
	text   string
	width  float32 // that lines were made for
	shown  []string

	d     Drawing
	lines []*Text
}

// NewPara returns an empty paragraph.
func NewPara(face Face, colour fyne.ThemeColorName) *Para {
	p := &Para{face: face, colour: colour}
	p.ExtendBaseWidget(p)
	return p
}

// Set changes text and colour.
func (p *Para) Set(text string, colour fyne.ThemeColorName) {
	if p.text != text || p.colour != colour {
		p.text, p.colour = text, colour
		p.width = 0
		p.Refresh()
	}
}

// SetText changes the text.
func (p *Para) SetText(text string) { p.Set(text, p.colour) }

// Text returns the text.
func (p *Para) Text() string { return p.text }

// Fit breaks the text for a width and returns the height it needs; 0 for an
// empty text.
func (p *Para) Fit(width float32) float32 {
	p.wrap(width)
	return float32(len(p.shown)) * p.step()
}

func (p *Para) step() float32 { return ceil(p.face.Height()) + 2 }

func (p *Para) wrap(width float32) {
	if p.width == width {
		return
	}
	p.width = width
	p.shown = Wrap(p.face, p.text, width)
}

// CreateRenderer implements [fyne.Widget].
func (p *Para) CreateRenderer() fyne.WidgetRenderer {
	return p.d.Renderer(p.layout, func() fyne.Size { return fyne.NewSize(40, 0) }, p)
}

func (p *Para) layout(s fyne.Size) {
	if s.Width <= 0 {
		return
	}
	p.wrap(s.Width)
	for len(p.lines) < len(p.shown) {
		p.lines = append(p.lines, p.d.Text(p.face, p.colour))
	}
	step := p.step()
	for i, t := range p.lines {
		line := ""
		if i < len(p.shown) {
			line = p.shown[i]
		}
		t.Set(line, p.colour)
		t.Place(0, float32(i)*step+floor(step/2), s.Width+8)
	}
}

// Lines returns the text as it is broken.
func (p *Para) Lines() []string { return slices.Clone(p.shown) }

// Box returns the mark and the text, for those who drive the window.
func (p *Para) Box() (mark, text string) { return p.Mark, p.text }
