package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// contextCards lists the contexts of the first run, each with what its API
// server answered.
type contextCards struct {
	widget.BaseWidget
	act   func(verb, kubeContext string)
	mark  func(kubeContext string) // changes whether it is production
	menu  func(kubeContext string, at fyne.Position)
	cards []contextCard

	d     parts.Drawing
	box   *parts.Box
	lines []contextLine
}

type contextLine struct {
	headBack     *parts.Box
	headRule     *parts.Box
	headIcon     *parts.Icon
	head         *parts.Text
	headNote     *parts.Text
	headMark     *parts.Text
	rule, edge   *parts.Box
	tag          *parts.Box
	tagWord      *parts.Text
	dot          *parts.Box
	name, server *parts.Text
	glyph        *parts.Icon
	word         *parts.Text
	note         *parts.Para
	mark         *parts.Toggle
	ask, more    *parts.Button
}

func newContextCards(act func(verb, kubeContext string), mark func(string), menu func(string, fyne.Position)) *contextCards {
	c := &contextCards{act: act, mark: mark, menu: menu}
	c.box = c.d.Box(parts.Bg, parts.Border, 8)
	c.ExtendBaseWidget(c)
	return c
}

func (c *contextCards) set(cards []contextCard) {
	c.cards = cards
	for len(c.lines) < len(cards) {
		i := len(c.lines)
		l := contextLine{
			headBack: c.d.Box(parts.None, parts.None, 0), headRule: c.d.Box(parts.None, parts.None, 0), headIcon: c.d.Icon("", parts.Text3),
			head: c.d.Text(parts.MonoSmall, parts.Text2).CutMiddle(), headNote: c.d.Text(parts.Caption, parts.Text3),
			headMark: c.d.Text(parts.Caption, parts.Text3).Right(),
			mark:     parts.NewToggle("", func(bool) { c.mark(c.cards[i].name) }),
			rule:     c.d.Box(parts.None, parts.None, 0), edge: c.d.Box(parts.None, parts.None, 0),
			tag: c.d.Box(parts.None, parts.None, 3), tagWord: c.d.Text(parts.Badge, parts.Red), dot: c.d.Box(parts.None, parts.None, 3),
			name: c.d.Text(parts.Name, parts.Fg), server: c.d.Text(parts.Caption, parts.Text3),
			glyph: c.d.Glyph("", parts.Green, parts.Bg), word: c.d.Text(parts.Word, parts.Fg),
			note: parts.NewPara(parts.Caption, parts.Text3),
			ask:  parts.NewButton("", lang.L("Check"), "activity", parts.Plain, nil),
			more: parts.NewButton("", "", "ellipsis", parts.Ghost, nil),
		}
		l.ask.Small = true
		l.ask.OnTap = func() { c.act(c.cards[i].act.key, c.cards[i].name) }
		l.more.Small = true
		l.more.OnTap = func() {
			at := fyne.CurrentApp().Driver().AbsolutePositionForObject(l.more)
			c.menu(c.cards[i].name, at.AddXY(0, 28))
		}
		l.mark.Tip = lang.L("Production: a red edge, and tunnels ask before they start")
		l.more.Tip = lang.L("What can be done with this context")
		c.d.Add(l.note)
		c.d.Add(l.mark)
		c.d.Add(l.ask)
		c.d.Add(l.more)
		c.lines = append(c.lines, l)
	}
	c.Refresh()
}

const (
	contextRow  = 50
	contextHead = 32
	noteSides   = 38 + 24
	markRoom    = 60  // of the switch for production
	markFrom    = 620 // the list's width from which the switches are shown
)

func (c *contextCards) noteWidth(w float32) float32 {
	used := float32(24 + 138)
	if w >= markFrom {
		used += markRoom
	}
	return max(w*0.56-used, 60)
}

// headHeight is how high the head above a context is; 0 for none.
func (k contextCard) headHeight() float32 {
	if k.head == "" {
		return 0
	}
	return contextHead
}

// noteBelow says whether a note has to go below the row, where it has all of
// its width: beside the buttons there is one line.
func (c *contextCards) noteBelow(i int, w float32) bool {
	return parts.Caption.Width(c.cards[i].note) > c.noteWidth(w)
}

func (c *contextCards) rowHeight(i int, w float32) float32 {
	if !c.noteBelow(i, w) {
		return contextRow
	}
	c.lines[i].note.SetText(c.cards[i].note)
	return contextRow + c.lines[i].note.Fit(w-noteSides) + 4
}

// Fit returns the height that is needed.
func (c *contextCards) Fit(w float32) float32 {
	var h float32
	for i := range c.cards {
		h += c.cards[i].headHeight() + c.rowHeight(i, w)
	}
	return h
}

// CreateRenderer implements [fyne.Widget].
func (c *contextCards) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(c.layout, func() fyne.Size { return fyne.NewSize(200, 0) }, c)
}

