package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// keySheet lists the keys of the window.
type keySheet struct {
	widget.BaseWidget
	*sheetFrame
	d      parts.Drawing
	list   *bindingList
	scroll *container.Scroll
	done   *parts.Button
}

// showKeys opens the sheet of keys.
func (a *App) showKeys() {
	s := &keySheet{list: newBindingList(a.keys)}
	s.sheetFrame = newSheetFrame(&s.d, "keys")
	s.title.SetText(lang.L("Keys"))
	s.scroll = container.NewVScroll(s.list)
	s.done = parts.NewButton("keys/done", lang.L("Close"), "", parts.Plain, nil)
	for _, o := range []fyne.CanvasObject{s.closer, s.scroll, s.done} {
		s.d.Add(o)
	}
	s.ExtendBaseWidget(s)
	o := parts.NewOverlay(a.window.Canvas(), s, true, func(win fyne.Size) (x, y, w, h float32) {
		return middle(win, 560, sheetTop+s.list.MinSize().Height+24+sheetFoot)
	})
	s.closer.OnTap, s.done.OnTap = o.Close, o.Close
	o.Open()
	parts.Focus(s.done)
}

// CreateRenderer implements [fyne.Widget].
func (s *keySheet) CreateRenderer() fyne.WidgetRenderer {
	return s.d.Renderer(func(z fyne.Size) {
		body := s.layout(z, sheetTop, s.done)
		parts.Put(s.scroll, 0, body.y, z.Width, body.h)
	}, func() fyne.Size { return fyne.NewSize(300, 200) }, s)
}

// bindingList draws bindings below each other.
type bindingList struct {
	widget.BaseWidget
	d     parts.Drawing
	heads []*parts.Text
	texts []*parts.Text
	keys  [][]keyCap
	items []binding
}

// keyCap is one key, as a key looks.
type keyCap struct {
	box  *parts.Box
	text *parts.Text
}

const (
	keyRow  = 30
	keyHead = 26
	keyGap  = 8
)

func newBindingList(items []binding) *bindingList {
	items = slices.DeleteFunc(slices.Clone(items), func(b binding) bool { return b.unlisted })
	l := &bindingList{items: items}
	for _, b := range items {
		head, text := l.d.Text(parts.Label, parts.Text3), l.d.Text(parts.Body, parts.Fg)
		head.SetText(b.head)
		text.SetText(b.text)
		l.heads, l.texts = append(l.heads, head), append(l.texts, text)
		var caps []keyCap
		for _, word := range b.caps() {
			c := keyCap{l.d.Box(parts.Sunken, parts.Border, 5), l.d.Text(parts.SmallWord, parts.Text2)}
			c.text.SetText(word)
			caps = append(caps, c)
		}
		l.keys = append(l.keys, caps)
	}
	l.ExtendBaseWidget(l)
	return l
}

// caps are the words on the keys of a binding.
func (b binding) caps() []string {
	out := make([]string, len(b.keys))
	for i, k := range b.keys {
		out[i] = k.String()
	}
	if b.span {
		return []string{out[0] + " … " + keyName(b.keys[len(b.keys)-1].key)}
	}
	return out
}

// CreateRenderer implements [fyne.Widget].
func (l *bindingList) CreateRenderer() fyne.WidgetRenderer {
	return l.d.Renderer(func(s fyne.Size) { l.place(s.Width) }, func() fyne.Size { return fyne.NewSize(200, l.height()) }, l)
}

// height is how high the lines are together.
func (l *bindingList) height() float32 {
	h := float32(10)
	for i, b := range l.items {
		h += keyRow
		if b.head != "" {
			h += keyHead
		}
		if b.head != "" && i > 0 {
			h += keyGap
		}
	}
	return h
}

// place puts the lines.
func (l *bindingList) place(w float32) {
	y := float32(10)
	for i, b := range l.items {
		if b.head != "" {
			if i > 0 {
				y += keyGap
			}
			l.heads[i].Place(24, y+12, max(w-48, 0))
			y += keyHead
		}
		right := w - 24
		for n := len(l.keys[i]) - 1; n >= 0; n-- {
			c := l.keys[i][n]
			kw := max(c.text.Width()+14, 24)
			right -= kw
			c.box.Place(right, y+4, kw, 22)
			c.text.Place(right+floor((kw-c.text.Width())/2), y+15, kw)
			right -= 6
		}
		l.texts[i].Place(24, y+15, max(right-24-8, 0))
		y += keyRow
	}
}

// Box returns the mark and the first key's text, for those who drive the window.
func (l *bindingList) Box() (mark, text string) {
	for _, b := range l.items {
		for _, word := range b.caps() {
			text += word + " "
		}
		text += b.text + "\n"
	}
	return "keys/list", text
}
