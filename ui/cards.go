package ui

import (
	"fmt"
	"reflect"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// cardList draws all addresses of a tunnel, a line per address with its copy
// button: in a box per mapping, or flat where there is little room.
type cardList struct {
	widget.BaseWidget
	copy   func(string)
	reveal func(o fyne.CanvasObject, y, h float32) // brings lines into view; may be nil

	cards  []addressCard
	flat   bool
	copied string
	hover  int // line under the mouse; -1 for none
	keys   copyKeys

	d     parts.Drawing
	boxes *cardBoxes
	rows  []cardLine
	hits  []cardHit
	lines []gripLine
	grip  *grip
}

// cardHit is one line: where it is and what it copies, if it is bound.
type cardHit struct {
	box  rect
	text string
}

const (
	cardHead = 32
	cardLow  = 28
	cardGap  = 8
	cardFlat = 31
)

var (
	_ fyne.Tappable      = (*cardList)(nil)
	_ fyne.Focusable     = (*cardList)(nil)
	_ fyne.Shortcutable  = (*cardList)(nil)
	_ desktop.Hoverable  = (*cardList)(nil)
	_ desktop.Mouseable  = (*cardList)(nil)
	_ desktop.Cursorable = (*cardList)(nil)
)

func newCardList(copyText func(string)) *cardList {
	c := &cardList{copy: copyText, hover: -1, boxes: newCardBoxes(), grip: newGrip(true)}
	c.d.Add(c.boxes)
	c.d.Add(c.grip.obj)
	c.ExtendBaseWidget(c)
	return c
}

func (c *cardList) set(cards []addressCard, copied string, flat bool) {
	if c.flat != flat || !reflect.DeepEqual(c.cards, cards) {
		c.grip.lift()
	}
	c.cards, c.copied, c.flat = cards, copied, flat
	c.Refresh()
}

// Fit returns the height that is needed.
func (c *cardList) Fit(float32) float32 {
	var h float32
	for _, card := range c.cards {
		if c.flat {
			h += cardFlat * float32(len(card.lines))
		} else {
			h += card.height() + cardGap
		}
	}
	if c.flat {
		return h
	}
	return max(h-cardGap, 0)
}

// CreateRenderer implements [fyne.Widget].
func (c *cardList) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(c.layout, func() fyne.Size { return fyne.NewSize(100, 0) }, c)
}

func (c *cardList) layout(s fyne.Size) {
	c.grow()
	c.hits, c.lines = c.hits[:0], c.lines[:0]
	c.boxes.set(c.cards, c.flat)
	parts.Put(c.boxes, 0, 0, s.Width, s.Height)
	var y float32
	line := 0
	for _, card := range c.cards {
		low := float32(cardFlat)
		if !c.flat {
			y += cardHead + 2
			low = cardLow
		}
		for j, a := range card.lines {
			c.placeLine(line, a, card, j == 0, y, low, s.Width)
			y += low
			line++
		}
		if !c.flat {
			y += 2 + cardGap
		}
	}
	for ; line < len(c.rows); line++ {
		c.rows[line].clear()
	}
}

func (c *cardList) grow() {
	n := 0
	for _, card := range c.cards {
		n += len(card.lines)
	}
	for len(c.rows) < n {
		c.rows = append(c.rows, newCardLine(&c.d))
	}
}

func (c *cardList) placeLine(i int, a address, card addressCard, first bool, y, h, w float32) {
	r := c.rows[i]
	side := float32(12)
	if c.flat {
		side = 0
	}
	look := lineLook{
		side: side, flat: c.flat, hover: i == c.hover, copied: a.text == c.copied, gripped: i == c.grip.line, ring: c.keys.on(i),
		trouble: troubleColour(card.urgent), to: card.port,
	}
	if first { // both families have the same port
		look.badges = badgesOf(a)
	}
	used := r.put(a, look, y, h, w)
	hit := cardHit{box: rect{0, y, w, h}}
	if a.bound {
		hit.text = a.text
	}
	c.hits = append(c.hits, hit)
	c.lines = append(c.lines, gripLine{r.text, rect{side, y, used, h}})
}

