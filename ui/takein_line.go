package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

const (
	takeMargin        = 24
	takeNameX         = 52
	takeTextX         = 72 // of the sentences below
	takeStep          = 17 // from one line of these to the next
	takeContextHeight = 40
)

// takeSentence is what is said below a row.
type takeSentence struct {
	text, icon string
	colour     fyne.ThemeColorName
}

// sentences are those of a row, the worst first.
func (r takeRow) sentences() [3]takeSentence {
	return [3]takeSentence{{r.problem, "circle-alert", parts.Red}, {r.warning, "triangle-alert", parts.Amber}, {r.loss, "info", parts.Text3}}
}

// takeLine draws one row of the list.
type takeLine struct {
	widget.BaseWidget
	list    *takeList
	row     takeRow
	focused bool
	hover   fyne.Position // negative while the pointer is elsewhere

	d           parts.Drawing
	back, line  *parts.Box
	ring        *parts.Box
	box         *parts.Box
	mark        *parts.Icon
	some        *parts.Box
	alert       *parts.Icon
	name, below *parts.Text
	target      *parts.Text
	ports, note *parts.Text
	action      *parts.Text
	icons       [3]*parts.Icon
	paras       [3]*parts.Para
	act         rect
}

var (
	_ desktop.Hoverable  = (*takeLine)(nil)
	_ desktop.Cursorable = (*takeLine)(nil)
)

func newTakeLine(l *takeList) *takeLine {
	r := &takeLine{list: l, hover: fyne.NewPos(-1, -1)}
	d := &r.d
	r.back = d.Box(parts.Bg, parts.None, 0)
	r.line = d.Box(parts.Border, parts.None, 0)
	r.box = d.Box(parts.Bg, parts.BorderStrong, 4)
	r.mark = d.Icon("", parts.OnPrimary)
	r.some = d.Box(parts.None, parts.None, 1)
	r.alert = d.Icon("", parts.Amber)
	r.name = d.Text(parts.Name, parts.Fg)
	r.below = d.Text(parts.Caption, parts.Text3).CutMiddle()
	r.target = d.Text(parts.Body, parts.Fg).CutMiddle()
	r.ports = d.Text(parts.MonoSmall, parts.Text2)
	r.note = d.Text(parts.Secondary, parts.Text3).Right()
	r.action = d.Text(parts.SmallWord, parts.Accent).Right()
	for i := range r.paras {
		r.icons[i] = d.Icon("", parts.Text3)
		r.paras[i] = parts.NewPara(parts.Caption, parts.Text3)
		d.Add(r.paras[i])
	}
	r.ring = d.Box(parts.None, parts.None, 4)
	r.ExtendBaseWidget(r)
	return r
}

func (r *takeLine) set(row takeRow, focused bool) {
	if r.row != row || r.focused != focused {
		r.row, r.focused = row, focused
		r.Refresh()
	}
}

// CreateRenderer implements [fyne.Widget].
func (r *takeLine) CreateRenderer() fyne.WidgetRenderer {
	return r.d.Renderer(r.layout, func() fyne.Size { return fyne.NewSize(100, groupHeight) }, r)
}

func (r *takeLine) layout(z fyne.Size) {
	row := r.row
	ground := parts.Bg
	switch {
	case row.kind == takeHead:
		ground = parts.Sunken
	case r.hover.X >= 0:
		ground = parts.Hover
	}
	r.back.Set(ground, parts.None)
	r.back.Place(0, 0, z.Width, z.Height)
	r.line.Place(0, z.Height-1, z.Width, 1)
	r.ring.Set(parts.None, parts.None)
	if r.focused {
		r.ring.Set(parts.None, parts.Accent)
		r.ring.Stroke(2)
	}
	r.ring.Place(6, 1, z.Width-20, z.Height-2) // beside the bar of the list
	yc := float32(16)
	switch row.kind {
	case takeHead:
		yc = groupHeight / 2
	case takeContext:
		yc = takeContextHeight / 2
	case takeTunnel:
	}
	r.layoutBox(yc)
	r.layoutWords(z, yc)
	r.layoutSentences(z)
}

// layoutBox draws the box to tick.
func (r *takeLine) layoutBox(yc float32) {
	row := r.row
	fill, line, mark, some, alert := parts.Bg, parts.BorderStrong, "", parts.None, ""
	switch {
	case row.kind == takeContext:
		fill, line, alert = parts.None, parts.None, "triangle-alert"
		if row.target != "" {
			alert = "check"
		}
	case !row.can:
		fill, line = parts.None, parts.None
	case row.tick == tickOn:
		fill, line, mark = parts.Primary, parts.Primary, "check"
	case row.tick == tickSome:
		fill, line, some = parts.Primary, parts.Primary, parts.OnPrimary
	}
	r.box.Set(fill, line)
	r.box.Place(takeMargin, yc-8, 16, 16)
	r.mark.Set(mark, parts.OnPrimary)
	r.mark.Place(takeMargin+2, yc, 12)
	r.some.Set(some, parts.None)
	r.some.Place(takeMargin+4, yc-1, 8, 2)
	colour := parts.Amber
	if alert == "check" {
		colour = parts.Green
	}
	r.alert.Set(alert, colour)
	r.alert.Place(takeMargin, yc, 15)
}

