package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Check is a box to tick with words behind it, 30 units high.
type Check struct {
	widget.BaseWidget
	Mark string
	// OnTap is called with what the user wants it to be; the check itself changes
	// only by Set.
	OnTap func(on bool)
	// OnFocus is told when the keyboard comes; it may be nil.
	OnFocus func()

	label          string
	on             bool
	hover, focused bool
	d              Drawing
	ring, box      *Box
	tick           *Icon
	text           *Text
}

var (
	_ fyne.Tappable      = (*Check)(nil)
	_ fyne.Focusable     = (*Check)(nil)
	_ desktop.Hoverable  = (*Check)(nil)
	_ desktop.Cursorable = (*Check)(nil)
	_ Tipped             = (*Check)(nil)
)

// NewCheck returns a check that is off.
func NewCheck(mark, label string, tap func(on bool)) *Check {
	c := &Check{Mark: mark, label: label, OnTap: tap}
	c.ring = c.d.Box(None, None, 6)
	c.box = c.d.Box(Raised, BorderStrong, 4)
	c.tick = c.d.Icon("", OnPrimary)
	c.text = c.d.Text(Body, Fg)
	c.ExtendBaseWidget(c)
	return c
}

// Set turns it on or off.
func (c *Check) Set(on bool) {
	if c.on != on {
		c.on = on
		c.Refresh()
	}
}

// On says whether it is on.
func (c *Check) On() bool { return c.on }

// CreateRenderer implements [fyne.Widget].
func (c *Check) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(c.layout, func() fyne.Size { return fyne.NewSize(26+c.text.Width(), 30) }, c)
}

func (c *Check) layout(s fyne.Size) {
	const side = 16
	y := floor((s.Height - side) / 2)
	c.ring.Set(None, None)
	if c.focused {
		c.ring.Set(None, Accent)
		c.ring.Stroke(2)
	}
	c.ring.Place(-3, y-3, side+6, side+6)
	fill, line, tick := Raised, BorderStrong, ""
	switch {
	case c.on:
		fill, line, tick = Primary, None, "check"
	case c.hover:
		fill = Hover
	}
	c.box.Set(fill, line)
	c.box.Place(0, y, side, side)
	c.tick.Set(tick, OnPrimary)
	c.tick.Place(2, s.Height/2, 12)
	c.text.SetText(c.label)
	c.text.Place(side+10, floor(s.Height/2), s.Width-side-10)
}

// Tapped implements [fyne.Tappable].
func (c *Check) Tapped(*fyne.PointEvent) {
	defer Catch()
	TipGone(c)
	if c.OnTap != nil {
		c.OnTap(!c.on)
	}
}

// MouseIn implements [desktop.Hoverable].
func (c *Check) MouseIn(e *desktop.MouseEvent) {
	defer Catch()
	c.hover = true
	c.Refresh()
	TipMoved(c, e)
}

// MouseMoved implements [desktop.Hoverable].
func (c *Check) MouseMoved(e *desktop.MouseEvent) {
	defer Catch()
	TipMoved(c, e)
}

// MouseOut implements [desktop.Hoverable].
func (c *Check) MouseOut() {
	defer Catch()
	c.hover = false
	c.Refresh()
	TipGone(c)
}

// Cursor implements [desktop.Cursorable].
func (c *Check) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements [fyne.Focusable].
func (c *Check) FocusGained() {
	defer Catch()
	c.focused = true
	c.Refresh()
	if c.OnFocus != nil {
		c.OnFocus()
	}
}

// FocusLost implements [fyne.Focusable].
func (c *Check) FocusLost() {
	defer Catch()
	c.focused = false
	c.Refresh()
	TipGone(c)
}

// TypedRune implements [fyne.Focusable].
func (c *Check) TypedRune(r rune) {
	defer Catch()
	PassRune(c, r)
}

// TypedKey implements [fyne.Focusable].
func (c *Check) TypedKey(e *fyne.KeyEvent) {
	defer Catch()
	switch e.Name {
	case fyne.KeySpace:
		if c.Visible() { // the toolkit leaves the focus to what is hidden
			c.Tapped(nil)
		}
	default:
		PassKey(c, e)
	}
}

// TipAt implements [Tipped]: where there is little room the words are cut.
func (c *Check) TipAt(fyne.Position) (text string, ok bool) { return c.label, c.text.Cut() }

// Box returns the mark and the state, for those who drive the window.
func (c *Check) Box() (mark, text string) {
	if c.on {
		return c.Mark, "on"
	}
	return c.Mark, "off"
}
