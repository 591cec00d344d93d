package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// callout is a sentence on a tint: an error with what to do, or a warning.
type callout struct {
	widget.BaseWidget
	d      parts.Drawing
	box    *parts.Box
	icon   *parts.Icon
	para   *parts.Para
	copier *parts.Button
	text   string
}

func newCallout(mark string, copyText func(string)) *callout {
	c := &callout{para: parts.NewPara(parts.Secondary, parts.Fg)}
	c.para.Mark = mark
	c.box = c.d.Box(parts.RedTint, parts.RedLine, 8)
	c.icon = c.d.Icon("", parts.Red)
	c.d.Add(c.para)
	if copyText != nil {
		c.copier = parts.NewButton(mark+"/copy", "", "copy", parts.Ghost, func() { copyText(c.text) })
		c.copier.Small = true
		c.d.Add(c.copier)
	}
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

// Fit returns the height that is needed; 0 while there is nothing to say.
func (c *callout) Fit(w float32) float32 {
	if c.text == "" {
		return 0
	}
	return max(c.para.Fit(c.room(w))+20, 36)
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
		h := c.para.Fit(c.room(s.Width))
		parts.Put(c.para, 36, 10, c.room(s.Width), h)
		if c.copier != nil {
			parts.Put(c.copier, s.Width-32, 5, 26, 26)
		}
	}, func() fyne.Size { return fyne.NewSize(100, 0) }, c)
}
