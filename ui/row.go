package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// rowActions are what a row asks of its table.
type rowActions struct {
	choose func(rowView, fyne.KeyModifier)
	toggle func(rowView)
	copy   func(rowView, string)
	more   func(rowView)
	menu   func(rowView, fyne.Position)
	help   func(rowView)
	tip    func(rowView, zone) string
	drag   func(rowView, fyne.Position)
	drop   func()
}

// rowMood is what the table rather than the tunnel says of a row.
type rowMood struct {
	chosen  bool // its details are on show, or the keyboard is at it
	picked  bool // it is one of several that a verb is for
	picking bool // there are such
	focused bool // the table has the keyboard
	copied  string
}

// row draws one line of the table: a group's or a tunnel's. It keeps the view
// it shows and nothing else.
type row struct {
	widget.BaseWidget
	act  rowActions
	at   int // its place in the table
	view rowView
	mood rowMood

	hover zone
	over  bool
	press press

	d                         parts.Drawing
	back, edge, ring, line    *parts.Box
	chevron                   *parts.Icon
	groupName, groupNote      *parts.Text
	groupAnswer               *parts.Text
	production                *parts.Pill
	origin                    *parts.Icon // of what a file has brought
	tick                      *parts.Icon
	glyph                     *parts.Icon
	word, reason, name, below *parts.Text
	lines                     [2]localCell
	more                      *parts.Text
	target, pod               *parts.Text
	rate, conns               *parts.Text
	spark                     *parts.Sparkline
	helpBox, helpVeil         *parts.Box
	helpIcon                  *parts.Icon
	helpText                  *parts.Text
	sw                        *parts.Switch
	menuBack                  *parts.Box
	menu                      *parts.Icon
	zones                     [zonesEnd]rect
}

type rect struct{ x, y, w, h float32 }

func (r rect) has(p fyne.Position) bool {
	return p.X >= r.x && p.X < r.x+r.w && p.Y >= r.y && p.Y < r.y+r.h
}

// localCell is one line of the local column.
type localCell struct {
	lead, text, to, trouble *parts.Text
	badge                   *parts.Pill
	icon                    *parts.Icon
}

var (
	_ desktop.Hoverable      = (*row)(nil)
	_ desktop.Cursorable     = (*row)(nil)
	_ fyne.SecondaryTappable = (*row)(nil)
)

func newRow(act rowActions) *row {
	r := &row{act: act}
	d := &r.d
	r.back = d.Box(parts.Bg, parts.None, 0)
	r.line = d.Box(parts.Border, parts.None, 0)
	r.edge = d.Box(parts.None, parts.None, 0)
	r.chevron = d.Icon("", parts.Text3)
	r.groupName = d.Text(parts.Name, parts.Fg)
	r.groupNote = d.Text(parts.Secondary, parts.Text3)
	r.groupAnswer = d.Text(parts.Secondary, parts.Text3)
	r.production = d.Tag()
	r.origin = d.Icon("", parts.Text3)
	r.tick = d.Icon("", parts.Accent)
	r.glyph = d.Glyph("", parts.Green, parts.Bg)
	r.word = d.Text(parts.Word, parts.Fg)
	r.reason = d.Text(parts.Caption, parts.Text3)
	r.name = d.Text(parts.Name, parts.Fg)
	r.below = d.Text(parts.Caption, parts.Text3).CutMiddle()
	for i := range r.lines {
		face := parts.Mono
		if i == 1 {
			face = parts.MonoSmall
		}
		r.lines[i] = localCell{
			lead: d.Text(parts.Caption, parts.Text3), text: d.Text(face, parts.Fg), to: d.Text(parts.Caption, parts.Text2),
			trouble: d.Text(parts.Caption, parts.Red), badge: d.Pill(), icon: d.Icon("", parts.Text3),
		}
	}
	r.more = d.Text(parts.Caption, parts.Accent)
	r.target = d.Text(parts.Body, parts.Fg).CutMiddle()
	r.pod = d.Text(parts.Caption, parts.Text3).CutMiddle()
	r.rate = d.Text(parts.Secondary, parts.Fg)
	r.spark = d.Sparkline()
	r.conns = d.Text(parts.Body, parts.Fg).Right()
	r.helpBox, r.helpVeil = d.Box(parts.None, parts.None, 6), d.Box(parts.None, parts.None, 6)
	r.helpIcon = d.Icon("", parts.Text2)
	r.helpText = d.Text(parts.SmallWord, parts.Fg)
	r.sw = d.Switch()
	r.menuBack = d.Box(parts.None, parts.None, 6)
	r.menu = d.Icon("", parts.Text3)
	r.ring = d.Box(parts.None, parts.None, 4)
	r.ExtendBaseWidget(r)
	return r
}

// set shows a view; it draws only what differs.
func (r *row) set(v rowView, m rowMood) {
	if m.copied != v.lines[0].copy && m.copied != v.lines[1].copy {
		m.copied = ""
	}
	if r.view == v && r.mood == m {
		return
	}
	r.view, r.mood = v, m
	r.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	return r.d.Renderer(r.layout, func() fyne.Size { return fyne.NewSize(300, groupHeight) }, r)
}
