package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// connLine draws one connection.
type connLine struct {
	widget.BaseWidget
	page  *connsPage
	row   connRow
	ring  bool
	hover bool

	d                     parts.Drawing
	back, rule, ringBox   *parts.Box
	head, client, port    *parts.Text
	place, state          *parts.Text
	in, out               *parts.Text
	arrow, down, up, warn *parts.Icon
	old                   *parts.Pill
}

var (
	_ fyne.Tappable          = (*connLine)(nil)
	_ fyne.SecondaryTappable = (*connLine)(nil)
	_ desktop.Hoverable      = (*connLine)(nil)
	_ desktop.Cursorable     = (*connLine)(nil)
)

func newConnLine(p *connsPage) *connLine {
	l := &connLine{page: p}
	l.back = l.d.Box(parts.None, parts.None, 0)
	l.rule = l.d.Box(parts.Border, parts.None, 0)
	l.ringBox = l.d.Box(parts.None, parts.None, 6)
	l.head = l.d.Text(parts.Label, parts.Text3)
	l.client = l.d.Text(parts.Mono, parts.Fg)
	l.arrow = l.d.Icon("", parts.Text3)
	l.port = l.d.Text(parts.Mono, parts.Fg)
	l.warn = l.d.Icon("", parts.Amber)
	l.place = l.d.Text(parts.Caption, parts.Text3).CutMiddle()
	l.state = l.d.Text(parts.Caption, parts.Accent)
	l.old = l.d.Pill()
	l.down, l.up = l.d.Icon("", parts.Text3), l.d.Icon("", parts.Text3)
	l.in, l.out = l.d.Text(parts.Caption, parts.Fg).Right(), l.d.Text(parts.Caption, parts.Fg).Right()
	l.ExtendBaseWidget(l)
	return l
}

func (l *connLine) set(r connRow, ring bool) {
	l.row, l.ring = r, ring
	l.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (l *connLine) CreateRenderer() fyne.WidgetRenderer {
	return l.d.Renderer(l.layout, func() fyne.Size { return fyne.NewSize(100, connRowHeight) }, l)
}

func (l *connLine) layout(s fyne.Size) {
	const side = pageSide
	r := l.row
	ground, line := parts.None, parts.None
	if l.hover && r.full != "" {
		ground = parts.Hover
	}
	if l.ring {
		line = parts.Accent
	}
	l.back.Set(ground, parts.None)
	l.back.Place(0, 0, s.Width, s.Height-1)
	l.rule.Place(side, s.Height-1, s.Width-2*side, 1)
	l.ringBox.Set(parts.None, line)
	if l.ring {
		l.ringBox.Stroke(2)
	}
	l.ringBox.Place(side-8, 2, s.Width-2*side+16, s.Height-5)
	l.head.SetText(r.head)
	l.head.Place(side, s.Height-12, s.Width-2*side)
	port := parts.Mono.Width(r.port)
	right := l.placeCounts(r, s.Width-side, side+parts.Mono.Width(r.client)+port+30)
	fg := parts.Fg
	if r.ended {
		fg = parts.Text2
	}
	arrow := "arrow-right"
	if r.head != "" {
		arrow = ""
	}
	l.client.Set(r.client, fg)
	x := side + l.client.Place(side, 18, right-side-port-30) + 8
	l.arrow.Set(arrow, parts.Text3)
	l.arrow.Place(x, 18, 12)
	l.port.Set(r.port, fg)
	l.port.Place(x+20, 18, right-x-20)
	l.placeBelow(r, side, right)
}

// placeCounts draws what has gone both ways and returns where that begins: left of
// it all up to least should have room, else rates are left out.
func (l *connLine) placeCounts(r connRow, right, least float32) float32 {
	down, up := "arrow-down", "arrow-up"
	if r.head != "" {
		down, up = "", ""
	}
	l.in.SetText(r.in.text())
	l.out.SetText(r.out.text())
	w := max(l.in.Width(), l.out.Width(), 52)
	if right-w-22 < least {
		l.in.SetText(r.in.bytes)
		l.out.SetText(r.out.bytes)
		w = max(l.in.Width(), l.out.Width(), 52)
	}
	l.in.Place(right, 18, w)
	l.out.Place(right, 35, w)
	l.down.Set(down, parts.Text3)
	l.down.Place(right-w-16, 18, 11)
	l.up.Set(up, parts.Text3)
	l.up.Place(right-w-16, 35, 11)
	return right - w - 22
}

// placeBelow draws the second line: trouble, or where the connection goes.
func (l *connLine) placeBelow(r connRow, x, right float32) {
	warn, text, colour := "", r.place, parts.Text3
	if r.trouble != "" {
		warn, text, colour = "triangle-alert", r.trouble, parts.Amber
	}
	l.warn.Set(warn, parts.Amber)
	l.warn.Place(x, 35, 12)
	if warn != "" {
		x += 18
	}
	l.state.Set(r.state, r.colour)
	old := ""
	if r.old && r.trouble == "" {
		old = lang.L("old pod")
	}
	l.old.Set(old, parts.Amber, parts.AmberTint)
	room := right - x
	if r.state != "" {
		room -= l.state.Width() + 8
	}
	if old != "" {
		room -= l.old.Width() + 8
	}
	l.place.Set(text, colour)
	x += l.place.Place(x, 35, max(room, 0)) + 8
	l.old.Place(x, 35)
	if old != "" {
		x += l.old.Width() + 8
	}
	l.state.Place(x, 35, max(right-x, 0))
}

// Tapped implements [fyne.Tappable].
func (l *connLine) Tapped(*fyne.PointEvent) {
	defer parts.Catch()
	l.page.open(l.row)
}

// TappedSecondary implements [fyne.SecondaryTappable].
func (l *connLine) TappedSecondary(e *fyne.PointEvent) {
	defer parts.Catch()
	if l.row.head != "" {
		return
	}
	c := fyne.CurrentApp().Driver().CanvasForObject(l)
	if c == nil {
		return
	}
	r := l.row
	items := []parts.Option{{Key: "copy", Text: lang.L("Copy"), Icon: "copy"}}
	if r.full != "" {
		items = append(items, parts.Option{Key: "open", Text: lang.L("Show the error"), Icon: "circle-alert"})
	}
	parts.OpenMenu(c, "connection", e.AbsolutePosition, items, func(key string) {
		if key == "copy" {
			l.page.copy(r.copy())
			return
		}
		l.page.open(r)
	})
}

// MouseIn implements [desktop.Hoverable].
func (l *connLine) MouseIn(*desktop.MouseEvent) {
	defer parts.Catch()
	l.hover = true
	l.Refresh()
}

// MouseMoved implements [desktop.Hoverable].
func (l *connLine) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (l *connLine) MouseOut() {
	defer parts.Catch()
	l.hover = false
	l.Refresh()
}

// Cursor implements [desktop.Cursorable].
func (l *connLine) Cursor() desktop.Cursor {
	if l.row.full != "" {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// Box returns the row's mark and what it says, for those who drive the window.
func (l *connLine) Box() (mark, text string) {
	if l.row.head != "" {
		return "", ""
	}
	return fmt.Sprintf("connection:%d", l.row.id), l.row.copy()
}
