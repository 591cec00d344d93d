package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// cardList draws all addresses of a tunnel: a box per mapping, a line per
// address, each with its copy button.
type cardList struct {
	widget.BaseWidget
	copy func(string)

	cards  []addressCard
	copied string
	hover  int // line under the mouse; -1 for none

	d     parts.Drawing
	boxes []cardBox
	rows  []cardLine
	hits  []cardHit
}

type cardBox struct {
	box, rule     *parts.Box
	local, remote *parts.Text
	arrow         *parts.Icon
}

type cardLine struct {
	back          *parts.Box
	text, trouble *parts.Text
	badge         *parts.Pill
	icon          *parts.Icon
}

type cardHit struct {
	box  rect
	text string
}

const (
	cardHead = 32
	cardLow  = 28
	cardGap  = 8
)

func newCardList(copyText func(string)) *cardList {
	c := &cardList{copy: copyText, hover: -1}
	c.ExtendBaseWidget(c)
	return c
}

func (c *cardList) set(cards []addressCard, copied string) {
	c.cards, c.copied = cards, copied
	c.Refresh()
}

// Fit returns the height that is needed.
func (c *cardList) Fit(float32) float32 {
	var h float32
	for _, card := range c.cards {
		h += cardHead + cardLow*float32(len(card.lines)) + 4 + cardGap
	}
	return max(h-cardGap, 0)
}

// CreateRenderer implements [fyne.Widget].
func (c *cardList) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(c.layout, func() fyne.Size { return fyne.NewSize(100, 0) }, c)
}

func (c *cardList) layout(s fyne.Size) {
	c.grow()
	c.hits = c.hits[:0]
	var y float32
	line := 0
	for i, b := range c.boxes {
		if i >= len(c.cards) {
			b.put(addressCard{}, 0, 0, 0)
			continue
		}
		card := c.cards[i]
		h := cardHead + cardLow*float32(len(card.lines)) + 4
		b.put(card, y, s.Width, h)
		for j, a := range card.lines {
			c.placeLine(c.rows[line], a, card.urgent, line, y+cardHead+2+cardLow*float32(j), s.Width)
			line++
		}
		y += h + cardGap
	}
	for ; line < len(c.rows); line++ {
		c.placeLine(c.rows[line], address{}, false, -2, 0, 0)
	}
}

func (c *cardList) grow() {
	n := 0
	for i, card := range c.cards {
		if i >= len(c.boxes) {
			c.boxes = append(c.boxes, cardBox{
				box: c.d.Box(parts.Surface, parts.Border, 8), rule: c.d.Box(parts.Border, parts.None, 0),
				local: c.d.Text(parts.Name, parts.Fg), remote: c.d.Text(parts.Secondary, parts.Text2),
				arrow: c.d.Icon("", parts.Text3),
			})
		}
		n += len(card.lines)
	}
	for len(c.rows) < n {
		c.rows = append(c.rows, cardLine{
			back: c.d.Box(parts.None, parts.None, 6), text: c.d.Text(parts.Mono, parts.Fg),
			trouble: c.d.Text(parts.Caption, parts.Amber), badge: c.d.Pill(), icon: c.d.Icon("", parts.Text3),
		})
	}
}

func (b cardBox) put(card addressCard, y, w, h float32) {
	fill, line, arrow := parts.Surface, parts.Border, "arrow-right"
	if card.local == "" {
		fill, line, arrow = parts.None, parts.None, ""
	}
	b.box.Set(fill, line)
	b.box.Place(0, y, w, h)
	b.rule.Set(line, parts.None)
	b.rule.Place(0, y+cardHead, w, 1)
	b.local.SetText(card.local)
	used := b.local.Place(12, y+cardHead/2, w/2)
	b.arrow.Set(arrow, parts.Text3)
	b.arrow.Place(20+used, y+cardHead/2, 12)
	b.remote.SetText(card.remote)
	b.remote.Place(40+used, y+cardHead/2, w-52-used)
}

func (c *cardList) placeLine(r cardLine, a address, urgent bool, i int, y, w float32) {
	icon, colour, fg, ground := "", parts.Text3, parts.Fg, parts.None
	switch {
	case a.bound && a.text == c.copied:
		icon, colour = "check", parts.Green
	case a.bound:
		icon = "copy"
	default:
		fg = parts.Text3
	}
	if i >= 0 && i == c.hover && a.bound {
		ground = parts.Veil
	}
	yc := y + cardLow/2
	r.back.Set(ground, parts.None)
	r.back.Place(4, y+1, w-8, cardLow-2)
	r.text.Set(a.text, fg)
	x := 12 + r.text.Place(12, yc, w-60) + 8
	badge := ""
	if a.random {
		badge = "random"
	}
	r.badge.Set(badge, parts.Accent, parts.Selected)
	r.badge.Place(x, yc)
	x += r.badge.Width() + 4
	r.trouble.Set(a.trouble, troubleColour(urgent))
	r.trouble.Place(x, yc, w-x-36)
	r.icon.Set(icon, colour)
	r.icon.Place(w-28, yc, 15)
	if a.bound {
		c.hits = append(c.hits, cardHit{rect{0, y, w, cardLow}, a.text})
	} else if a.text != "" {
		c.hits = append(c.hits, cardHit{})
	}
}

func (c *cardList) hit(p fyne.Position) int {
	for i, h := range c.hits {
		if h.text != "" && h.box.has(p) {
			return i
		}
	}
	return -1
}

// Tapped implements [fyne.Tappable].
func (c *cardList) Tapped(e *fyne.PointEvent) {
	if i := c.hit(e.Position); i >= 0 {
		c.copy(c.hits[i].text)
	}
}

// MouseIn implements [desktop.Hoverable].
func (c *cardList) MouseIn(e *desktop.MouseEvent) { c.point(c.hit(e.Position)) }

// MouseMoved implements [desktop.Hoverable].
func (c *cardList) MouseMoved(e *desktop.MouseEvent) { c.point(c.hit(e.Position)) }

// MouseOut implements [desktop.Hoverable].
func (c *cardList) MouseOut() { c.point(-1) }

func (c *cardList) point(i int) {
	if c.hover != i {
		c.hover = i
		c.Refresh()
	}
}

// Cursor implements [desktop.Cursorable].
func (c *cardList) Cursor() desktop.Cursor {
	if c.hover >= 0 {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// Spots names the addresses, for those who drive the window.
func (c *cardList) Spots() []spot {
	var out []spot
	for i, h := range c.hits {
		if h.text != "" {
			out = append(out, spot{mark: fmt.Sprintf("details/address:%d", i), text: h.text, box: h.box})
		}
	}
	return out
}
