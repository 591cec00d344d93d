package ui

import (
	"strconv"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// stateButton is a state and how many tunnels are in it.
type stateButton struct {
	widget.BaseWidget
	tap            func(tunnels.State)
	count          stateCount
	short, on      bool
	hover, focused bool

	d          parts.Drawing
	back, ring *parts.Box
	glyph      *parts.Icon
	word       *parts.Text
}

var (
	_ parts.Tipped      = (*stateButton)(nil)
	_ fyne.Focusable    = (*stateButton)(nil)
	_ fyne.Tappable     = (*stateButton)(nil)
	_ desktop.Hoverable = (*stateButton)(nil)
)

func newStateButton(tap func(tunnels.State)) *stateButton {
	b := &stateButton{tap: tap}
	b.back, b.ring = b.d.Box(parts.None, parts.None, 5), b.d.Box(parts.None, parts.None, 5)
	b.glyph = b.d.Glyph("", parts.Green, parts.Surface)
	b.word = b.d.Text(parts.Secondary, parts.Text2)
	b.ExtendBaseWidget(b)
	return b
}

func (b *stateButton) set(c stateCount, short, on bool) {
	if b.count != c || b.short != short || b.on != on {
		b.count, b.short, b.on = c, short, on
		b.Refresh()
	}
}

// text is the count with its word, or alone.
func (b *stateButton) text() string {
	if b.short {
		return strconv.Itoa(b.count.n)
	}
	return b.count.text
}

// CreateRenderer implements [fyne.Widget].
func (b *stateButton) CreateRenderer() fyne.WidgetRenderer {
	return b.d.Renderer(b.layout, func() fyne.Size { return fyne.NewSize(34+parts.Secondary.Width(b.text()), stripHeight-5) }, b)
}

func (b *stateButton) layout(s fyne.Size) {
	ground, ring, fg := parts.None, parts.None, parts.Text2
	switch {
	case b.on:
		ground, fg = parts.Selected, parts.Fg
	case b.hover:
		ground = parts.Veil
	}
	if b.focused {
		ring = parts.Accent
	}
	b.back.Set(ground, parts.None)
	b.back.Place(0, 0, s.Width, s.Height)
	b.ring.Set(parts.None, ring)
	if b.focused {
		b.ring.Stroke(2)
	}
	b.ring.Place(0, 0, s.Width, s.Height)
	look := lookOf(b.count.state)
	yc := floor(s.Height / 2)
	b.glyph.Set(look.glyph, look.colour)
	b.glyph.Place(8, yc, 12)
	b.word.Set(b.text(), fg)
	b.word.Place(26, yc, max(s.Width-26, 0))
}

// Tapped implements [fyne.Tappable].
func (b *stateButton) Tapped(*fyne.PointEvent) {
	defer parts.Catch()
	parts.TipGone(b)
	b.tap(b.count.state)
}

// MouseIn implements [desktop.Hoverable].
func (b *stateButton) MouseIn(e *desktop.MouseEvent) {
	defer parts.Catch()
	b.hover = true
	b.Refresh()
	parts.TipMoved(b, e)
}

// MouseMoved implements [desktop.Hoverable].
func (b *stateButton) MouseMoved(e *desktop.MouseEvent) {
	defer parts.Catch()
	parts.TipMoved(b, e)
}

// MouseOut implements [desktop.Hoverable].
func (b *stateButton) MouseOut() {
	defer parts.Catch()
	b.hover = false
	b.Refresh()
	parts.TipGone(b)
}

// Cursor implements [desktop.Cursorable].
func (b *stateButton) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements [fyne.Focusable].
func (b *stateButton) FocusGained() {
	defer parts.Catch()
	b.focused = true
	b.Refresh()
	parts.TipFocused(b)
}

// FocusLost implements [fyne.Focusable].
func (b *stateButton) FocusLost() {
	defer parts.Catch()
	b.focused = false
	b.Refresh()
	parts.TipGone(b)
}

// TypedRune implements [fyne.Focusable].
func (b *stateButton) TypedRune(r rune) {
	defer parts.Catch()
	parts.PassRune(b, r)
}

// TypedKey implements [fyne.Focusable].
func (b *stateButton) TypedKey(e *fyne.KeyEvent) {
	defer parts.Catch()
	parts.TipGone(b)
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		b.tap(b.count.state)
	default:
		parts.PassKey(b, e)
	}
}

// TipAt implements [parts.Tipped].
func (b *stateButton) TipAt(fyne.Position) (text string, ok bool) {
	if b.on {
		return lang.L("Show all tunnels again"), true
	}
	return lang.L("{{.N}}: show only these", vars{"N": b.count.text}), true
}

// Box returns the mark and the text, for those who drive the window.
func (b *stateButton) Box() (mark, text string) { return "status:" + b.count.state.String(), b.text() }
