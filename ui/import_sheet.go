package ui

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// importSheet draws what a kubeconfig file would do.
type importSheet struct {
	widget.BaseWidget
	i    *importing
	view importView

	*sheetFrame
	d        parts.Drawing
	path     *parts.Text
	cancel   *parts.Button
	main     *parts.Button
	forget   *parts.Button
	text     *parts.Para
	failed   *callout
	cards    []*consentCard
	body     *fyne.Container
	scroll   *container.Scroll
	content  fyne.Size
	measured float32
}

const importTop = 76

func newImportSheet(i *importing) *importSheet {
	v := &importSheet{i: i}
	v.sheetFrame = newSheetFrame(&v.d, "import")
	v.closer.OnTap = i.close
	v.path = v.d.Text(parts.MonoSmall, parts.Text3).CutMiddle()
	v.cancel = parts.NewButton("import/cancel", lang.L("Cancel"), "", parts.Plain, i.close)
	v.main = parts.NewButton("import/submit", lang.L("Import"), "", parts.Main, i.submit)
	v.forget = parts.NewButton("import/forget", lang.L("Forget this file…"), "", parts.Plain, i.forget)
	v.forget.Tint(parts.Red)
	v.text = parts.NewPara(parts.Body, parts.Text2)
	v.text.Mark = "import/text"
	v.failed = newCallout("import/error", i.app.copyText)
	v.body = parts.NewArranged(func(z fyne.Size) { v.layoutBody(z.Width) }, func() fyne.Size { return v.content }, v.failed, v.text)
	v.scroll = container.NewVScroll(v.body)
	for _, o := range []fyne.CanvasObject{v.closer, v.scroll, v.forget, v.cancel, v.main} {
		v.d.Add(o)
	}
	v.ExtendBaseWidget(v)
	return v
}

func (v *importSheet) apply(view importView) {
	if reflect.DeepEqual(v.view, view) {
		return
	}
	v.view = view
	v.title.SetText(view.title)
	v.path.SetText(view.path)
	v.busy.Set(view.doing)
	v.text.SetText(view.text)
	v.failed.error(view.failed)
	for len(v.cards) < len(view.items) {
		c := newConsentCard(v.i.allow)
		v.cards = append(v.cards, c)
		v.body.Add(c)
	}
	for n, c := range v.cards {
		parts.Show(c, n < len(view.items))
		if n < len(view.items) {
			c.set(view.items[n], view.doing == "")
		}
	}
	cancel := lang.L("Cancel")
	if view.have {
		cancel = lang.L("Close")
	}
	v.cancel.Set(cancel, "")
	parts.Show(v.main, !view.have)
	v.main.SetEnabled(view.can)
	parts.Show(v.forget, view.have)
	v.forget.SetEnabled(view.doing == "")
	v.measured = 0
	v.Refresh()
	v.body.Refresh()
	v.scroll.Refresh()
	v.i.overlay.Refresh()
}

// height is what the sheet needs to show all of it, w wide.
func (v *importSheet) height(w float32) float32 {
	return importTop + max(v.layoutBody(w), 80) + sheetFoot
}

// CreateRenderer implements [fyne.Widget].
func (v *importSheet) CreateRenderer() fyne.WidgetRenderer {
	return v.d.Renderer(v.layout, func() fyne.Size { return fyne.NewSize(400, 200) }, v)
}

func (v *importSheet) layout(z fyne.Size) {
	v.path.Place(24, 51, z.Width-48)
	body := v.sheetFrame.layout(z, importTop, v.main, v.cancel)
	parts.Put(v.scroll, 0, body.y, z.Width, body.h)
	if v.forget.Visible() {
		foot := z.Height - sheetFoot
		w := v.forget.MinSize().Width
		parts.Put(v.forget, 24, foot+16, w, 30)
		v.layoutBusy(24+w+12, foot, v.cancel.Position().X)
	}
}

func (v *importSheet) layoutBody(width float32) float32 {
	if width <= 0 || width == v.measured {
		return v.content.Height
	}
	v.measured = width
	c := column{x: 24, y: 16, w: width - 48}
	c.put(v.failed, 12)
	c.put(v.text, 14)
	for n, card := range v.cards {
		if n < len(v.view.items) {
			c.put(card, 10)
		}
	}
	if size := fyne.NewSize(200, c.y+8); size != v.content {
		v.content = size
		v.scroll.Refresh()
	}
	return v.content.Height
}
