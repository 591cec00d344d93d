package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// timeRowWidget draws one line of the timeline, folded or unfolded.
type timeRowWidget struct {
	widget.BaseWidget
	page  *timelinePage
	i     int
	line  timelineLine
	hover bool

	d                 parts.Drawing
	back, thread      *parts.Box
	ring              *parts.Box
	icon, glyph, fold *parts.Icon
	day, title        *parts.Text
	at, note          *parts.Text
	full              *parts.Para
	raw               *selectable
	copier            *parts.Button
}

var (
	_ fyne.Tappable      = (*timeRowWidget)(nil)
	_ desktop.Hoverable  = (*timeRowWidget)(nil)
	_ desktop.Cursorable = (*timeRowWidget)(nil)
)

func newTimeRow(p *timelinePage) *timeRowWidget {
	r := &timeRowWidget{page: p, i: -1}
	r.back = r.d.Box(parts.None, parts.None, 0)
	r.ring = r.d.Box(parts.None, parts.None, 6)
	r.thread = r.d.Box(parts.Border, parts.None, 0)
	r.icon = r.d.Icon("", parts.Text3)
	r.glyph = r.d.Glyph("", parts.Text3, parts.Bg)
	r.fold = r.d.Icon("", parts.Text3)
	r.day = r.d.Text(parts.SmallWord, parts.Fg)
	r.title = r.d.Text(parts.Word, parts.Fg)
	r.at = r.d.Text(parts.Caption, parts.Text3).Right()
	r.note = r.d.Text(parts.Caption, parts.Text2)
	r.full = parts.NewPara(parts.Secondary, parts.Fg)
	r.raw = newSelectable("timeline/raw")
	r.copier = parts.NewButton("timeline/copy", lang.L("Copy"), "copy", parts.Link, func() { p.copy(r.line.copy()) })
	r.copier.Small = true
	for _, o := range []fyne.CanvasObject{r.full, r.raw, r.copier} {
		r.d.Add(o)
	}
	r.ExtendBaseWidget(r)
	return r
}

func (r *timeRowWidget) set(i int) {
	r.i, r.line = i, r.page.view.lines[i]
	r.Refresh()
}

func (r *timeRowWidget) open() bool { return r.page.open[r.line.key()] }

// CreateRenderer implements [fyne.Widget].
func (r *timeRowWidget) CreateRenderer() fyne.WidgetRenderer {
	return r.d.Renderer(r.layout, func() fyne.Size { return fyne.NewSize(100, timeRow) }, r)
}

func (r *timeRowWidget) layout(s fyne.Size) {
	const side = pageSide
	l := r.line
	ground, ring := parts.None, parts.None
	if r.hover && l.foldable() {
		ground = parts.Hover
	}
	if r.page.list.on(r.i) {
		ring = parts.Accent
	}
	r.back.Set(ground, parts.None)
	r.back.Place(0, 0, s.Width, s.Height)
	r.ring.Set(parts.None, ring)
	if ring != parts.None {
		r.ring.Stroke(2)
	}
	r.ring.Place(side-8, 1, s.Width-2*side+16, s.Height-2)
	r.day.SetText(l.day)
	r.day.Place(side, s.Height-16, s.Width-2*side)
	r.placeIcon(l, s)
	at := ""
	if l.day == "" {
		at = l.at.Format("15:04:05")
	}
	r.at.SetText(at)
	used := r.at.Place(s.Width-side, 16, 80)
	x := float32(side + timeText)
	r.title.SetText(l.title)
	r.title.Place(x, 16, s.Width-side-used-12-x)
	r.placeNote(l, x, s.Width-side)
	r.placeFull(x, s.Width-side-x)
}

// placeIcon draws the icon, and the thread to the line below.
func (r *timeRowWidget) placeIcon(l timelineLine, s fyne.Size) {
	icon, glyph := l.icon, ""
	if l.glyph {
		icon, glyph = "", l.icon
	}
	r.icon.Set(icon, l.colour)
	r.icon.Place(pageSide, 16, 15)
	r.glyph.Set(glyph, l.colour)
	r.glyph.Place(pageSide, 16, 15)
	line := parts.Border
	lines := r.page.view.lines
	if l.day != "" || r.i+1 >= len(lines) || lines[r.i+1].day != "" {
		line = parts.None
	}
	r.thread.Set(line, parts.None)
	r.thread.Place(pageSide+7, 28, 1, s.Height-24)
}

func (r *timeRowWidget) placeNote(l timelineLine, x, right float32) {
	fold := ""
	switch {
	case l.foldable() && r.open():
		fold = "chevron-down"
	case l.foldable():
		fold = "chevron-right"
	}
	r.fold.Set(fold, parts.Text3)
	r.fold.Place(right-13, 33, 13)
	if fold != "" {
		right -= 19
	}
	note := l.note
	if fold != "" && r.open() && l.full != "" {
		note = ""
	}
	r.note.SetText(note)
	r.note.Place(x, 33, right-x)
}

// placeFull draws what is unfolded. A text whose short form is left out takes its
// place.
func (r *timeRowWidget) placeFull(x, w float32) {
	open := r.line.foldable() && r.open()
	parts.Show(r.full, open)
	parts.Show(r.raw, open && r.line.raw != "")
	parts.Show(r.copier, open)
	if !open {
		return
	}
	r.full.SetText(r.line.full)
	r.raw.set(r.line.raw)
	c := column{x: x, y: 46, w: w}
	if r.line.full != "" {
		c.y, c.w = 25, w-19
		parts.Put(r.full, c.x, c.y, c.w, r.full.Fit(c.w))
		c.y, c.w = c.y+r.full.Fit(c.w)+4, w
	}
	c.put(r.raw, 6)
	parts.Put(r.copier, x-6, c.y, r.copier.MinSize().Width, 26)
}

// Tapped implements [fyne.Tappable].
func (r *timeRowWidget) Tapped(*fyne.PointEvent) {
	defer parts.Catch()
	if r.i >= 0 && r.i < len(r.page.view.lines) {
		r.page.unfold(r.i)
	}
}

// MouseIn implements [desktop.Hoverable].
func (r *timeRowWidget) MouseIn(*desktop.MouseEvent) {
	defer parts.Catch()
	r.hover = true
	r.Refresh()
}

// MouseMoved implements [desktop.Hoverable].
func (r *timeRowWidget) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (r *timeRowWidget) MouseOut() {
	defer parts.Catch()
	r.hover = false
	r.Refresh()
}

// Cursor implements [desktop.Cursorable].
func (r *timeRowWidget) Cursor() desktop.Cursor {
	if r.line.foldable() {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// Box returns the row's mark and what it says, for those who drive the window.
func (r *timeRowWidget) Box() (mark, text string) {
	if r.line.title == "" {
		return "", ""
	}
	return fmt.Sprintf("timeline:%d", r.i), r.line.copy()
}
