package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// consentCard shows one context of a kubeconfig file, all that it does, and a
// button that allows it.
type consentCard struct {
	widget.BaseWidget
	item importItem

	d      parts.Drawing
	box    *parts.Box
	well   *parts.Box
	name   *parts.Text
	server *parts.Text
	text   *selectable
	note   *parts.Para
	allow  *parts.Button
	tick   *parts.Icon
	kept   *parts.Text
	height float32
}

func newConsentCard(allow func(name, hash string)) *consentCard {
	c := &consentCard{}
	c.box = c.d.Box(parts.Bg, parts.Border, 8)
	c.well = c.d.Box(parts.Surface, parts.Border, 6)
	c.name = c.d.Text(parts.Name, parts.Fg).CutMiddle()
	c.server = c.d.Text(parts.Caption, parts.Text3)
	c.tick, c.kept = c.d.Icon("", parts.Green), c.d.Text(parts.SmallWord, parts.Green).Right()
	c.text = newSelectable("")
	c.note = parts.NewPara(parts.Caption, parts.Text3)
	c.allow = parts.NewButton("", lang.L("Allow"), "", parts.Plain, func() { allow(c.item.name, c.item.hash) })
	c.allow.Small = true
	for _, o := range []fyne.CanvasObject{c.text, c.note, c.allow} {
		c.d.Add(o)
	}
	c.ExtendBaseWidget(c)
	return c
}

func (c *consentCard) set(item importItem, can bool) {
	c.item = item
	c.name.SetText(item.name)
	c.server.SetText(item.server)
	c.text.mark = "demands:" + item.name
	c.text.set(item.demands)
	c.note.SetText(item.note)
	c.allow.Mark = "allow:" + item.name
	label, icon, tint := lang.L("Allow"), "", fyne.ThemeColorName("")
	if item.allowed {
		label, icon, tint = lang.L("Allowed"), "check", parts.Green
	}
	c.allow.Set(label, icon)
	c.allow.Tint(tint)
	parts.Show(c.allow, item.hash != "" && !item.kept)
	c.allow.SetEnabled(can)
	icon, label = "", ""
	if item.kept {
		icon, label = "check", lang.L("Allowed")
	}
	c.tick.Set(icon, parts.Green)
	c.kept.SetText(label)
	c.Refresh()
}

// Fit returns the height that is needed.
func (c *consentCard) Fit(w float32) float32 {
	c.place(w)
	return c.height
}

// CreateRenderer implements [fyne.Widget].
func (c *consentCard) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(func(s fyne.Size) { c.place(s.Width) }, func() fyne.Size { return fyne.NewSize(100, 0) }, c)
}

func (c *consentCard) place(w float32) {
	right := w - 14
	if c.allow.Visible() {
		bw := c.allow.MinSize().Width
		right -= bw
		parts.Put(c.allow, right, 12, bw, 26)
		right -= 12
	}
	if w := c.kept.Width(); c.item.kept {
		c.kept.Place(right, 24, w)
		c.tick.Place(right-w-20, 24, 14)
		right -= w + 32
	}
	c.name.Place(14, 17, right-14)
	c.server.Place(14, 34, right-14)
	y := float32(48)
	h := c.text.Fit(w - 28 - 20)
	parts.Show(c.well.C, h > 0)
	if h > 0 {
		c.well.Place(14, y, w-28, h+16)
		parts.Put(c.text, 24, y+8, w-28-20, h)
		y += h + 24
	}
	h = c.note.Fit(w - 28)
	parts.Put(c.note, 14, y, w-28, h)
	c.height = y + h + 10
	c.box.Place(0, 0, w, c.height)
}
