package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// Widths of the rail.
const (
	railWide   = 208
	railNarrow = 48
)

// rail is the left side: which tunnels to show, and the Cluster tree. Folded
// it is a strip of icons.
type rail struct {
	widget.BaseWidget
	folded bool

	d           parts.Drawing
	back, rule  *parts.Box
	line        *parts.Box
	headTunnels *parts.Text
	headCluster *parts.Text
	rows        [3]*railRow
	cluster     *railRow
	fold        *railRow
	more        *parts.Button // adds clusters; nil where that is not offered
	search      *parts.Field
	tree        fyne.CanvasObject
}

// railActions are what the rail asks of the app.
type railActions struct {
	filter func(filter)
	fold   func()
	search func(string)
	menu   func(at fyne.Position)
}

func newRail(tree fyne.CanvasObject, act railActions, canAdd bool) *rail {
	r := &rail{tree: tree}
	r.back = r.d.Box(parts.Surface, parts.None, 0)
	r.rule = r.d.Box(parts.Border, parts.None, 0)
	r.line = r.d.Box(parts.Border, parts.None, 0)
	r.headTunnels = r.d.Text(parts.Label, parts.Text3)
	r.headTunnels.SetText("Tunnels")
	r.headCluster = r.d.Text(parts.Label, parts.Text3)
	r.headCluster.SetText("Cluster")
	for i, x := range []struct{ mark, text, icon string }{
		{"filter:all", "All", "list"}, {"filter:running", "Running", "activity"}, {"filter:attention", "Needs attention", "circle-alert"},
	} {
		f := filter(i)
		r.rows[i] = newRailRow(x.mark, x.text, x.icon, func() { act.filter(f) })
		r.d.Add(r.rows[i])
	}
	r.cluster = newRailRow("cluster", "Cluster", "layers", act.fold)
	r.fold = newRailRow("fold-rail", "", "panel-left", act.fold)
	r.search = parts.NewField("tree-search", "Search targets", "search", act.search)
	r.search.OnKey = func(k *fyne.KeyEvent) bool {
		if k.Name == fyne.KeyEscape && r.search.Text() != "" {
			r.search.SetText("")
			return true
		}
		return false
	}
	for _, o := range []fyne.CanvasObject{r.cluster, r.fold} {
		r.d.Add(o)
	}
	if canAdd {
		r.more = parts.NewButton("cluster/add", "", "plus", parts.Ghost, func() {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(r.more)
			act.menu(at.AddXY(0, 28))
		})
		r.more.Small = true
		r.d.Add(r.more)
	}
	r.d.Add(r.search)
	r.d.Add(r.tree)
	r.ExtendBaseWidget(r)
	return r
}

func (r *rail) apply(n tally, chosen filter) {
	for i, c := range []int{n.total, n.running, n.attention} {
		r.rows[i].set(c, filter(i) == chosen, i == int(filterAttention) && c > 0)
	}
}

// setFolded makes the rail a strip of icons, or wide again.
func (r *rail) setFolded(folded bool) {
	if r.folded != folded {
		r.folded = folded
		r.Refresh()
	}
}

func (r *rail) width() float32 {
	if r.folded {
		return railNarrow
	}
	return railWide
}

// CreateRenderer implements [fyne.Widget].
func (r *rail) CreateRenderer() fyne.WidgetRenderer {
	return r.d.Renderer(r.layout, func() fyne.Size { return fyne.NewSize(railNarrow, 200) }, r)
}

func (r *rail) layout(s fyne.Size) {
	r.back.Place(0, 0, s.Width, s.Height)
	r.rule.Place(s.Width-1, 0, 1, s.Height)
	wide := !r.folded
	parts.Show(r.headTunnels.C, wide)
	parts.Show(r.headCluster.C, wide)
	parts.Show(r.search, wide)
	parts.Show(r.tree, wide)
	parts.Show(r.cluster, !wide)
	if r.more != nil {
		parts.Show(r.more, wide)
		parts.Put(r.more, s.Width-66, 129, 26, 26)
	}
	if !wide {
		y := float32(10)
		for _, row := range []*railRow{r.rows[0], r.rows[1], r.rows[2]} {
			parts.Put(row, 8, y, 32, 32)
			y += 36
		}
		r.line.Place(12, y+4, 24, 1)
		parts.Put(r.cluster, 8, y+14, 32, 32)
		parts.Put(r.fold, 8, s.Height-40, 32, 32)
		return
	}
	r.headTunnels.Place(16, 21, 120)
	y := float32(34)
	for _, row := range r.rows {
		parts.Put(row, 8, y, s.Width-17, 26)
		y += 26
	}
	y += 10
	r.line.Place(16, y, s.Width-33, 1)
	r.headCluster.Place(16, y+20, 120)
	parts.Put(r.fold, s.Width-38, y+7, 26, 26)
	parts.Put(r.search, 12, y+36, s.Width-25, 30)
	y += 72
	parts.Put(r.tree, 0, y, s.Width-1, s.Height-y-4)
}

