package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/ui/parts"
)

const (
	detailsHead  = 140 // beside the table: name, sentence and buttons
	detailsStrip = 44  // below it: all of the head in one line
	stripButton  = 30  // with the room behind it
)

// CreateRenderer implements [fyne.Widget].
func (v *detailsView) CreateRenderer() fyne.WidgetRenderer {
	return v.d.Renderer(v.layout, func() fyne.Size { return fyne.NewSize(200, 100) }, v)
}

func (v *detailsView) layout(s fyne.Size) {
	v.back.Place(0, 0, s.Width, s.Height)
	v.showButtons()
	more := "ellipsis"
	if v.view.ticked == v.more.Mark {
		more = "check"
	}
	v.more.Set("", more)
	top := float32(detailsStrip)
	if v.below {
		v.rule.Place(0, 0, s.Width, 1)
		v.under.Place(0, detailsStrip-1, s.Width, 1)
		v.layoutStrip(s.Width)
	} else {
		v.rule.Place(0, 0, 1, s.Height)
		v.under.Place(0, 0, 0, 0)
		v.layoutHead(s.Width)
		top = detailsHead
	}
	for page, o := range v.bodies() {
		parts.Show(o, page == v.page)
		if page == v.page {
			parts.Put(o, 0, top, s.Width, s.Height-top)
		}
	}
}

func (v *detailsView) bodies() map[detailsPage]fyne.CanvasObject {
	return map[detailsPage]fyne.CanvasObject{
		pageOverview: v.scroll, pageConnections: v.conns, pageTimeline: v.timeline, pageEdit: v.editing,
	}
}

// layoutHead puts the head beside the table.
func (v *detailsView) layoutHead(w float32) {
	v.glyph.Place(20, 26, 17)
	v.name.Place(48, 26, w-48-100)
	used := v.word.Place(48, 46, w-48-20)
	v.sentence.Place(48+used+4, 46, w-48-20-used-4)
	parts.Show(v.word.C, true)
	parts.Show(v.sentence.C, true)
	parts.Put(v.toggle, w-80, 16, parts.SwitchWidth, 20)
	parts.Put(v.closer, w-43, 11, 30, 30)
	parts.Put(v.more, w-43, 65, 30, 30)
	v.shorten(w - 20 - 43 - 6)
	x := float32(20)
	for _, b := range v.buttons() {
		bw := b.MinSize().Width
		parts.Put(b, x, 67, bw, 26)
		x += bw + 6
	}
	parts.Put(v.tabs, 20, detailsHead-parts.TabsHeight, w-40, parts.TabsHeight)
}

// layoutStrip puts the head above what is below the table: name, tabs and buttons
// in one line. The row in the table has the sentence, and the menu has the buttons
// that there is no room for.
func (v *detailsView) layoutStrip(w float32) {
	const yc = detailsStrip / 2
	parts.Show(v.word.C, false)
	parts.Show(v.sentence.C, false)
	for _, b := range v.buttons() {
		b.Set("", iconOf(b, v))
	}
	right := w - 12 - 30
	parts.Put(v.closer, right, yc-15, 30, 30)
	right -= parts.SwitchWidth + 8
	parts.Put(v.toggle, right, yc-10, parts.SwitchWidth, 20)
	right -= 30 + 4
	parts.Put(v.more, right, yc-15, 30, 30)
	tabs := v.tabs.Width()
	const x, leastName = pageSide + 24, 40
	bs := v.buttons()
	for len(bs) > 0 && right-stripButton*float32(len(bs)) < x+leastName+20+tabs+8 { // the pages come first
		parts.Show(bs[len(bs)-1], false)
		bs = bs[:len(bs)-1]
	}
	for _, b := range reversed(bs) {
		right -= stripButton
		parts.Put(b, right, yc-13, 26, 26)
	}
	v.glyph.Place(pageSide, yc, 15)
	name := v.name.Place(x, yc, max(right-x-20-tabs-12, leastName))
	parts.Put(v.tabs, x+name+20, 0, min(tabs, right-x-20-name-8), detailsStrip)
}

