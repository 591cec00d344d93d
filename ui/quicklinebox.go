package ui

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// lineBox is the quick line with its verdict, and below it what was understood.
type lineBox struct {
	widget.BaseWidget
	view    lineView
	focused bool
	terse   bool                // there is no room for a mere hint
	several func(pasted string) // hears of a text of several lines that was pasted; may be nil

	d        parts.Drawing
	box      *parts.Box
	prompt   *parts.Icon
	field    *parts.Field
	glyph    *parts.Icon
	verdict  *parts.Text
	chips    []*lineChipBox
	sentence *parts.Para
}

// lineChipBox draws a chip: a word for its kind and the thing itself.
type lineChipBox struct {
	box        *parts.Box
	kind, text *parts.Text
}

const (
	lineHeight     = 42
	lineChipHeight = 24
)

func newLineBox(typed func(string), submit func(), focus func(bool)) *lineBox {
	b := &lineBox{}
	b.box = b.d.Box(parts.Bg, parts.BorderStrong, 8)
	b.prompt = b.d.Icon("terminal", parts.Text2)
	b.field = parts.NewField("form/line", "svc/web 6000:5000 :9090 -n shop", "", typed).Mono().Bare()
	b.field.Entry.OnSubmitted = func(string) { submit() }
	b.field.OnPaste = func(text string) bool {
		if one := pasted(text); b.field.Text() == "" && one != text {
			b.field.SetText(one)
			if b.several != nil {
				b.several(text)
			}
			return true
		}
		return false
	}
	b.field.OnFocus = func(on bool) {
		b.focused = on
		focus(on)
		b.Refresh()
	}
	b.glyph = b.d.Glyph("", parts.Green, parts.Bg)
	b.verdict = b.d.Text(parts.Body, parts.Text2)
	b.sentence = parts.NewPara(parts.Caption, parts.Text3)
	b.sentence.Mark = "form/line-note"
	b.d.Add(b.field)
	b.d.Add(b.sentence)
	b.ExtendBaseWidget(b)
	return b
}

func (b *lineBox) set(v lineView) {
	if reflect.DeepEqual(b.view, v) {
		return
	}
	b.view = v
	for len(b.chips) < len(v.chips) {
		c := &lineChipBox{box: b.d.Box(parts.GreyTint, parts.None, 6), kind: b.d.Text(parts.Caption, parts.Text3), text: b.d.Text(parts.MonoChip, parts.Fg)}
		b.chips = append(b.chips, c)
	}
	colour := parts.Text3
	if v.bad {
		colour = parts.Red
	}
	b.sentence.Set(v.sentence, colour)
	b.Refresh()
}

// Fit returns the height that is needed.
func (b *lineBox) Fit(w float32) float32 {
	y := float32(lineHeight)
	if len(b.view.chips) > 0 {
		y += 9 + lineChipHeight
	}
	if b.terse && b.view.hint {
		return y
	}
	return y + 9 + b.sentence.Fit(w)
}

// CreateRenderer implements [fyne.Widget].
func (b *lineBox) CreateRenderer() fyne.WidgetRenderer {
	return b.d.Renderer(b.layout, func() fyne.Size { return fyne.NewSize(200, lineHeight) }, b)
}

func (b *lineBox) layout(z fyne.Size) {
	line, stroke := parts.BorderStrong, float32(1)
	switch {
	case b.view.bad:
		line, stroke = parts.Red, 1.5
	case b.focused:
		line, stroke = parts.Accent, 2
	}
	b.box.Set(parts.Bg, line)
	b.box.Stroke(stroke)
	b.box.Place(0, 0, z.Width, lineHeight)
	yc := float32(lineHeight / 2)
	b.prompt.Place(13, yc, 15)
	right := z.Width - 12
	v := b.view.verdict
	b.verdict.Set(v.text, v.colour)
	b.glyph.Set(v.glyph, v.colour)
	if v.text != "" {
		w := b.verdict.Width()
		right -= w
		b.verdict.Place(right, yc, w)
		if v.glyph != "" {
			right -= 20
			b.glyph.Place(right, yc, 13)
		}
		right -= 8
	}
	parts.Put(b.field, 31, yc-15, max(right-31, 60), 30)
	y := float32(lineHeight)
	if len(b.view.chips) > 0 {
		y += 9
	}
	b.layoutChips(z.Width, y)
	if len(b.view.chips) > 0 {
		y += lineChipHeight
	}
	parts.Show(b.sentence, !b.terse || !b.view.hint)
	parts.Put(b.sentence, 0, y+9, z.Width, b.sentence.Fit(z.Width))
}

// layoutChips puts the chips on one line, and cuts those that have no room.
func (b *lineBox) layoutChips(w, y float32) {
	x := float32(0)
	for i, c := range b.chips {
		on := i < len(b.view.chips) && w-x > 60
		if !on {
			c.box.Place(0, 0, 0, 0)
			c.kind.Set("", parts.Text3)
			c.text.Set("", parts.Fg)
			continue
		}
		chip := b.view.chips[i]
		c.kind.Set(chip.kind, parts.Text3)
		c.text.Set(chip.text, parts.Fg)
		kw := c.kind.Width()
		cw := min(10+kw+6+c.text.Width()+10, w-x)
		c.box.Place(x, y, cw, lineChipHeight)
		c.kind.Place(x+10, y+lineChipHeight/2, kw)
		c.text.Place(x+10+kw+6, y+lineChipHeight/2, cw-kw-26)
		x += cw + 6
	}
}

// Box returns a mark and the verdict, for those who drive the window.
func (b *lineBox) Box() (mark, text string) { return "form/line-verdict", b.view.verdict.text }