// badgesOf say that a port was chosen for the user, and that it stays: the longest
// first, since not each fits.
func badgesOf(a address) []string {
	switch {
	case a.random && a.bound:
		return []string{lang.L("random, kept"), lang.L("random")}
	case a.random:
		return []string{lang.L("random")}
	}
	return nil
}

func (c *cardList) hit(p fyne.Position) int {
	return slices.IndexFunc(c.hits, func(h cardHit) bool { return h.text != "" && h.box.has(p) })
}

func (c *cardList) copyLine(i int) {
	if i >= 0 && i < len(c.hits) && c.hits[i].text != "" {
		c.copy(c.hits[i].text)
	}
}

// Tapped implements [fyne.Tappable].
func (c *cardList) Tapped(e *fyne.PointEvent) {
	defer parts.Catch()
	c.copyLine(c.hit(e.Position))
}

// MouseIn implements [desktop.Hoverable].
func (c *cardList) MouseIn(e *desktop.MouseEvent) {
	defer parts.Catch()
	c.MouseMoved(e)
}

// MouseMoved implements [desktop.Hoverable].
func (c *cardList) MouseMoved(e *desktop.MouseEvent) {
	defer parts.Catch()
	changed := !c.grip.held() && c.grip.over(e.Position, c.lines)
	if i := c.hit(e.Position); changed || i != c.hover {
		c.hover = i
		c.Refresh()
	}
}

// MouseOut implements [desktop.Hoverable].
func (c *cardList) MouseOut() {
	defer parts.Catch()
	c.hover = -1
	if !c.grip.held() {
		c.grip.lift()
	}
	c.Refresh()
}

// MouseDown implements [desktop.Mouseable]: it lets go of what was selected
// elsewhere.
func (c *cardList) MouseDown(e *desktop.MouseEvent) {
	defer parts.Catch()
	if c.grip.over(e.Position, c.lines) {
		c.Refresh()
	}
}

// MouseUp implements [desktop.Mouseable].
func (c *cardList) MouseUp(*desktop.MouseEvent) {}

// Cursor implements [desktop.Cursorable].
func (c *cardList) Cursor() desktop.Cursor {
	if c.hover >= 0 {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// FocusGained implements [fyne.Focusable].
func (c *cardList) FocusGained() {
	defer parts.Catch()
	c.keys.focused = true
	c.show()
}

// FocusLost implements [fyne.Focusable].
func (c *cardList) FocusLost() {
	defer parts.Catch()
	c.keys.focused = false
	c.Refresh()
}

// TypedRune implements [fyne.Focusable].
func (c *cardList) TypedRune(r rune) {
	defer parts.Catch()
	parts.PassRune(c, r)
}

// TypedKey implements [fyne.Focusable].
func (c *cardList) TypedKey(e *fyne.KeyEvent) {
	defer parts.Catch()
	if c.keys.key(c, e, len(c.hits), c.copyLine) {
		c.show()
	}
}

// TypedShortcut implements [fyne.Shortcutable].
func (c *cardList) TypedShortcut(s fyne.Shortcut) {
	defer parts.Catch()
	c.keys.shortcut(c, s, len(c.hits), c.copyLine)
}

func (c *cardList) show() {
	c.Refresh()
	if c.reveal != nil && c.keys.at < len(c.hits) {
		box := c.hits[c.keys.at].box
		c.reveal(c, box.y, box.h)
	}
}

// Spots names the addresses, at their copy icons, for those who drive the window.
func (c *cardList) Spots() []spot {
	var out []spot
	for i, h := range c.hits {
		if h.text != "" {
			icon := rect{h.box.x + h.box.w - 40, h.box.y, 40, h.box.h}
			out = append(out, spot{mark: fmt.Sprintf("details/address:%d", i), text: h.text, box: icon})
		}
	}
	return out
}
