package ui

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

const bannerHeight = 38

// bannerBar draws the banner below the top bar.
type bannerBar struct {
	widget.BaseWidget
	parts.Hovering
	view bannerView

	d           parts.Drawing
	back, rule  *parts.Box
	glyph       *parts.Icon
	title, text *parts.Text
	act         *parts.Button
	closer      *parts.Button
}

func newBannerBar(act, dismiss func(bannerView)) *bannerBar {
	b := &bannerBar{}
	b.back = b.d.Box(parts.RedTint, parts.None, 0)
	b.rule = b.d.Box(parts.RedLine, parts.None, 0)
	b.glyph = b.d.Glyph("needs", parts.Red, parts.RedTint)
	b.title = b.d.Text(parts.Name, parts.Fg)
	b.text = b.d.Text(parts.Body, parts.Fg)
	b.act = parts.NewButton("banner/act", "", "", parts.Plain, func() { act(b.view) })
	b.act.Small = true
	b.closer = parts.NewButton("banner/close", "", "x", parts.Ghost, func() { dismiss(b.view) })
	b.closer.Small = true
	b.closer.Tip = lang.L("Hide this until it changes")
	b.d.Add(b.act)
	b.d.Add(b.closer)
	b.Of = b
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
}

// set shows a view and returns whether the banner has come or gone.
func (b *bannerBar) set(v bannerView) (changed bool) {
	if reflect.DeepEqual(b.view, v) {
		return false
	}
	b.view = v
	changed = b.Visible() != (v.key != "")
	parts.Show(b, v.key != "")
	ground, line, glyph, colour := parts.RedTint, parts.RedLine, "needs", parts.Red
	if v.advice {
		ground, line, glyph, colour = parts.AmberTint, parts.AmberLine, "degraded", parts.Amber
	}
	b.back.Set(ground, parts.None)
	b.rule.Set(line, parts.None)
	b.glyph.Set(glyph, colour)
	b.title.SetText(v.title)
	b.text.SetText(v.text)
	b.act.Set(v.button, "")
	parts.Show(b.act, v.button != "")
	b.Refresh()
	return changed
}

// CreateRenderer implements [fyne.Widget].
func (b *bannerBar) CreateRenderer() fyne.WidgetRenderer {
	return b.d.Renderer(b.layout, func() fyne.Size { return fyne.NewSize(300, bannerHeight) }, b)
}

func (b *bannerBar) layout(s fyne.Size) {
	b.back.Place(0, 0, s.Width, s.Height)
	b.rule.Place(0, s.Height-1, s.Width, 1)
	yc := floor(s.Height / 2)
	b.glyph.Place(16, yc, 16)
	right := s.Width - 12 - 26
	parts.Put(b.closer, right, yc-13, 26, 26)
	if b.view.button != "" {
		w := b.act.MinSize().Width
		right -= w + 8
		parts.Put(b.act, right, yc-13, w, 26)
	}
	x := float32(40)
	x += b.title.Place(x, yc, right-x-12) + 8
	b.text.Place(x, yc, max(right-x-12, 0))
}

// TipAt implements [parts.Tipped]: in small windows the text is cut.
func (b *bannerBar) TipAt(fyne.Position) (text string, ok bool) {
	return b.view.title + " " + b.view.text, b.title.Cut() || b.text.Cut()
}

// Box returns the mark and the text, for those who drive the window.
func (b *bannerBar) Box() (mark, text string) { return "banner", b.view.title + " " + b.view.text }