func iconOf(b *parts.Button, v *detailsView) string {
	for _, x := range v.labels() {
		if x.button == b {
			return x.icon
		}
	}
	return ""
}

// labelled is a button with what it says where there is room.
type labelled struct {
	button      *parts.Button
	label, icon string
}

func (v *detailsView) labels() []labelled {
	open := lang.L("Open")
	if v.view.asking {
		open = lang.L("Asking…")
	}
	url, copied := "link", lang.L("Copy URL")
	if v.view.ticked == v.url.Mark {
		url, copied = "check", lang.L("Copied")
	}
	return []labelled{
		{v.start, lang.L("Start"), "play"},
		{v.open, open, "external-link"},
		{v.url, copied, url},
		{v.reconnect, lang.L("Reconnect"), "rotate-cw"},
		{v.edit, lang.L("Edit"), "pencil"},
	}
}

// showButtons shows what can be done now: a tunnel that is stopped has nothing to
// open.
func (v *detailsView) showButtons() {
	on := v.view.on
	for _, b := range []*parts.Button{v.open, v.url, v.reconnect} {
		parts.Show(b, on)
	}
	for _, b := range []*parts.Button{v.start, v.edit} {
		parts.Show(b, !on)
	}
}

// buttons are those that are shown.
func (v *detailsView) buttons() []*parts.Button {
	var out []*parts.Button
	for _, l := range v.labels() {
		if l.button.Visible() {
			out = append(out, l.button)
		}
	}
	return out
}

// shorten has buttons lose their words, the last one first, until they are at
// most w wide together.
func (v *detailsView) shorten(w float32) {
	for _, l := range v.labels() {
		l.button.Set(l.label, l.icon)
	}
	for _, b := range reversed(v.buttons()) {
		if v.buttonsWidth() <= w {
			return
		}
		b.Set("", iconOf(b, v))
	}
}

func (v *detailsView) buttonsWidth() float32 {
	w := float32(-6)
	for _, b := range v.buttons() {
		w += b.MinSize().Width + 6
	}
	return w
}

func reversed(bs []*parts.Button) []*parts.Button {
	out := make([]*parts.Button, 0, len(bs))
	for i := len(bs) - 1; i >= 0; i-- {
		out = append(out, bs[i])
	}
	return out
}

// layoutBody puts the overview: one column beside the table, two below it.
func (v *detailsView) layoutBody(s fyne.Size) {
	const side = pageSide
	w := s.Width - 2*side
	y := float32(12)
	y = v.stack(side, y, w, 10, v.trouble, v.conflict)
	if v.view.role {
		parts.Put(v.role, side, y, v.role.MinSize().Width, 26)
		y += 36
	}
	y = v.stack(side, y, w, 10, v.remedies, v.warning)
	parts.Show(v.heading, !v.below)
	if v.below {
		half := floor(w*0.47) - 12
		a := v.stack(side, y-12, half, 8, v.cards)
		b := v.stack(side+half+24, y-6, w-half-24, 8, v.facts, v.curve)
		y = max(a, b)
	} else {
		y = v.stack(side, y, w, 8, v.heading)
		y = v.stack(side, y, w, 14, v.cards, v.facts, v.curve)
	}
	if size := fyne.NewSize(200, y+8); size != v.contentSize {
		v.contentSize = size
		v.scroll.Refresh()
	}
}

// block is something that tells its height for a width.
type block interface {
	fyne.CanvasObject
	Fit(width float32) float32
}

// stack puts blocks below each other and returns where the next one goes.
func (v *detailsView) stack(x, y, w, gap float32, blocks ...block) float32 {
	for _, b := range blocks {
		h := b.Fit(w)
		parts.Put(b, x, y, w, h)
		if h > 0 {
			y += h + gap
		}
	}
	return y
}
