package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// callout is a sentence on a tint: an error with what to do, or a warning. What was
// said at first may be one click away.
type callout struct {
	widget.BaseWidget
	// grown is called when the height that is needed has changed by a click; nil
	// where nobody cares.
	grown func()

	d      parts.Drawing
	box    *parts.Box
	icon   *parts.Icon
	para   *parts.Para
	copier *parts.Button
	more   *parts.Button
	said   *selectable
	text   string
	raw    string
	open   bool // raw is shown
}

func newCallout(mark string, copyText func(string)) *callout {
	c := &callout{para: parts.NewPara(parts.Secondary, parts.Fg)}
	c.para.Mark = mark
	c.box = c.d.Box(parts.RedTint, parts.RedLine, 8)
	c.icon = c.d.Icon("", parts.Red)
	c.d.Add(c.para)
	if copyText != nil {
		c.copier = parts.NewButton(mark+"/copy", "", "copy", parts.Ghost, func() { copyText(c.whole()) })
		c.copier.Tip = lang.L("Copy this text")
		c.copier.Small = true
		c.d.Add(c.copier)
	}
	c.more = parts.NewButton(mark+"/more", "", "", parts.Link, c.toggle)
	c.more.Small = true
	c.more.Hide()
	c.d.Add(c.more)
	c.ExtendBaseWidget(c)
	c.Hide()
	return c
}

// error shows trouble; warning shows advice. An empty text leaves nothing.
func (c *callout) error(text string) {
	c.set(text, "circle-alert", parts.Red, parts.RedTint, parts.RedLine)
}

func (c *callout) warning(text string) {
	c.set(text, "triangle-alert", parts.Amber, parts.AmberTint, parts.AmberLine)
}

func (c *callout) set(text, icon string, colour, tint, line fyne.ThemeColorName) {
	if c.text == text {
		return
	}
	c.text = text
	c.para.Set(text, parts.Fg)
	if text == "" {
		icon = ""
	}
	c.icon.Set(icon, colour)
	c.box.Set(tint, line)
	parts.Show(c, text != "")
	c.Refresh()
}

// setRaw gives what was said at first; empty for nothing.
func (c *callout) setRaw(raw string) {
	if c.raw == raw {
		return
	}
	c.raw, c.open = raw, false
	c.unfold()
}

func (c *callout) toggle() {
	c.open = !c.open
	c.unfold()
	if c.grown != nil {
		c.grown()
	}
}

// unfold shows or hides what was said.
func (c *callout) unfold() {
	label := lang.L("Show the original message")
	if c.open {
		label = lang.L("Hide the original message")
	}
	c.more.Set(label, "")
	parts.Show(c.more, c.raw != "")
	if c.open && c.said == nil {
		c.said = newSelectable(c.para.Mark + "/raw")
		c.d.Add(c.said)
	}
	if c.said != nil {
		c.said.set(c.raw)
		parts.Show(c.said, c.open)
	}
	c.Refresh()
}

// whole is all that there is to copy.
func (c *callout) whole() string {
	if c.raw == "" {
		return c.text
	}
	return c.text + "\n" + c.raw
}

// Fit returns the height that is needed; 0 while there is nothing to say.
func (c *callout) Fit(w float32) float32 {
	if c.text == "" {
		return 0
	}
	return max(c.arrange(w, false), 36)
}

// arrange returns the height that is needed for a width and, with place, puts
// everything where it belongs.
func (c *callout) arrange(w float32, place bool) float32 {
	put := func(o fyne.CanvasObject, x, y, w, h float32) {
		if place {
			parts.Put(o, x, y, w, h)
		}
	}
	h := c.para.Fit(c.room(w))
	put(c.para, 36, 10, c.room(w), h)
	y := 10 + h
	if c.raw != "" {
		bw := min(c.more.MinSize().Width, c.room(w)+6)
		put(c.more, 30, y, bw, buttonLow)
		y += buttonLow
	}
	if c.open && c.said != nil {
		said := c.said.Fit(w - 36 - 12)
		put(c.said, 36, y+2, w-36-12, said)
		y += said + 2
	}
	if c.raw != "" && !c.open {
		return y + 4
	}
	return y + 10
}

func (c *callout) room(w float32) float32 {
	if c.copier != nil {
		return w - 36 - 36
	}
	return w - 36 - 12
}

// CreateRenderer implements [fyne.Widget].
func (c *callout) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(func(s fyne.Size) {
		c.box.Place(0, 0, s.Width, s.Height)
		c.icon.Place(12, 18, 15)
		c.arrange(s.Width, true)
		if c.copier != nil {
			parts.Put(c.copier, s.Width-32, 5, 26, 26)
		}
	}, func() fyne.Size { return fyne.NewSize(100, 0) }, c)
}
