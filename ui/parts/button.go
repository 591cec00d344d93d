package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Kind is how loud a button is.
type Kind uint8

// The kinds of buttons.
const (
	Plain Kind = iota // outlined
	Main              // the one that goes on
	Ghost             // without an outline, as for icons
	Link              // text in the accent's colour
	Tag               // a quiet word on a tint, 22 units high
)

// Button is a button of 30 units' height, or 26 when Small.
type Button struct {
	widget.BaseWidget
	Mark  string // its name for those who drive the window from outside
	Kind  Kind
	Small bool
	Tip   string // what it does in full, shown while the pointer rests on it
	OnTap func()

	label, icon             string
	tint                    fyne.ThemeColorName // of label and icon; empty for the kind's own
	disabled                bool
	hover, pressed, focused bool

	d    Drawing
	ring *Box
	box  *Box
	veil *Box
	img  *Icon
	text *Text
}

var (
	_ desktop.Hoverable  = (*Button)(nil)
	_ desktop.Mouseable  = (*Button)(nil)
	_ desktop.Cursorable = (*Button)(nil)
	_ fyne.Focusable     = (*Button)(nil)
	_ fyne.Disableable   = (*Button)(nil)
	_ Tipped             = (*Button)(nil)
)

// NewButton returns a button; label or icon may be empty.
func NewButton(mark, label, icon string, kind Kind, tap func()) *Button {
	b := &Button{Mark: mark, Kind: kind, OnTap: tap, label: label, icon: icon}
	b.ExtendBaseWidget(b)
	return b
}

// Set changes label and icon.
func (b *Button) Set(label, icon string) {
	if b.label != label || b.icon != icon {
		b.label, b.icon = label, icon
		b.Refresh()
	}
}

// Tint gives label and icon a colour of their own.
func (b *Button) Tint(c fyne.ThemeColorName) {
	if b.tint != c {
		b.tint = c
		b.Refresh()
	}
}

// Label returns the label.
func (b *Button) Label() string { return b.label }

// CreateRenderer implements [fyne.Widget].
func (b *Button) CreateRenderer() fyne.WidgetRenderer {
	b.d.Clear()
	b.ring = b.d.Box(None, None, 9)
	b.box = b.d.Box(None, None, 6)
	b.veil = b.d.Box(None, None, 6)
	b.img = b.d.Icon("", Fg)
	b.text = b.d.Text(Word, Fg)
	return b.d.Renderer(b.layout, b.min, b)
}

func (b *Button) sizes() (face Face, height, pad, icon float32) {
	if b.Kind == Tag {
		return Caption, 22, 8, 12
	}
	if b.Small {
		return SmallWord, 26, 9, 14
	}
	return Word, 30, 11, 15
}

func (b *Button) min() fyne.Size {
	face, h, pad, icon := b.sizes()
	if b.label == "" {
		return fyne.NewSize(h, h)
	}
	if b.Kind == Ghost || b.Kind == Link {
		pad = 6
	}
	w := face.Width(b.label) + 2*pad
	if b.icon != "" {
		w += icon + 6
	}
	return fyne.NewSize(w, h)
}

func (b *Button) colours() (fill, line, fg, ic fyne.ThemeColorName) {
	switch b.Kind {
	case Main:
		fill, line, fg, ic = Primary, None, OnPrimary, OnPrimary
	case Ghost:
		fill, line, fg, ic = None, None, Text2, Text2
	case Tag:
		fill, line, fg, ic = GreyTint, None, Text2, Text2
	case Link:
		fill, line, fg, ic = None, None, Accent, Accent
	default:
		fill, line, fg, ic = Raised, BorderStrong, Fg, Text2
	}
	if b.tint != "" {
		fg, ic = b.tint, b.tint
	}
	if b.disabled {
		fg, ic = Disabled, Disabled
		if fill != None {
			fill, line = Sunken, Border
		}
	}
	return fill, line, fg, ic
}

