package ui

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// Sizes of the details pane.
const (
	detailsWidth  = 352 // beside the table
	detailsHeight = 196 // below it, in narrow windows
)

// detailsActions are what the details ask of the app; all are about the
// selected tunnel.
type detailsActions struct {
	toggle, reconnect, edit, remove, close, role func()

	copy   func(string)
	remedy func(key string)
}

// detailsView shows one tunnel: beside the table, or below it in two columns.
type detailsView struct {
	widget.BaseWidget
	view   detailView
	copied string
	below  bool

	d           parts.Drawing
	back, rule  *parts.Box
	glyph       *parts.Icon
	name        *parts.Text
	sentence    *parts.Text
	toggle      *parts.Toggle
	closer      *parts.Button
	startStop   *parts.Button
	reconnect   *parts.Button
	edit        *parts.Button
	remove      *parts.Button
	trouble     *callout
	role        *parts.Button
	remedies    *remedyBar
	conflict    *conflictCard
	warning     *callout
	heading     *sectionLabel
	cards       *cardList
	facts       *factList
	body        *fyne.Container
	scroll      *container.Scroll
	contentSize fyne.Size
}

func newDetailsView(act detailsActions) *detailsView {
	v := &detailsView{}
	v.back = v.d.Box(parts.Bg, parts.None, 0)
	v.rule = v.d.Box(parts.Border, parts.None, 0)
	v.glyph = v.d.Glyph("", parts.Green, parts.Bg)
	v.name = v.d.Text(parts.Heading, parts.Fg)
	v.sentence = v.d.Text(parts.Secondary, parts.Text3)
	v.toggle = parts.NewToggle("details/toggle", func(bool) { act.toggle() })
	v.closer = parts.NewButton("details/close", "", "x", parts.Ghost, act.close)
	small := func(mark, label, icon string, f func()) *parts.Button {
		b := parts.NewButton(mark, label, icon, parts.Plain, f)
		b.Small = true
		return b
	}
	v.startStop = small("details/start-stop", "Start", "play", act.toggle)
	v.reconnect = small("details/reconnect", "Reconnect", "rotate-cw", act.reconnect)
	v.edit = small("details/edit", "Edit", "pencil", act.edit)
	v.remove = small("details/remove", "Remove", "trash-2", act.remove)
	v.trouble = newCallout("details/error", act.copy)
	v.trouble.grown = func() { v.body.Refresh() }
	v.role = small("details/role", "Show the Role…", "list", act.role)
	v.role.Hide()
	v.remedies = newRemedyBar(act.remedy)
	v.conflict = newConflictCard(act.remedy)
	v.warning = newCallout("details/warning", nil)
	v.heading = newSectionLabel("Local addresses")
	v.cards = newCardList(act.copy)
	v.facts = newFactList()
	v.body = parts.NewArranged(v.layoutBody, func() fyne.Size { return v.contentSize },
		v.trouble, v.conflict, v.role, v.remedies, v.warning, v.heading, v.cards, v.facts)
	v.scroll = container.NewVScroll(v.body)
	for _, o := range []fyne.CanvasObject{v.toggle, v.closer, v.startStop, v.reconnect, v.edit, v.remove, v.scroll} {
		v.d.Add(o)
	}
	v.ExtendBaseWidget(v)
	return v
}

