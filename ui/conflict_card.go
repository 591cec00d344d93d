package ui

import (
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// conflictCard says who has a tunnel's local port and offers the ways out.
type conflictCard struct {
	widget.BaseWidget
	act  func(key string)
	view conflictView

	d          parts.Drawing
	box        *parts.Box
	icon       *parts.Icon
	head, note *parts.Para
	path       *parts.Para
	buttons    []*parts.Button
}

// Measures of the card.
const (
	conflictLeft = 38 // of the text: the glyph is before it
	conflictPad  = 14
)

func newConflictCard(act func(key string)) *conflictCard {
	c := &conflictCard{
		act: act, head: parts.NewPara(parts.Name, parts.Fg), note: parts.NewPara(parts.Secondary, parts.Text2),
		path: parts.NewPara(parts.MonoSmall, parts.Text2),
	}
	c.head.Mark, c.path.Mark, c.note.Mark = "conflict", "conflict/path", "conflict/note"
	c.box = c.d.Box(parts.Raised, parts.RedLine, 8)
	c.icon = c.d.Icon("", parts.Red)
	for _, p := range []*parts.Para{c.head, c.path, c.note} {
		c.d.Add(p)
	}
	for i := range 3 {
		b := parts.NewButton("", "", "", parts.Plain, func() {
			if i < len(c.view.verbs) {
				c.act(c.view.verbs[i].key)
			}
		})
		b.Small = true
		b.Hide()
		c.buttons = append(c.buttons, b)
		c.d.Add(b)
	}
	c.ExtendBaseWidget(c)
	c.Hide()
	return c
}

func (c *conflictCard) set(v conflictView) {
	if reflect.DeepEqual(c.view, v) {
		return
	}
	c.view = v
	line, icon := parts.RedLine, parts.Red
	if v.calm {
		line, icon = parts.Border, parts.Accent
	}
	c.box.Set(parts.Raised, line)
	glyph := "plug"
	if v.head == "" {
		glyph = ""
	}
	c.icon.Set(glyph, icon)
	c.head.SetText(v.head)
	c.path.SetText(v.path)
	c.note.SetText(v.note)
	for i, b := range c.buttons {
		parts.Show(b, i < len(v.verbs))
		if i < len(v.verbs) {
			b.Kind = parts.Plain
			if i == 0 && !v.calm {
				b.Kind = parts.Main
			}
			b.Mark = "conflict:" + v.verbs[i].key
			b.Tip = verbTip(v.verbs[i].key)
			b.Set(v.verbs[i].text, v.verbs[i].icon)
			b.SetEnabled(v.ready || !needsPort(v.verbs[i].key))
			b.Refresh() // for its kind
		}
	}
	parts.Show(c, v.head != "")
	c.Refresh()
}

// verbTip says in full what a verb of the card does.
func verbTip(key string) string {
	switch key {
	case verbUsePort:
		return lang.L("Until the tunnel is stopped; what is saved stays")
	case verbSavePort:
		return lang.L("Changes the tunnel; you can undo it")
	case verbWaitPort:
		return lang.L("The tunnel takes the port as soon as it is free")
	}
	return ""
}

// needsPort says whether a verb cannot be done before a free port is known.
func needsPort(key string) bool { return key == verbUsePort || key == verbSavePort }

// Fit returns the height that is needed; 0 while there is no conflict.
func (c *conflictCard) Fit(w float32) float32 {
	if c.view.head == "" {
		return 0
	}
	return c.arrange(w, false)
}

// arrange returns the height that is needed for a width and, with place, puts
// everything where it belongs.
func (c *conflictCard) arrange(w float32, place bool) float32 {
	room := w - conflictLeft - conflictPad
	y := float32(conflictPad - 2)
	for _, p := range []*parts.Para{c.head, c.path, c.note} {
		h := p.Fit(room)
		if place {
			parts.Put(p, conflictLeft, y, room, h)
		}
		if h > 0 {
			y += h + 2
		}
	}
	shown := c.buttons[:min(len(c.view.verbs), len(c.buttons))]
	return flowButtons(shown, conflictLeft, y+buttonGap-2, room, place) + conflictPad
}

// CreateRenderer implements [fyne.Widget].
func (c *conflictCard) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(func(s fyne.Size) {
		c.box.Place(0, 0, s.Width, s.Height)
		c.icon.Place(14, 21, 15)
		c.arrange(s.Width, true)
	}, func() fyne.Size { return fyne.NewSize(100, 0) }, c)
}
