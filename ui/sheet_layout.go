package ui

import (
	"fyne.io/fyne/v2"

	"culvert/ui/parts"
)

// CreateRenderer implements [fyne.Widget].
func (s *sheet) CreateRenderer() fyne.WidgetRenderer {
	return s.d.Renderer(s.layout, func() fyne.Size { return fyne.NewSize(400, 300) }, s)
}

const (
	sheetTop  = 56
	sheetFoot = 62
)

func (s *sheet) layout(z fyne.Size) {
	s.title.Place(24, 29, z.Width-100)
	parts.Put(s.closer, z.Width-44, 13, 30, 30)
	foot := z.Height - sheetFoot
	mid := floor(z.Width * 0.445)
	s.top.Place(0, sheetTop-1, z.Width, 1)
	s.bottom.Place(0, foot, z.Width, 1)
	s.middle.Place(mid, sheetTop, 1, foot-sheetTop)
	s.heads[0].Place(24, sheetTop+22, mid-40)
	s.heads[1].Place(mid+16, sheetTop+22, 200)
	s.layoutLeft(24, sheetTop+40, mid-40, foot-14)
	parts.Put(s.scroll, mid+1, sheetTop+36, z.Width-mid-2, foot-sheetTop-37)
	s.layoutFoot(z, foot)
}

func (s *sheet) layoutLeft(x, y, w, bottom float32) {
	half := floor((w - 8) / 2)
	parts.Put(s.context, x, y, half, 30)
	parts.Put(s.namespace, x+half+8, y, w-half-8, 30)
	y += 36
	put := func(p *parts.Para, gap float32) {
		h := p.Fit(w)
		parts.Put(p, x, y, w, h)
		if h > 0 {
			y += h + gap
		}
	}
	put(s.targetBad, 4)
	y += 2
	parts.Put(s.pod, x, y, w, 30)
	y += 36
	put(s.podBad, 4)
	h := s.podNote.Fit(w)
	if h > 0 {
		bottom -= h + 6
	}
	s.listBox.Place(x, y, w, bottom-y)
	parts.Put(s.pods, x+1, y+4, w-2, bottom-y-8)
	parts.Put(s.podNote, x, bottom+6, w, h)
}

func (s *sheet) layoutRight(z fyne.Size) {
	x, y, w := float32(15), float32(4), z.Width-15-24
	put := func(b block, gap float32) {
		h := b.Fit(w)
		parts.Put(b, x, y, w, h)
		if h > 0 {
			y += h + gap
		}
	}
	parts.Put(s.ports, x, y, w, 30)
	y += 36
	put(s.portsBad, 4)
	if s.portsBad.Text() == "" {
		put(s.portsHelp, 6)
	} else {
		parts.Put(s.portsHelp, x, y, w, 0)
	}
	parts.Show(s.portsHelp, s.portsBad.Text() == "")
	put(s.chipsHead, 4)
	y = s.placeChips(x, y, w)
	y += 6
	const key = 86
	parts.Put(s.nameHead, x, y+7, key, 20)
	parts.Put(s.name, x+key, y, w-key, 30)
	y += 38
	parts.Put(s.listenHead, x, y+7, key, 20)
	parts.Put(s.listen, x+key, y, w-key, 30)
	y += 38
	put(s.listenBad, 6)
	parts.Put(s.viaHead, x, y+7, key, 20)
	parts.Put(s.via, x+key, y, w-key, 30)
	y += 38
	if s.view.manyPods {
		parts.Put(s.policyHead, x, y+7, key, 20)
		parts.Put(s.policy, x+key, y, w-key, 30)
		y += 38
	}
	put(s.preview, 8)
	put(s.warning, 8)
	if size := fyne.NewSize(200, y+4); size != s.content {
		s.content = size
		s.scroll.Refresh()
	}
}

func (s *sheet) placeChips(x, y, w float32) float32 {
	at, any := x, false
	for i, c := range s.chips {
		if i >= len(s.view.chips) {
			continue
		}
		cw := min(c.MinSize().Width, w)
		if at > x && at+cw > x+w {
			at = x
			y += 30
		}
		parts.Put(c, at, y, cw, 24)
		at += cw + 6
		any = true
	}
	if any {
		y += 32
	}
	return y
}

func (s *sheet) layoutFoot(z fyne.Size, foot float32) {
	right := z.Width - 24
	for _, b := range []*parts.Button{s.createStart, s.create, s.cancel} {
		if !b.Visible() {
			continue
		}
		w := b.MinSize().Width
		right -= w
		parts.Put(b, right, foot+16, w, 30)
		right -= 8
	}
	w := parts.Caption.Width(s.draft.Text())
	parts.Put(s.draft, 24, foot+22, min(w+4, right-40), s.draft.Fit(w+4))
	parts.Put(s.over, 24+w+8, foot+18, s.over.MinSize().Width, 26)
}