func (b *Button) layout(s fyne.Size) {
	face, h, pad, icon := b.sizes()
	fill, line, fg, ic := b.colours()
	y := floor((s.Height - h) / 2)
	b.ring.Set(None, None)
	if b.focused {
		b.ring.Set(None, Accent)
		b.ring.Stroke(2)
	}
	b.ring.Place(-3, y-3, s.Width+6, h+6)
	b.box.Set(fill, line)
	b.box.Place(0, y, s.Width, h)
	veil := None
	if !b.disabled && b.hover {
		veil = Veil
		if b.pressed {
			veil = Press
		}
	}
	b.veil.Set(veil, None)
	b.veil.Place(0, y, s.Width, h)

	b.img.Set(b.icon, ic)
	b.text.SetFace(face)
	b.text.Set(b.label, fg)
	yc := floor(s.Height / 2)
	if b.label == "" {
		b.img.Place((s.Width-icon)/2, s.Height/2, icon)
		return
	}
	room := s.Width - 2*pad
	if b.Kind == Ghost || b.Kind == Link {
		room = s.Width - 12
	}
	used := min(b.text.Width(), room)
	if b.icon != "" {
		used = min(b.text.Width()+icon+6, room)
	}
	x := floor((s.Width - used) / 2)
	if b.icon != "" {
		b.img.Place(x, s.Height/2, icon)
		x += icon + 6
		used -= icon + 6
	}
	b.text.Place(x, yc, used)
}

// Tapped implements [fyne.Tappable].
func (b *Button) Tapped(*fyne.PointEvent) {
	defer Catch()
	if !b.disabled && b.OnTap != nil {
		b.OnTap()
	}
}

// MouseIn implements [desktop.Hoverable].
func (b *Button) MouseIn(e *desktop.MouseEvent) {
	defer Catch()
	b.hover = true
	b.Refresh()
	TipMoved(b, e)
}

// MouseMoved implements [desktop.Hoverable].
func (b *Button) MouseMoved(e *desktop.MouseEvent) {
	defer Catch()
	TipMoved(b, e)
}

// MouseOut implements [desktop.Hoverable].
func (b *Button) MouseOut() {
	defer Catch()
	b.hover, b.pressed = false, false
	b.Refresh()
	TipGone(b)
}

// MouseDown implements [desktop.Mouseable].
func (b *Button) MouseDown(*desktop.MouseEvent) {
	defer Catch()
	b.pressed = true
	b.Refresh()
	TipGone(b)
}

// MouseUp implements [desktop.Mouseable].
func (b *Button) MouseUp(*desktop.MouseEvent) {
	defer Catch()
	b.pressed = false
	b.Refresh()
}

// Cursor implements [desktop.Cursorable].
func (b *Button) Cursor() desktop.Cursor {
	if b.disabled {
		return desktop.DefaultCursor
	}
	return desktop.PointerCursor
}

// FocusGained implements [fyne.Focusable].
func (b *Button) FocusGained() {
	defer Catch()
	b.focused = true
	b.Refresh()
	TipFocused(b)
}

// FocusLost implements [fyne.Focusable].
func (b *Button) FocusLost() {
	defer Catch()
	b.focused = false
	b.Refresh()
	TipGone(b)
}

// TypedRune implements [fyne.Focusable].
func (b *Button) TypedRune(r rune) {
	defer Catch()
	PassRune(b, r)
}

// TypedKey implements [fyne.Focusable].
func (b *Button) TypedKey(e *fyne.KeyEvent) {
	defer Catch()
	TipGone(b)
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		if b.Visible() { // the toolkit leaves the focus to what is hidden
			b.Tapped(nil)
		}
	default:
		PassKey(b, e)
	}
}

// Enable implements [fyne.Disableable].
func (b *Button) Enable() { b.setDisabled(false) }

// Disable implements [fyne.Disableable].
func (b *Button) Disable() { b.setDisabled(true) }

// Disabled implements [fyne.Disableable].
func (b *Button) Disabled() bool { return b.disabled }

// SetEnabled enables or disables.
func (b *Button) SetEnabled(on bool) { b.setDisabled(!on) }

func (b *Button) setDisabled(d bool) {
	if b.disabled != d {
		b.disabled = d
		b.Refresh()
	}
}

// TipAt implements [Tipped].
func (b *Button) TipAt(fyne.Position) (text string, ok bool) { return b.Tip, b.Tip != "" }

// Box returns the mark and the label, for those who drive the window.
func (b *Button) Box() (mark, text string) { return b.Mark, b.label }
