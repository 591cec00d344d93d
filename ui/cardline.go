package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// height is what the box of a mapping takes.
func (c addressCard) height() float32 { return cardHead + cardLow*float32(len(c.lines)) + 4 }

// cardBoxes draws what lies below the addresses: a box per mapping. It is a widget
// of its own so that a box which is added later does not lie over addresses.
type cardBoxes struct {
	widget.BaseWidget
	cards []addressCard
	flat  bool
	d     parts.Drawing
	boxes []cardBox
}

func newCardBoxes() *cardBoxes {
	b := &cardBoxes{}
	b.ExtendBaseWidget(b)
	return b
}

func (b *cardBoxes) set(cards []addressCard, flat bool) {
	b.cards, b.flat = cards, flat
	b.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (b *cardBoxes) CreateRenderer() fyne.WidgetRenderer {
	return b.d.Renderer(b.layout, func() fyne.Size { return fyne.Size{} }, b)
}

func (b *cardBoxes) layout(s fyne.Size) {
	for len(b.boxes) < len(b.cards) {
		b.boxes = append(b.boxes, newCardBox(&b.d))
	}
	var y float32
	for i, box := range b.boxes {
		if i >= len(b.cards) || b.flat {
			box.put(addressCard{}, 0, 0, 0)
			continue
		}
		h := b.cards[i].height()
		box.put(b.cards[i], y, s.Width, h)
		y += h + cardGap
	}
}

// cardBox is the box of one mapping.
type cardBox struct {
	box, rule     *parts.Box
	local, remote *parts.Text
	arrow         *parts.Icon
}

func newCardBox(d *parts.Drawing) cardBox {
	return cardBox{
		box: d.Box(parts.Surface, parts.Border, 8), rule: d.Box(parts.Border, parts.None, 0),
		local: d.Text(parts.Name, parts.Fg), remote: d.Text(parts.Secondary, parts.Text2),
		arrow: d.Icon("", parts.Text3),
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

// cardLine is one address.
type cardLine struct {
	back, rule        *parts.Box
	text, trouble, to *parts.Text
	badge             *parts.Pill
	icon, arrow       *parts.Icon
}

// lineLook is how an address is drawn.
type lineLook struct {
	side                   float32
	flat                   bool // with where it leads, and a hairline
	hover, copied, gripped bool
	ring                   bool
	trouble                fyne.ThemeColorName
	badges                 []string // the first that fits is shown
	to                     string
}

func newCardLine(d *parts.Drawing) cardLine {
	return cardLine{
		back: d.Box(parts.None, parts.None, 6), rule: d.Box(parts.None, parts.None, 0),
		text: d.Text(parts.Mono, parts.Fg), trouble: d.Text(parts.Caption, parts.Amber),
		to: d.Text(parts.Secondary, parts.Text2).Right(), badge: d.Pill(),
		icon: d.Icon("", parts.Text3), arrow: d.Icon("", parts.Text3),
	}
}

func (r cardLine) clear() { r.put(address{}, lineLook{}, 0, 0, 0) }

// put draws an address and returns how wide its letters are.
func (r cardLine) put(a address, l lineLook, y, h, w float32) (used float32) {
	icon, colour, fg, ground := "", parts.Text3, parts.Fg, parts.None
	switch {
	case a.bound && l.copied:
		icon, colour = "check", parts.Green
	case a.bound:
		icon = "copy"
	default:
		fg = parts.Text3
	}
	if l.hover && a.bound {
		ground = parts.Veil
	}
	yc := y + floor(h/2)
	ring := parts.None
	if l.ring {
		ring = parts.Accent
	}
	r.back.Set(ground, ring)
	if l.ring {
		r.back.Stroke(2)
	}
	out := min(l.side, 8) - 4 // flat lines have their ring around the text
	r.back.Place(out, y+1, w-2*out, h-2)
	right := w - l.side
	r.icon.Set(icon, colour)
	r.icon.Place(right-16, yc, 15)
	right -= 28
	right = r.putWay(l, right, y, h, w)
	r.text.Set(a.text, fg)
	used = r.text.Place(l.side, yc, right-l.side)
	parts.Show(r.text.C, !l.gripped)
	x := l.side + used + 8
	r.badge.Set("", parts.Accent, parts.Selected)
	for _, badge := range l.badges {
		if x+parts.Badge.Width(badge)+12 <= right {
			r.badge.Set(badge, parts.Accent, parts.Selected)
			break
		}
	}
	r.badge.Place(x, yc)
	x += r.badge.Width() + 4
	r.trouble.Set(a.trouble, l.trouble)
	r.trouble.Place(x, yc, right-x)
	return used
}

// putWay draws where a flat line leads and returns what is left of the room.
func (r cardLine) putWay(l lineLook, right, y, h, w float32) float32 {
	to, arrow, rule := "", "", parts.None
	if l.flat {
		to, arrow, rule = l.to, "arrow-right", parts.Border
	}
	yc := y + floor(h/2)
	r.to.SetText(to)
	used := r.to.Place(right, yc, 80)
	r.arrow.Set(arrow, parts.Text3)
	r.arrow.Place(right-used-18, yc, 12)
	r.rule.Set(rule, parts.None)
	r.rule.Place(0, y+h-1, w, 1)
	if to == "" {
		return right
	}
	return right - used - 26
}
