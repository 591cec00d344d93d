package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/ui/parts"
)

// buildGuest makes what the page shows of a tunnel that a file has brought: why it has
// no fields, and what to do.
func (p *editPage) buildGuest() {
	p.origin = p.d.Icon("", parts.Text3)
	p.guest = parts.NewPara(parts.Secondary, parts.Text2)
	p.guest.Mark = "edit/guest"
	p.move = parts.NewButton("edit/move", lang.L("Move to profile…"), "bookmark", parts.Main, nil)
	p.move.OnTap = func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(p.move)
		p.act.move(at.AddXY(0, p.move.Size().Height+4))
	}
	p.open = parts.NewButton("edit/open-file", lang.L("Open file"), "file-text", parts.Plain, p.act.open)
	p.move.Small, p.open.Small = true, true
	p.setGuest(editView{})
}

// setGuest shows that, or the fields.
func (p *editPage) setGuest(v editView) {
	guest := v.guest != ""
	for _, o := range []fyne.CanvasObject{p.scroll, p.save, p.discard, p.more} {
		parts.Show(o, !guest)
	}
	icon, line := "", parts.Border
	if guest {
		icon, line = guestIcon, parts.None
	}
	p.origin.Set(icon, parts.Text3)
	p.rule.Set(line, parts.None)
	p.guest.SetText(v.guest)
	parts.Show(p.guest, guest)
	parts.Show(p.move, guest)
	parts.Show(p.open, guest && v.hasFile)
}

func (p *editPage) layoutGuest(s fyne.Size) {
	const icon = 24
	w := s.Width - 2*pageSide - icon
	h := p.guest.Fit(w)
	p.origin.Place(pageSide, 14+9, 15)
	parts.Put(p.guest, pageSide+icon, 14, w, h)
	flowButtons([]*parts.Button{p.move, p.open}, pageSide+icon, 14+h+12, w, true)
}