func (c *contextCards) layout(s fyne.Size) {
	c.box.Place(0, 0, s.Width, s.Height)
	parts.Show(c.box.C, len(c.cards) > 0)
	var y float32
	for i, l := range c.lines {
		if i >= len(c.cards) {
			l.put(contextCard{}, 0, s.Width, 60, false)
			continue
		}
		h := c.rowHeight(i, s.Width)
		l.putHead(c.cards[i], y, s.Width, i == 0)
		y += c.cards[i].headHeight()
		l.put(c.cards[i], y, s.Width, c.noteWidth(s.Width), c.noteBelow(i, s.Width))
		rule := parts.Border
		if i == 0 && c.cards[i].head == "" {
			rule = parts.None
		}
		l.rule.Set(rule, parts.None)
		l.rule.Place(1, y, s.Width-2, 1)
		edge := parts.None
		if c.cards[i].production {
			edge = parts.Production
		}
		l.edge.Set(edge, parts.None)
		l.edge.Place(1, y+1, 4, h-2)
		y += h
	}
}

// putHead puts the name of a file above its first context.
func (l contextLine) putHead(k contextCard, y, w float32, first bool) {
	ground, rule, icon, mark := parts.None, parts.None, "", ""
	if k.head != "" {
		ground, icon = parts.Surface, "file-text"
	}
	if k.head != "" && !first {
		rule = parts.Border
	}
	l.headRule.Set(rule, parts.None)
	l.headRule.Place(1, y, w-2, 1)
	if first && k.head != "" && k.menu && w >= markFrom {
		mark = lang.L("Production")
	}
	l.headBack.C.CornerRadius = 0
	if first {
		l.headBack.C.CornerRadius = 7
	}
	l.headBack.Set(ground, parts.None)
	l.headBack.Place(1, y+1, w-2, contextHead-1)
	l.headIcon.Set(icon, parts.Text3)
	l.headIcon.Place(14, y+16, 14)
	l.head.SetText(k.head)
	used := l.head.Place(38, y+16, w*0.55)
	l.headNote.SetText(k.headNote)
	l.headNote.Place(38+used+10, y+16, w*0.25)
	l.headMark.SetText(mark)
	l.headMark.Place(w-42, y+16, 120)
}

func (l contextLine) put(k contextCard, y, w, noteWidth float32, below bool) {
	dot := k.dot
	if dot == "" {
		dot = parts.None
		l.rule.Set(parts.None, parts.None)
	}
	l.dot.Set(dot, parts.None)
	l.dot.Place(16, y+20, 10, 10)
	mid := floor(w * 0.44)
	l.name.SetText(k.name)
	word, room := "", mid-50
	if k.production {
		word = production()
		room -= parts.Badge.Width(word) + 18
	}
	line := y + 17
	if k.server == "" { // nothing stands below the name
		line = y + 25
	}
	used := l.name.Place(38, line, room)
	l.placeTag(word, 38+used+8, line)
	l.server.SetText(k.server)
	l.server.Place(38, y+34, mid-50)
	l.glyph.Set(k.glyph, k.colour)
	at := y + 25
	if k.note != "" && !below {
		at = y + 17
	}
	l.glyph.Place(mid, at, 15)
	l.word.Set(k.word, parts.Fg)
	l.word.Place(mid+24, at, noteWidth)
	l.note.SetText(k.note)
	if below {
		parts.Put(l.note, 38, y+46, w-noteSides, l.note.Fit(w-noteSides))
	} else {
		parts.Put(l.note, mid+24, y+27, noteWidth, l.note.Fit(noteWidth))
	}
	l.ask.Mark = "ask:" + k.name
	l.ask.Set(k.act.text, "")
	parts.Show(l.ask, k.act.key != "")
	right := w - 14
	l.more.Mark = "more:" + k.name
	parts.Show(l.more, k.menu)
	if k.menu {
		right -= 22
		parts.Put(l.more, right, y+12, 26, 26)
		right -= 6
	}
	l.mark.Mark = "production:" + k.name
	l.mark.Set(k.production)
	parts.Show(l.mark, k.menu && w >= markFrom)
	if l.mark.Visible() {
		right -= parts.SwitchWidth
		parts.Put(l.mark, right-6, y+15, parts.SwitchWidth, 20)
		right -= 22
	}
	bw := l.ask.MinSize().Width
	parts.Put(l.ask, right-bw, y+12, bw, 26)
}

// placeTag puts a word on a tint behind the name.
func (l contextLine) placeTag(word string, x, yc float32) {
	tint := parts.None
	if word != "" {
		tint = parts.RedTint
	}
	w := parts.Badge.Width(word)
	l.tag.Set(tint, parts.None)
	l.tag.Place(x, yc-8, w+10, 16)
	l.tagWord.SetText(word)
	l.tagWord.Place(x+5, yc, w)
}
