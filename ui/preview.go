package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// previewBox says which addresses a tunnel will listen on.
type previewBox struct {
	widget.BaseWidget
	lines []previewLine
	d     parts.Drawing
	box   *parts.Box
	head  *parts.Text
	left  []*parts.Text
	right []*parts.Text
}

func newPreviewBox() *previewBox {
	p := &previewBox{}
	p.box = p.d.Box(parts.Surface, parts.Border, 8)
	p.head = p.d.Text(parts.Label, parts.Text3)
	p.head.SetText(lang.L("Will listen on"))
	p.ExtendBaseWidget(p)
	p.Hide()
	return p
}

func (p *previewBox) set(lines []previewLine) {
	if slices.Equal(p.lines, lines) {
		return
	}
	p.lines = lines
	parts.Show(p, len(lines) > 0)
	p.Refresh()
}

// Fit returns the height that is needed.
func (p *previewBox) Fit(float32) float32 {
	if len(p.lines) == 0 {
		return 0
	}
	return 38 + 18*float32(len(p.lines))
}

// CreateRenderer implements [fyne.Widget].
func (p *previewBox) CreateRenderer() fyne.WidgetRenderer {
	return p.d.Renderer(p.layout, func() fyne.Size { return fyne.NewSize(100, 0) }, p)
}

func (p *previewBox) layout(s fyne.Size) {
	for len(p.left) < len(p.lines) {
		p.left = append(p.left, p.d.Text(parts.MonoSmall, parts.Fg))
		p.right = append(p.right, p.d.Text(parts.Secondary, parts.Text3).Right())
	}
	p.box.Place(0, 0, s.Width, s.Height)
	p.head.Place(12, 16, s.Width-24)
	for i := range p.left {
		l := previewLine{}
		if i < len(p.lines) {
			l = p.lines[i]
		}
		yc := 38 + 18*float32(i)
		face := parts.MonoSmall
		if l.words {
			face = parts.Secondary
		}
		to := ""
		if l.remote != "" {
			to = lang.L("to {{.Target}}", vars{"Target": l.remote})
		}
		p.left[i].SetFace(face)
		p.left[i].SetText(l.local)
		p.right[i].SetText(to)
		w := p.right[i].Width()
		p.left[i].Place(12, yc, s.Width-w-36)
		p.right[i].Place(s.Width-12, yc, w)
	}
}
