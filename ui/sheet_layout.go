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
	sheetSide = 24
	// sheetTerse is the height below which a mere hint is left out.
	sheetTerse = 520
	lineTop    = 49
)

func (s *sheet) layout(z fyne.Size) {
	w := z.Width - 2*sheetSide
	s.line.terse = z.Height < sheetTerse
	h := s.line.Fit(w)
	parts.Put(s.line, sheetSide, lineTop, w, h)
	top := lineTop + h + 12
	body := s.frame.layout(z, top+1, s.createStart, s.create, s.cancel)
	foot := s.layoutFoot(z, body.y+body.h)
	mid := floor(z.Width * 0.445)
	s.middle.Place(mid, top+1, 1, foot-top-1)
	s.heads[0].Place(sheetSide, top+22, mid-40)
	s.heads[1].Place(mid+14, top+22, 200)
	s.layoutLeft(sheetSide, top+37, mid-14-sheetSide, foot-14)
	parts.Put(s.scroll, mid+1, top+34, z.Width-mid-2, foot-top-35)
	s.layoutDraft(z)
}

// layoutDraft puts what there is to say of a draft beside the title.
func (s *sheet) layoutDraft(z fyne.Size) {
	right := z.Width - 52
	w := s.over.MinSize().Width
	right -= w
	parts.Put(s.over, right, 15, w, 26)
	w = parts.Caption.Width(s.draft.Text()) + 2
	parts.Put(s.draft, right-w-4, 20, w, s.draft.Fit(w))
}

func (s *sheet) layoutLeft(x, y, w, bottom float32) {
	half := floor((w - 8) / 2)
	parts.Put(s.context, x, y, half, 30)
	parts.Put(s.namespace, x+half+8, y, w-half-8, 30)
	c := column{x, y + 36, w}
	c.put(s.targetBad, 4)
	c.y += 4
	parts.Put(s.finder, x+w-30, c.y, 30, 30)
	parts.Put(s.groups, x, c.y, min(s.groups.Width(), w-38), parts.SegmentsHeight)
	parts.Put(s.pod, x, c.y, w-34, 30)
	c.y += 39
	c.put(s.podBad, 4)
	h := s.podNote.Fit(w)
	if h > 0 {
		bottom -= h + 6
	}
	s.listBox.Place(x, c.y, w, bottom-c.y)
	before := s.pods.Size().Height
	parts.Put(s.pods, x+1, c.y+4, w-2, max(bottom-c.y-8, 0))
	if s.pods.Size().Height < before {
		s.pods.Reveal() // it may have been in the part that is gone
	}
	parts.Put(s.podNote, x, bottom+6, w, h)
}

func (s *sheet) layoutRight(z fyne.Size) {
	c := column{13, 0, z.Width - 13 - sheetSide}
	c.put(s.ports, 0)
	c.put(s.portsBad, 6)
	c.put(s.portsNote, 6)
	c.y = s.placeAdders(c.x-4, c.y, c.w+4)
	c.put(s.chipsHead, 8)
	for _, r := range []*sheetRow{s.nameRow, s.profileRow, s.tagsRow, s.listenRow, s.otherRow, s.policyRow, s.numberRow} {
		r.place(&c)
	}
	if s.preview.Visible() {
		c.put(s.preview, 10)
	}
	if s.warning.Visible() {
		c.put(s.warning, 10)
	}
	s.viaRow.place(&c)
	s.stopRow.place(&c)
	if s.autoStart.Visible() {
		parts.Put(s.autoStart, c.x+sheetRowHead, c.y-4, c.w-sheetRowHead, 30)
		c.y += sheetRowStep - 4
	}
	if size := fyne.NewSize(200, c.y+4); size != s.content {
		s.content = size
		s.scroll.Refresh()
	}
}

// placeAdders puts what adds ports on as many lines as that needs.
func (s *sheet) placeAdders(x, y, w float32) float32 {
	const step = 30
	at := s.adder.MinSize().Width
	parts.Put(s.adders, x, y, w, 0)
	parts.Put(s.adder, 0, 0, at, 26)
	at += 10
	var line float32
	for i, c := range s.chips {
		if i >= len(s.view.chips) {
			continue
		}
		cw := min(c.MinSize().Width, w)
		if at > 0 && at+cw > w {
			at = 4
			line += step
		}
		parts.Put(c, at, line+1, cw, 24)
		at += cw + 6
	}
	parts.Put(s.adders, x, y, w, line+26)
	return y + line + step + 6
}

// layoutFoot puts the test and what came of it: beside the button where that is short,
// else above the foot. It returns where the body ends.
func (s *sheet) layoutFoot(z fyne.Size, foot float32) float32 {
	w := s.tester.MinSize().Width
	parts.Put(s.tester, sheetSide, foot+16, w, 30)
	left := sheetSide + w + 12
	right := s.cancel.Position().X - 12
	s.frame.layoutBusy(left, foot, right)
	if !s.verdict.Visible() {
		return foot
	}
	if h := s.verdict.Fit(right - left); h <= 34 {
		parts.Put(s.verdict, left, foot+31-floor(h/2), right-left, h)
		return foot
	}
	h := s.verdict.Fit(z.Width - 2*sheetSide)
	parts.Put(s.verdict, sheetSide, foot-h-4, z.Width-2*sheetSide, h)
	s.frame.bottom.Place(0, foot-h-16, z.Width, 1)
	return foot - h - 16
}

// reveal scrolls the right side so that what got the keyboard is in sight.
func (s *sheet) reveal(y, h float32) {
	const around = 12
	at, room := s.scroll.Offset.Y, s.scroll.Size().Height
	switch {
	case room == 0:
		return
	case y-around < at:
		at = max(y-around, 0)
	case y+h+around > at+room:
		at = y + h + around - room
	default:
		return
	}
	s.scroll.ScrollToOffset(fyne.NewPos(0, at))
}