// layoutWords puts what stands in a row.
func (r *takeLine) layoutWords(z fyne.Size, yc float32) {
	row := r.row
	right := z.Width - takeMargin
	r.action.SetText(row.action)
	r.act = rect{}
	if row.action != "" {
		w := r.action.Place(right, yc, floor(z.Width*0.3))
		r.act = rect{right - w - 6, yc - 13, w + 12, 26}
		right -= w + 12
	}
	r.note.SetText(row.note)
	r.note.Place(right, yc, 80)
	x, mid := float32(takeNameX), floor(z.Width*0.46)
	face, colour := parts.Name, parts.Fg
	if row.kind == takeHead {
		if face = parts.Word; !row.can {
			x = takeMargin
		}
		mid = right - 80
	}
	if row.kind == takeTunnel && row.tick == tickOff {
		colour = parts.Text2
	}
	r.name.SetFace(face)
	r.name.Set(row.name, colour)
	used := r.name.Place(x, yc, mid-x-12)
	r.below.SetText(row.below)
	r.target.SetText(row.target)
	r.ports.SetText(row.ports)
	if row.kind == takeContext {
		r.below.Place(x+used+10, yc, mid-x-used-22)
		r.target.SetText(r.target.String())
		r.target.Place(mid, yc, right-mid)
		return
	}
	r.below.Place(x, 32, mid-x-12)
	r.target.Place(mid, yc, right-mid)
	r.ports.Place(mid, 32, z.Width-takeMargin-mid)
}

func (r *takeLine) layoutSentences(z fyne.Size) {
	y := float32(rowHeight)
	for i, s := range r.row.sentences() {
		icon := s.icon
		if s.text == "" {
			icon = ""
		}
		r.icons[i].Set(icon, s.colour)
		colour := s.colour
		r.paras[i].Set(s.text, colour)
		h := r.list.sheet.sentenceHeight(s.text, z.Width)
		parts.Show(r.paras[i], s.text != "")
		r.icons[i].Place(takeNameX, y+8, 13)
		parts.Put(r.paras[i], takeTextX, y, z.Width-takeTextX-takeMargin, h)
		y += h
	}
}

// Tapped implements [fyne.Tappable].
func (r *takeLine) Tapped(e *fyne.PointEvent) {
	defer parts.Catch()
	l := r.list
	parts.Focus(l)
	for i := range l.rows {
		if l.rows[i] == r.row {
			l.cursor = i
		}
	}
	if r.act.has(e.Position) {
		l.sheet.t.actRow(r.row)
		return
	}
	l.sheet.t.tapRow(r.row)
}

// MouseIn implements [desktop.Hoverable].
func (r *takeLine) MouseIn(e *desktop.MouseEvent) {
	defer parts.Catch()
	r.hover = e.Position
	r.Refresh()
}

// MouseMoved implements [desktop.Hoverable].
func (r *takeLine) MouseMoved(e *desktop.MouseEvent) {
	defer parts.Catch()
	r.hover = e.Position
}

// MouseOut implements [desktop.Hoverable].
func (r *takeLine) MouseOut() {
	defer parts.Catch()
	r.hover = fyne.NewPos(-1, -1)
	r.Refresh()
}

// Cursor implements [desktop.Cursorable].
func (r *takeLine) Cursor() desktop.Cursor {
	if r.row.can || r.act.has(r.hover) {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// Spots are what can be clicked in a row, for those who drive the window.
func (r *takeLine) Spots() []spot {
	row := r.row
	size := r.Size()
	box := rect{takeMargin, size.Height/2 - 8, 16, 16}
	var out []spot
	switch row.kind {
	case takeHead:
		out = append(out, spot{mark: "take/all:" + strconv.Itoa(int(row.group)), text: row.name, box: rect{0, 0, size.Width, size.Height}})
	case takeContext:
		out = append(out, spot{mark: "take/context:" + row.name, text: row.target, box: r.act})
	case takeTunnel:
		text := row.name
		if row.tick == tickOn {
			text += " ✓"
		}
		box.y = 8
		out = append(out, spot{mark: "take/row:" + row.name, text: text, box: box})
		if row.action != "" {
			out = append(out, spot{mark: "take/act:" + row.name, text: row.action, box: r.act})
		}
	}
	return out
}
