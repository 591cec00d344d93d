package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// connsPage lists the connections of a tunnel.
type connsPage struct {
	widget.BaseWidget
	view connsView
	tell func(title, text string)
	copy func(string)

	d       parts.Drawing
	rule    *parts.Box
	summary *parts.Text
	list    *keyList
	holder  fyne.CanvasObject
	empty   *parts.Para
	foot    *parts.Para
}

const (
	connRowHeight  = 54
	connHeadHeight = 34
	connTop        = 40
)

func newConnsPage(copyText func(string), tell func(title, text string)) *connsPage {
	p := &connsPage{copy: copyText, tell: tell}
	p.summary = p.d.Text(parts.Secondary, parts.Text2)
	p.rule = p.d.Box(parts.Border, parts.None, 0)
	p.list = newKeyList(
		func() int { return len(p.view.rows) },
		func() fyne.CanvasObject { return newConnLine(p) },
		func(i int, o fyne.CanvasObject) {
			if i < len(p.view.rows) {
				o.(*connLine).set(p.view.rows[i], p.list.on(i))
			}
		},
	)
	p.list.skip = func(i int) bool { return p.view.rows[i].head != "" }
	p.list.open = func(i int) { p.open(p.view.rows[i]) }
	p.list.copy = func(i int) { p.copy(p.view.rows[i].copy()) }
	p.holder = parts.Tight(p.list)
	p.empty = parts.NewPara(parts.Body, parts.Text3)
	p.empty.Mark = "connections/empty"
	p.foot = parts.NewPara(parts.Secondary, parts.Text3)
	p.foot.Mark = "connections/foot"
	for _, o := range []fyne.CanvasObject{p.holder, p.empty, p.foot} {
		p.d.Add(o)
	}
	p.ExtendBaseWidget(p)
	return p
}

// open shows all that there is to say of a row's trouble.
func (p *connsPage) open(r connRow) {
	if r.full == "" {
		return
	}
	text := r.full
	if r.raw != "" {
		text += " " + r.raw
	}
	p.tell(r.client+" → "+r.port, text)
}

// set shows a view; rows that are the same are left alone.
func (p *connsPage) set(v connsView) {
	old := p.view
	p.view = v
	if old.summary != v.summary || old.empty != v.empty || old.foot != v.foot {
		p.summary.SetText(v.summary)
		p.empty.SetText(v.empty)
		p.foot.SetText(v.foot)
		p.Refresh()
	}
	if !slices.EqualFunc(old.rows, v.rows, func(a, b connRow) bool { return (a.head == "") == (b.head == "") }) {
		for i, r := range v.rows {
			p.list.SetItemHeight(i, heightOfConn(r))
		}
		p.list.at = max(min(p.list.at, len(v.rows)-1), 0)
		p.list.Refresh()
		return
	}
	for i, r := range v.rows {
		if r != old.rows[i] {
			p.list.RefreshItem(i)
		}
	}
}

func heightOfConn(r connRow) float32 {
	if r.head != "" {
		return connHeadHeight
	}
	return connRowHeight
}

// CreateRenderer implements [fyne.Widget].
func (p *connsPage) CreateRenderer() fyne.WidgetRenderer {
	return p.d.Renderer(p.layout, func() fyne.Size { return fyne.NewSize(200, 80) }, p)
}

func (p *connsPage) layout(s fyne.Size) {
	const side = pageSide
	w := s.Width - 2*side
	top := float32(0)
	if p.view.summary != "" {
		p.summary.Place(side, 20, w)
		top = connTop - 1
	}
	p.rule.Place(side, top, w, min(top, 1))
	empty := p.empty.Fit(w)
	parts.Put(p.empty, side, top+14, w, empty)
	foot := p.foot.Fit(w)
	bottom := s.Height
	if foot > 0 {
		bottom -= foot + 16
	}
	parts.Put(p.foot, side, bottom+8, w, foot)
	parts.Put(p.holder, 0, top+1, s.Width, bottom-top-1)
}
