package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// headCell is a column's head.
type headCell struct {
	column sortKey // ownOrder where rows cannot be sorted by it
	word   string
	text   *parts.Text
	box    rect // where it answers to the mouse; without a width while it is dropped
}

// headActions are what the table's head asks of the app.
type headActions struct {
	sort func(sortKey)
	menu func(at fyne.Position)
}

// tableHead names the columns and sorts by them.
type tableHead struct {
	widget.BaseWidget
	act     headActions
	order   sortOrder
	at      int // the cell that the arrow keys are at
	hover   int // the cell below the mouse; -1 for none
	focused bool

	d     parts.Drawing
	back  *parts.Box
	line  *parts.Box
	veil  *parts.Box
	ring  *parts.Box
	cells []headCell
	arrow *parts.Icon
	more  *parts.Button
}

func newTableHead(act headActions) *tableHead {
	h := &tableHead{act: act, hover: -1}
	h.back = h.d.Box(parts.Bg, parts.None, 0)
	h.line = h.d.Box(parts.Border, parts.None, 0)
	h.veil = h.d.Box(parts.None, parts.None, 4)
	h.cells = []headCell{
		{column: byState, word: lang.L("State")},
		{column: byName, word: lang.L("Name")},
		{column: byPort, word: lang.L("Local address")},
		{column: byTarget, word: lang.L("Target and pod")},
		{column: byRate, word: lang.L("Rate")},
		{column: byConns, word: lang.L("Conn.")},
		{word: lang.X("table.on", "On")},
	}
	for i := range h.cells {
		h.cells[i].text = h.d.Text(parts.Label, parts.Text3)
		h.cells[i].text.SetText(h.cells[i].word)
	}
	h.arrow = h.d.Icon("", parts.Text2)
	h.ring = h.d.Box(parts.None, parts.None, 4)
	h.more = parts.NewButton("table/menu", "", "ellipsis", parts.Ghost, h.openMenu)
	h.more.Small, h.more.Tip = true, lang.L("Group and sort")
	h.d.Add(h.more)
	h.ExtendBaseWidget(h)
	return h
}

func (h *tableHead) openMenu() {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(h.more)
	h.act.menu(at.AddXY(0, h.more.Size().Height+2))
}

// apply shows by what the rows are sorted.
func (h *tableHead) apply(o sortOrder) {
	if h.order != o {
		h.order = o
		h.Refresh()
	}
}

// CreateRenderer implements [fyne.Widget].
func (h *tableHead) CreateRenderer() fyne.WidgetRenderer {
	return h.d.Renderer(h.layout, func() fyne.Size { return fyne.NewSize(300, headHeight) }, h)
}

func (h *tableHead) layout(s fyne.Size) {
	h.back.Place(0, 0, s.Width, s.Height)
	h.line.Place(0, s.Height-1, s.Width, 1)
	c := columnsFor(s.Width)
	h.place(c)
	h.arrow.Set("", parts.Text2)
	for i := range h.cells {
		h.layoutCell(&h.cells[i], floor(s.Height/2))
	}
	on := h.cells[len(h.cells)-1].text
	w := min(on.Width(), 44)
	x := c.toggle + floor((parts.SwitchWidth-w)/2)
	if c.menu != 0 {
		parts.Put(h.more, c.menu-6, 1, 28, 28)
	} else {
		x -= 8
		parts.Put(h.more, s.Width-24, 2, 22, 26)
	}
	on.Place(x, floor(s.Height/2), w)
	h.mark()
}

// place gives each column of the present width its part of the head.
func (h *tableHead) place(c columns) {
	targetEnd, localEnd := c.toggle, c.toggle
	if c.rate != 0 {
		targetEnd = c.rate
	}
	if c.target != 0 {
		localEnd = c.target
	}
	part := func(x, end float32) rect {
		if x == 0 {
			return rect{}
		}
		return rect{x - 6, 3, max(end-x-2, 0), headHeight - 7}
	}
	boxes := [...]rect{
		part(c.state, c.name), part(c.name, c.local), part(c.local, localEnd), part(c.target, targetEnd), part(c.rate, c.conns-50), {}, {},
	}
	if c.conns != 0 {
		boxes[5] = rect{c.conns - 52, 3, 62, headHeight - 7}
	}
	for i := range h.cells {
		h.cells[i].box = boxes[i]
	}
}

func (h *tableHead) layoutCell(c *headCell, yc float32) {
	if c.column == ownOrder {
		return
	}
	shown := c.box.w > 0
	parts.Show(c.text.C, shown)
	if !shown {
		return
	}
	sorted, colour := h.order.by == c.column, parts.Text3
	room := c.box.w - 12
	if sorted {
		colour = parts.Fg
		room -= 13
	}
	c.text.Set(c.word, colour)
	x := c.box.x + 6
	if c.column == byConns { // above the right edge of the numbers
		x = c.box.x + c.box.w - 10 - min(c.text.Width(), room)
		if sorted {
			x -= 7
		}
	}
	used := c.text.Place(x, yc, room)
	if sorted {
		icon := "arrow-up"
		if h.order.down {
			icon = "arrow-down"
		}
		h.arrow.Set(icon, parts.Text2)
		h.arrow.Place(x+used+2, yc, 11)
	}
}

// mark draws the veil below the mouse and the ring of the keyboard.
func (h *tableHead) mark() {
	veil, ring := parts.None, parts.None
	if h.hover >= 0 {
		veil = parts.Veil
		b := h.cells[h.hover].box
		h.veil.Place(b.x, b.y, b.w, b.h)
	}
	h.veil.Set(veil, parts.None)
	if h.focused {
		ring = parts.Accent
		b := h.cells[h.at].box
		h.ring.Place(b.x, b.y-1, b.w, b.h+2)
	}
	h.ring.Set(parts.None, ring)
	if h.focused {
		h.ring.Stroke(2)
	}
}

// Spots returns the columns with their names, for those who drive the window.
func (h *tableHead) Spots() []spot {
	names := map[sortKey]string{
		byState: "state", byName: "name", byPort: "port", byTarget: "target", byRate: "rate", byConns: "conns",
	}
	var out []spot
	for _, c := range h.cells {
		if c.box.w == 0 {
			continue
		}
		text := c.word
		if h.order.by == c.column {
			text += " ↑"
			if h.order.down {
				text = c.word + " ↓"
			}
		}
		out = append(out, spot{mark: "head:" + names[c.column], text: text, box: c.box})
	}
	return out
}
