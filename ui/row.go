package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// zone is a part of a row that answers to the mouse.
type zone uint8

const (
	zoneNone zone = iota
	zoneLine0
	zoneLine1
	zoneMore
	zoneToggle
	zoneMenu
)

// rowActions are what a row asks of its table.
type rowActions struct {
	choose func(rowView)
	toggle func(rowView)
	copy   func(rowView, string)
	more   func(rowView)
	menu   func(rowView, fyne.Position)
}

// row draws one line of the table: a group's or a tunnel's. It keeps the view
// it shows and nothing else.
type row struct {
	widget.BaseWidget
	act  rowActions
	view rowView
	// of the table, not of the view
	chosen, focused bool
	copied          string

	hover zone
	over  bool

	d                         parts.Drawing
	back, edge, ring, line    *parts.Box
	chevron                   *parts.Icon
	groupName, groupNote      *parts.Text
	glyph                     *parts.Icon
	word, reason, name, below *parts.Text
	lines                     [2]localCell
	more                      *parts.Text
	target, pod               *parts.Text
	rate, total, conns        *parts.Text
	sw                        *parts.Switch
	menuBack                  *parts.Box
	menu                      *parts.Icon
	zones                     [6]rect
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
	r.total = d.Text(parts.Caption, parts.Text3)
	r.conns = d.Text(parts.Body, parts.Fg).Right()
	r.sw = d.Switch()
	r.menuBack = d.Box(parts.None, parts.None, 6)
	r.menu = d.Icon("", parts.Text3)
	r.ring = d.Box(parts.None, parts.None, 4)
	r.ExtendBaseWidget(r)
	return r
}

// set shows a view; it draws only what differs.
func (r *row) set(v rowView, chosen, focused bool, copied string) {
	if copied != "" && copied != v.lines[0].copy && copied != v.lines[1].copy {
		copied = ""
	}
	if r.view == v && r.chosen == chosen && r.focused == focused && r.copied == copied {
		return
	}
	r.view, r.chosen, r.focused, r.copied = v, chosen, focused, copied
	r.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (r *row) CreateRenderer() fyne.WidgetRenderer {
	return r.d.Renderer(r.layout, func() fyne.Size { return fyne.NewSize(300, groupHeight) }, r)
}