// apply shows a tunnel; it draws only when something differs.
func (v *detailsView) apply(view detailView, copied string, below bool) {
	if reflect.DeepEqual(v.view, view) && v.copied == copied && v.below == below {
		return
	}
	top := v.view.id != view.id
	v.view, v.copied, v.below = view, copied, below
	v.glyph.Set(view.look.glyph, view.look.colour)
	v.name.SetText(view.name)
	v.sentence.Set(view.sentence, view.look.word)
	if view.look.word == parts.Fg {
		v.sentence.Set(view.sentence, parts.Green)
	}
	v.toggle.Set(view.on)
	label, icon := "Start", "play"
	if view.on {
		label, icon = "Stop", "square"
	}
	v.startStop.Set(label, icon)
	v.reconnect.SetEnabled(view.canKick)
	v.trouble.error(view.trouble)
	v.trouble.setRaw(view.raw)
	parts.Show(v.role, view.role)
	v.remedies.set(view.remedies)
	v.conflict.set(view.conflict)
	warning := ""
	for _, w := range view.warnings {
		warning += sentence(w) + " "
	}
	v.warning.warning(warning)
	v.cards.set(view.cards, copied)
	v.facts.set(view.facts)
	if top {
		v.scroll.Offset = fyne.Position{}
	}
	v.Refresh()
	v.body.Refresh()
	v.scroll.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (v *detailsView) CreateRenderer() fyne.WidgetRenderer {
	return v.d.Renderer(v.layout, func() fyne.Size { return fyne.NewSize(200, 100) }, v)
}

func (v *detailsView) layout(s fyne.Size) {
	v.back.Place(0, 0, s.Width, s.Height)
	if v.below {
		v.rule.Place(0, 0, s.Width, 1)
		v.layoutBelow(s)
		return
	}
	v.rule.Place(0, 0, 1, s.Height)
	v.glyph.Place(20, 27, 17)
	v.name.Place(48, 27, s.Width-48-100)
	v.sentence.Place(48, 47, s.Width-48-20)
	parts.Put(v.toggle, s.Width-80, 17, parts.SwitchWidth, 20)
	parts.Put(v.closer, s.Width-43, 12, 30, 30)
	v.shorten(s.Width - 40)
	x := float32(20)
	for _, b := range v.buttons() {
		w := b.MinSize().Width
		parts.Put(b, x, 66, w, 26)
		x += w + 6
	}
	parts.Put(v.scroll, 0, 104, s.Width, s.Height-104)
}

func (v *detailsView) layoutBelow(s fyne.Size) {
	v.glyph.Place(16, 22, 15)
	name := v.name.Place(40, 22, s.Width*0.3)
	x := s.Width - 43
	v.shorten(x - 6 - parts.SwitchWidth - 12 - 64 - name - v.sentence.Width())
	parts.Put(v.closer, x, 7, 30, 30)
	for _, b := range reversed(v.buttons()) {
		w := b.MinSize().Width
		x -= w + 6
		parts.Put(b, x, 9, w, 26)
	}
	x -= parts.SwitchWidth + 12
	parts.Put(v.toggle, x, 12, parts.SwitchWidth, 20)
	v.sentence.Place(52+name, 22, x-64-name)
	parts.Put(v.scroll, 0, 40, s.Width, s.Height-40)
}

// shorten has buttons lose their words, the last one first, until they are at
// most w wide together; the first one always tells what it does.
func (v *detailsView) shorten(w float32) {
	v.reconnect.Set("Reconnect", "rotate-cw")
	v.edit.Set("Edit", "pencil")
	v.remove.Set("Remove", "trash-2")
	for _, b := range []struct {
		button *parts.Button
		icon   string
	}{{v.remove, "trash-2"}, {v.edit, "pencil"}, {v.reconnect, "rotate-cw"}} {
		if v.buttonsWidth() <= w {
			return
		}
		b.button.Set("", b.icon)
	}
}

func (v *detailsView) buttonsWidth() float32 {
	w := float32(-6)
	for _, b := range v.buttons() {
		w += b.MinSize().Width + 6
	}
	return w
}

func (v *detailsView) buttons() []*parts.Button {
	return []*parts.Button{v.startStop, v.reconnect, v.edit, v.remove}
}

func reversed(bs []*parts.Button) []*parts.Button {
	out := make([]*parts.Button, 0, len(bs))
	for i := len(bs) - 1; i >= 0; i-- {
		out = append(out, bs[i])
	}
	return out
}

// layoutBody puts what scrolls: one column beside the table, two below it.
func (v *detailsView) layoutBody(s fyne.Size) {
	side := float32(20)
	if v.below {
		side = 16
	}
	w := s.Width - 2*side
	y := float32(8)
	y = v.stack(side, y, w, 10, v.trouble, v.conflict)
	if v.view.role {
		parts.Put(v.role, side, y, v.role.MinSize().Width, 26)
		y += 36
	}
	y = v.stack(side, y, w, 10, v.remedies, v.warning)
	if v.below {
		half := floor(w*0.5) - 12
		a := v.stack(side, y, half, 8, v.cards)
		b := v.stack(side+half+24, y, w-half-24, 8, v.facts)
		parts.Show(v.heading, false)
		y = max(a, b)
	} else {
		parts.Show(v.heading, true)
		y = v.stack(side, y, w, 8, v.heading)
		y = v.stack(side, y, w, 14, v.cards, v.facts)
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

// sectionLabel is the small head of a section.
type sectionLabel struct {
	widget.BaseWidget
	d    parts.Drawing
	text *parts.Text
}

func newSectionLabel(s string) *sectionLabel {
	l := &sectionLabel{}
	l.text = l.d.Text(parts.Label, parts.Text3)
	l.text.SetText(s)
	l.ExtendBaseWidget(l)
	return l
}

// Fit returns the height that is needed.
func (l *sectionLabel) Fit(float32) float32 { return 18 }

// CreateRenderer implements [fyne.Widget].
func (l *sectionLabel) CreateRenderer() fyne.WidgetRenderer {
	return l.d.Renderer(func(s fyne.Size) { l.text.Place(0, floor(s.Height/2), s.Width) },
		func() fyne.Size { return fyne.NewSize(20, 18) }, l)
}
