package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// actionCard is a large button of the first run: an icon, what it does, and a
// line about it.
type actionCard struct {
	widget.BaseWidget
	mark, icon     string
	tap            func()
	hover, pressed bool
	focused        bool

	d         parts.Drawing
	box, veil *parts.Box
	img       *parts.Icon
	key       *parts.Text
	title     *parts.Para
	text      *parts.Para
}

var (
	_ fyne.Focusable    = (*actionCard)(nil)
	_ fyne.Tappable     = (*actionCard)(nil)
	_ desktop.Hoverable = (*actionCard)(nil)
)

func newActionCard(mark, title, text, icon, key string, tap func()) *actionCard {
	c := &actionCard{mark: mark, icon: icon, tap: tap}
	c.box = c.d.Box(parts.Raised, parts.BorderStrong, 8)
	c.veil = c.d.Box(parts.None, parts.None, 8)
	c.img = c.d.Icon(icon, parts.Accent)
	c.key = c.d.Text(parts.Caption, parts.Text3).Right()
	c.key.SetText(key)
	c.title = parts.NewPara(parts.Name, parts.Fg)
	c.title.SetText(title)
	c.text = parts.NewPara(parts.Secondary, parts.Text2)
	c.text.SetText(text)
	c.d.Add(c.title)
	c.d.Add(c.text)
	c.ExtendBaseWidget(c)
	return c
}

// Fit returns the height that is needed.
func (c *actionCard) Fit(w float32) float32 { return 44 + c.title.Fit(w-32) + c.text.Fit(w-32) + 12 }

// CreateRenderer implements [fyne.Widget].
func (c *actionCard) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(c.layout, func() fyne.Size { return fyne.NewSize(120, 92) }, c)
}

func (c *actionCard) layout(s fyne.Size) {
	line, stroke := parts.BorderStrong, float32(1)
	if c.focused {
		line, stroke = parts.Accent, 2
	}
	c.box.Set(parts.Raised, line)
	c.box.Stroke(stroke)
	c.box.Place(0, 0, s.Width, s.Height)
	veil := parts.None
	switch {
	case c.hover && c.pressed:
		veil = parts.Press
	case c.hover:
		veil = parts.Veil
	}
	c.veil.Set(veil, parts.None)
	c.veil.Place(0, 0, s.Width, s.Height)
	c.img.Place(16, 24, 18)
	c.key.Place(s.Width-14, 24, s.Width-60)
	h := c.title.Fit(s.Width - 32)
	parts.Put(c.title, 16, 42, s.Width-32, h)
	parts.Put(c.text, 16, 42+h, s.Width-32, c.text.Fit(s.Width-32))
}

// Tapped implements [fyne.Tappable].
func (c *actionCard) Tapped(*fyne.PointEvent) {
	defer parts.Catch()
	c.tap()
}

// MouseIn implements [desktop.Hoverable].
func (c *actionCard) MouseIn(*desktop.MouseEvent) {
	defer parts.Catch()
	c.hover = true
	c.Refresh()
}

// MouseMoved implements [desktop.Hoverable].
func (c *actionCard) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (c *actionCard) MouseOut() {
	defer parts.Catch()
	c.hover, c.pressed = false, false
	c.Refresh()
}

// MouseDown implements [desktop.Mouseable].
func (c *actionCard) MouseDown(*desktop.MouseEvent) {
	defer parts.Catch()
	c.pressed = true
	c.Refresh()
}

// MouseUp implements [desktop.Mouseable].
func (c *actionCard) MouseUp(*desktop.MouseEvent) {
	defer parts.Catch()
	c.pressed = false
	c.Refresh()
}

// Cursor implements [desktop.Cursorable].
func (c *actionCard) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements [fyne.Focusable].
func (c *actionCard) FocusGained() {
	defer parts.Catch()
	c.focused = true
	c.Refresh()
}

// FocusLost implements [fyne.Focusable].
func (c *actionCard) FocusLost() {
	defer parts.Catch()
	c.focused = false
	c.Refresh()
}

// TypedRune implements [fyne.Focusable].
func (c *actionCard) TypedRune(r rune) {
	defer parts.Catch()
	parts.PassRune(c, r)
}

// TypedKey implements [fyne.Focusable].
func (c *actionCard) TypedKey(e *fyne.KeyEvent) {
	defer parts.Catch()
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		c.tap()
	default:
		parts.PassKey(c, e)
	}
}

// Box returns the mark and the title, for those who drive the window.
func (c *actionCard) Box() (mark, text string) { return c.mark, c.title.Text() }
