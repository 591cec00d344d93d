package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// tagChips are the tags of the rail; a tap on one shows its tunnels only.
type tagChips struct {
	widget.BaseWidget
	tap    func(string)
	tags   []tagCount
	chosen string

	d     parts.Drawing
	chips []*parts.Button
}

const (
	tagHeight = 24
	tagGap    = 4
)

func newTagChips(tap func(string)) *tagChips {
	c := &tagChips{tap: tap}
	c.ExtendBaseWidget(c)
	return c
}

func (c *tagChips) set(tags []tagCount, chosen string) {
	if slices.Equal(c.tags, tags) && c.chosen == chosen {
		return
	}
	c.tags, c.chosen = tags, chosen
	for len(c.chips) < len(tags) {
		i := len(c.chips)
		b := parts.NewButton("", "", "", parts.Tag, func() { c.tap(c.tags[i].tag) })
		c.chips = append(c.chips, b)
		c.d.Add(b)
	}
	for i, b := range c.chips {
		parts.Show(b, i < len(tags))
		if i >= len(tags) {
			continue
		}
		b.Mark = "tag:" + tags[i].tag
		icon, tint := "", fyne.ThemeColorName("")
		if tags[i].tag == chosen {
			icon, tint = "check", parts.Accent
		}
		b.Set(tags[i].tag, icon)
		b.Tint(tint)
		b.Tip = plural(tags[i].n, "{{.N}} tunnel has the tag “{{.Tag}}”", "{{.N}} tunnels have the tag “{{.Tag}}”", vars{"Tag": tags[i].tag})
	}
	c.Refresh()
}

// Fit returns the height that is needed.
func (c *tagChips) Fit(w float32) float32 { return c.place(w) }

// place puts the chips in lines and returns how high they are.
func (c *tagChips) place(w float32) float32 {
	if len(c.tags) == 0 {
		return 0
	}
	var x, y float32
	for i := range c.tags {
		cw := min(c.chips[i].MinSize().Width, w)
		if x > 0 && x+cw > w {
			x = 0
			y += tagHeight + tagGap
		}
		parts.Put(c.chips[i], x, y, cw, tagHeight)
		x += cw + tagGap
	}
	return y + tagHeight
}

// CreateRenderer implements [fyne.Widget].
func (c *tagChips) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(func(s fyne.Size) { c.place(s.Width) }, func() fyne.Size { return fyne.NewSize(40, 0) }, c)
}
