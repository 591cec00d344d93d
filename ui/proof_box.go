package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// proofBox shows a certificate that nobody known vouches for.
type proofBox struct {
	widget.BaseWidget
	copy  func(string)
	proof proof

	d      parts.Drawing
	lead   *parts.Para
	box    *parts.Box
	heads  []*parts.Text
	values []*parts.Para
	print  *selectable
	copier *parts.Button
	height float32
}

const proofHead = 88

func newProofBox(copyText func(string)) *proofBox {
	p := &proofBox{copy: copyText}
	p.box = p.d.Box(parts.Surface, parts.Border, 8)
	p.lead = parts.NewPara(parts.Body, parts.Fg)
	p.lead.Mark = "sign/proof"
	p.d.Add(p.lead)
	for _, head := range []string{lang.L("Server"), lang.L("Subject"), lang.L("Issuer"), lang.L("Valid"), "SHA-256"} {
		t := p.d.Text(parts.Secondary, parts.Text3)
		t.SetText(head)
		p.heads = append(p.heads, t)
	}
	for range len(p.heads) - 1 {
		v := parts.NewPara(parts.Secondary, parts.Fg)
		p.values = append(p.values, v)
		p.d.Add(v)
	}
	p.print = newSelectable("sign/fingerprint")
	p.copier = parts.NewButton("sign/copy-fingerprint", "", "copy", parts.Ghost, func() { p.copy(p.proof.fingerprint) })
	p.copier.Small = true
	p.d.Add(p.print)
	p.d.Add(p.copier)
	p.ExtendBaseWidget(p)
	return p
}

func (p *proofBox) set(v proof) {
	p.proof = v
	p.lead.SetText(v.text)
	for i, text := range []string{v.host, v.subject, v.issuer, v.valid} {
		p.values[i].SetText(text)
	}
	text := ""
	if v.fingerprint != "" {
		text = halves(v.fingerprint)
	}
	p.print.set(text)
	p.Refresh()
}

// Fit returns the height that is needed.
func (p *proofBox) Fit(w float32) float32 {
	p.place(w)
	return p.height
}

// CreateRenderer implements [fyne.Widget].
func (p *proofBox) CreateRenderer() fyne.WidgetRenderer {
	return p.d.Renderer(func(s fyne.Size) { p.place(s.Width) }, func() fyne.Size { return fyne.NewSize(100, 0) }, p)
}

func (p *proofBox) place(w float32) {
	h := p.lead.Fit(w)
	parts.Put(p.lead, 0, 0, w, h)
	top := h + 14
	y := top + 12
	room := w - proofHead - 28
	for i, v := range p.values {
		h := v.Fit(room)
		p.heads[i].Place(14, y+8, proofHead-8)
		parts.Put(v, 14+proofHead, y, room, h)
		y += max(h, 17) + 6
	}
	p.heads[len(p.heads)-1].Place(14, y+9, proofHead-8)
	h = p.print.Fit(room - 30)
	parts.Put(p.print, 14+proofHead, y, room-30, h)
	parts.Put(p.copier, w-14-26, y-3, 26, 26)
	y += h + 10
	p.box.Place(0, top, w, y-top)
	p.height = y
}