// railRow is one line of the rail, or one icon of the strip.
type railRow struct {
	widget.BaseWidget
	mark, text, icon  string
	tap               func()
	n                 int
	counted           bool
	chosen, alert     bool
	hover, focused    bool
	d                 parts.Drawing
	back, ring, badge *parts.Box
	img               *parts.Icon
	label, number     *parts.Text
	badgeText         *parts.Text
}

func newRailRow(mark, text, icon string, tap func()) *railRow {
	r := &railRow{mark: mark, text: text, icon: icon, tap: tap}
	r.back = r.d.Box(parts.None, parts.None, 6)
	r.ring = r.d.Box(parts.None, parts.None, 6)
	r.img = r.d.Icon(icon, parts.Text2)
	r.label = r.d.Text(parts.Body, parts.Text2)
	r.number = r.d.Text(parts.Secondary, parts.Text3).Right()
	r.badge = r.d.Box(parts.None, parts.None, 7)
	r.badgeText = r.d.Text(parts.Badge, parts.OnPrimary)
	r.ExtendBaseWidget(r)
	return r
}

func (r *railRow) set(n int, chosen, alert bool) {
	if r.counted && r.n == n && r.chosen == chosen && r.alert == alert {
		return
	}
	r.counted, r.n, r.chosen, r.alert = true, n, chosen, alert
	r.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (r *railRow) CreateRenderer() fyne.WidgetRenderer {
	return r.d.Renderer(r.layout, func() fyne.Size { return fyne.NewSize(26, 26) }, r)
}

func (r *railRow) layout(s fyne.Size) {
	ground, fg, ic := parts.None, parts.Text2, parts.Text2
	switch {
	case r.chosen:
		ground, fg, ic = parts.Selected, parts.Fg, parts.Accent
	case r.hover:
		ground = parts.Veil
	}
	if r.alert {
		ic = parts.Red
	}
	r.back.Set(ground, parts.None)
	r.back.Place(0, 0, s.Width, s.Height)
	r.ring.Set(parts.None, parts.None)
	if r.focused {
		r.ring.Set(parts.None, parts.Accent)
		r.ring.Stroke(2)
	}
	r.ring.Place(0, 0, s.Width, s.Height)
	r.img.Set(r.icon, ic)
	if s.Width < 60 {
		r.layoutIcon(s)
		return
	}
	yc := floor(s.Height / 2)
	r.img.Place(8, s.Height/2, 15)
	r.label.Set(r.text, fg)
	r.label.Place(31, yc, s.Width-70)
	number := ""
	if r.counted {
		number = fmt.Sprint(r.n)
	}
	r.number.SetText(number)
	r.number.Place(s.Width-9, yc, 40)
	r.badge.Set(parts.None, parts.None)
	r.badgeText.SetText("")
}

func (r *railRow) layoutIcon(s fyne.Size) {
	r.img.Place((s.Width-16)/2, s.Height/2, 16)
	r.label.SetText("")
	r.number.SetText("")
	fill, text := parts.None, ""
	if r.alert {
		fill, text = parts.Red, fmt.Sprint(r.n)
	}
	w := max(parts.Badge.Width(text)+6, 14)
	r.badge.Set(fill, parts.None)
	r.badge.Place(s.Width-w+2, 0, w, 14)
	r.badgeText.Set(text, parts.Bg)
	r.badgeText.Place(s.Width-w+2+floor((w-parts.Badge.Width(text))/2), 7, w)
}

// Tapped implements [fyne.Tappable].
func (r *railRow) Tapped(*fyne.PointEvent) { r.tap() }

// MouseIn implements [desktop.Hoverable].
func (r *railRow) MouseIn(*desktop.MouseEvent) { r.hover = true; r.Refresh() }

// MouseMoved implements [desktop.Hoverable].
func (r *railRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (r *railRow) MouseOut() { r.hover = false; r.Refresh() }

// Cursor implements [desktop.Cursorable].
func (r *railRow) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements [fyne.Focusable].
func (r *railRow) FocusGained() { r.focused = true; r.Refresh() }

// FocusLost implements [fyne.Focusable].
func (r *railRow) FocusLost() { r.focused = false; r.Refresh() }

// TypedRune implements [fyne.Focusable].
func (r *railRow) TypedRune(rune) {}

// TypedKey implements [fyne.Focusable].
func (r *railRow) TypedKey(e *fyne.KeyEvent) {
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		r.tap()
	default:
		parts.PassKey(r, e)
	}
}

// Box returns the mark and the count, for those who drive the window.
func (r *railRow) Box() (mark, text string) {
	if r.counted {
		return r.mark, fmt.Sprint(r.n)
	}
	return r.mark, r.text
}
