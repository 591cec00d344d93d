package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// contextCards lists the contexts of the first run, each with what its API
// server answered.
type contextCards struct {
	widget.BaseWidget
	check func(string)
	cards []contextCard

	d     parts.Drawing
	box   *parts.Box
	lines []contextLine
}

type contextLine struct {
	rule         *parts.Box
	dot          *parts.Box
	name, server *parts.Text
	glyph        *parts.Icon
	word         *parts.Text
	note         *parts.Para
	ask          *parts.Button
}

func newContextCards(check func(string)) *contextCards {
	c := &contextCards{check: check}
	c.box = c.d.Box(parts.Bg, parts.Border, 8)
	c.ExtendBaseWidget(c)
	return c
}

func (c *contextCards) set(cards []contextCard) {
	c.cards = cards
	for len(c.lines) < len(cards) {
		i := len(c.lines)
		l := contextLine{
			rule: c.d.Box(parts.None, parts.None, 0), dot: c.d.Box(parts.None, parts.None, 3),
			name: c.d.Text(parts.Name, parts.Fg), server: c.d.Text(parts.Caption, parts.Text3),
			glyph: c.d.Glyph("", parts.Green, parts.Bg), word: c.d.Text(parts.Word, parts.Fg),
			note: parts.NewPara(parts.Caption, parts.Text3),
			ask:  parts.NewButton("", "Ask", "activity", parts.Plain, nil),
		}
		l.ask.Small = true
		l.ask.OnTap = func() { c.check(c.cards[i].name) }
		c.d.Add(l.note)
		c.d.Add(l.ask)
		c.lines = append(c.lines, l)
	}
	c.Refresh()
}

const contextRow = 50

func (c *contextCards) noteWidth(w float32) float32 { return max(w*0.56-24-106, 60) }

func (c *contextCards) rowHeight(i int, w float32) float32 {
	if c.cards[i].note == "" {
		return contextRow
	}
	c.lines[i].note.SetText(c.cards[i].note)
	return max(contextRow, c.lines[i].note.Fit(c.noteWidth(w))+36)
}

// Fit returns the height that is needed.
func (c *contextCards) Fit(w float32) float32 {
	var h float32
	for i := range c.cards {
		h += c.rowHeight(i, w)
	}
	return h
}

// CreateRenderer implements [fyne.Widget].
func (c *contextCards) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(c.layout, func() fyne.Size { return fyne.NewSize(200, 0) }, c)
}

func (c *contextCards) layout(s fyne.Size) {
	c.box.Place(0, 0, s.Width, s.Height)
	parts.Show(c.box.C, len(c.cards) > 0)
	var y float32
	for i, l := range c.lines {
		if i >= len(c.cards) {
			l.put(contextCard{}, 0, s.Width, 60)
			continue
		}
		h := c.rowHeight(i, s.Width)
		l.put(c.cards[i], y, s.Width, c.noteWidth(s.Width))
		rule := parts.Border
		if i == 0 {
			rule = parts.None
		}
		l.rule.Set(rule, parts.None)
		l.rule.Place(1, y, s.Width-2, 1)
		y += h
	}
}

func (l contextLine) put(k contextCard, y, w, noteWidth float32) {
	dot := k.dot
	if dot == "" {
		dot = parts.None
		l.rule.Set(parts.None, parts.None)
	}
	l.dot.Set(dot, parts.None)
	l.dot.Place(16, y+20, 10, 10)
	mid := floor(w * 0.44)
	l.name.SetText(k.name)
	l.name.Place(38, y+17, mid-50)
	l.server.SetText(k.server)
	l.server.Place(38, y+34, mid-50)
	l.glyph.Set(k.glyph, k.colour)
	at := y + 25
	if k.note != "" {
		at = y + 17
	}
	l.glyph.Place(mid, at, 15)
	l.word.Set(k.word, parts.Fg)
	l.word.Place(mid+24, at, noteWidth)
	l.note.SetText(k.note)
	parts.Put(l.note, mid+24, y+27, noteWidth, l.note.Fit(noteWidth))
	l.ask.Mark = "ask:" + k.name
	label := "Ask"
	if !k.check {
		label = "Ask again"
	}
	l.ask.Set(label, "")
	parts.Show(l.ask, k.canAsk)
	bw := l.ask.MinSize().Width
	parts.Put(l.ask, w-bw-14, y+12, bw, 26)
}
