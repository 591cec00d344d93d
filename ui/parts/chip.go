package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Pill is a short word on a tint, for widgets that draw themselves.
type Pill struct {
	box  *Box
	text *Text
}

// Pill makes a pill.
func (d *Drawing) Pill() *Pill { return &Pill{box: d.Box(None, None, 8), text: d.Text(Badge, Accent)} }

// Set changes word and colours; an empty word hides the pill.
func (p *Pill) Set(s string, colour, tint fyne.ThemeColorName) {
	p.text.Set(s, colour)
	if s == "" {
		tint = None
	}
	p.box.Set(tint, None)
}

// Width returns how wide the pill is; 0 when hidden.
func (p *Pill) Width() float32 {
	if p.text.full == "" {
		return 0
	}
	return p.text.Width() + 12
}

// Place puts the pill with its left edge at x and its vertical centre at yc.
func (p *Pill) Place(x, yc float32) {
	w := p.Width()
	p.box.Place(x, yc-8, w, 16)
	p.text.Place(x+6, yc, max(w-12, 0))
}

// Chip is a pill to tap: a port that can be taken, or the part of a sentence.
type Chip struct {
	widget.BaseWidget
	Mark  string
	OnTap func()

	label   string
	on      bool
	hover   bool
	focused bool

	d    Drawing
	ring *Box
	box  *Box
	img  *Icon
	text *Text
}

// NewChip returns a chip; without tap it is only to be read.
func NewChip(mark, label string, tap func()) *Chip {
	c := &Chip{Mark: mark, OnTap: tap, label: label}
	c.ring = c.d.Box(None, None, 9)
	c.box = c.d.Box(GreyTint, None, 6)
	c.img = c.d.Icon("", Text2)
	c.text = c.d.Text(MonoChip, Fg)
	c.ExtendBaseWidget(c)
	return c
}

// Set changes the label and whether the chip is taken.
func (c *Chip) Set(label string, on bool) {
	if c.label != label || c.on != on {
		c.label, c.on = label, on
		c.Refresh()
	}
}

// Label returns the label.
func (c *Chip) Label() string { return c.label }

// On says whether the chip is taken.
func (c *Chip) On() bool { return c.on }

// CreateRenderer implements [fyne.Widget].
func (c *Chip) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(c.layout, c.size, c)
}

func (c *Chip) size() fyne.Size {
	w := MonoChip.Width(c.label) + 18
	if c.OnTap != nil {
		w += 17
	}
	return fyne.NewSize(w, 24)
}

func (c *Chip) layout(s fyne.Size) {
	c.ring.Set(None, None)
	if c.focused {
		c.ring.Set(None, Accent)
		c.ring.Stroke(2)
	}
	c.ring.Place(-3, -3, s.Width+6, s.Height+6)
	fill, line, fg, icon := GreyTint, None, Fg, ""
	if c.OnTap != nil {
		icon, line = "plus", Border
		if c.on {
			fill, line, fg, icon = Selected, None, Accent, "check"
		}
		if c.hover {
			line = BorderStrong
		}
	}
	c.box.Set(fill, line)
	c.box.Place(0, 0, s.Width, s.Height)
	x := float32(9)
	c.img.Set(icon, fg)
	c.img.Place(x-2, s.Height/2, 13)
	if icon != "" {
		x += 15
	}
	c.text.Set(c.label, fg)
	c.text.Place(x, floor(s.Height/2), s.Width-x-7)
}

// Tapped implements [fyne.Tappable].
func (c *Chip) Tapped(*fyne.PointEvent) {
	defer Catch()
	if c.OnTap != nil {
		c.OnTap()
	}
}

// MouseIn implements [desktop.Hoverable].
func (c *Chip) MouseIn(*desktop.MouseEvent) {
	defer Catch()
	c.hover = true
	c.Refresh()
}

// MouseMoved implements [desktop.Hoverable].
func (c *Chip) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (c *Chip) MouseOut() {
	defer Catch()
	c.hover = false
	c.Refresh()
}

// Cursor implements [desktop.Cursorable].
func (c *Chip) Cursor() desktop.Cursor {
	if c.OnTap == nil {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// FocusGained implements [fyne.Focusable].
func (c *Chip) FocusGained() {
	defer Catch()
	c.focused = true
	c.Refresh()
}

// FocusLost implements [fyne.Focusable].
func (c *Chip) FocusLost() {
	defer Catch()
	c.focused = false
	c.Refresh()
}

// TypedRune implements [fyne.Focusable].
func (c *Chip) TypedRune(rune) {}

// TypedKey implements [fyne.Focusable].
func (c *Chip) TypedKey(e *fyne.KeyEvent) {
	defer Catch()
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.Tapped(nil)
	default:
		PassKey(c, e)
	}
}

// Disable implements [fyne.Disableable], which keeps chips that are only to be
// read out of the order of the Tab key.
func (c *Chip) Disable() {}

// Enable implements [fyne.Disableable].
func (c *Chip) Enable() {}

// Disabled implements [fyne.Disableable].
func (c *Chip) Disabled() bool { return c.OnTap == nil }

// Box returns the mark and the label, for those who drive the window.
func (c *Chip) Box() (mark, text string) { return c.Mark, c.label }
