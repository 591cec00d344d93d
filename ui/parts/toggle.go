package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Size of a switch.
const (
	SwitchWidth  = 28
	SwitchHeight = 16
)

// Switch is the drawing of a toggle, for widgets that handle their own taps.
type Switch struct {
	track *Box
	knob  *Dot
	on    bool
	x, yc float32
}

// Switch makes a switch.
func (d *Drawing) Switch() *Switch {
	return &Switch{track: d.Box(TrackOff, None, SwitchHeight/2), knob: d.Dot(SwitchOff)}
}

// Set turns it on or off.
func (s *Switch) Set(on bool) {
	s.on = on
	track, knob := TrackOff, SwitchOff
	if on {
		track, knob = TrackOn, SwitchOn
	}
	s.track.Set(track, None)
	s.knob.Set(knob)
	s.put()
}

// Place puts it with its left edge at x and its vertical centre at yc.
func (s *Switch) Place(x, yc float32) {
	s.x, s.yc = x, yc
	s.put()
}

// Show shows or hides it.
func (s *Switch) Show(on bool) { Show(s.track.C, on); Show(s.knob.C, on) }

func (s *Switch) put() {
	s.track.Place(s.x, s.yc-SwitchHeight/2, SwitchWidth, SwitchHeight)
	x := s.x + 2
	if s.on {
		x = s.x + 14
	}
	s.knob.Place(x, s.yc-6, 12)
}

// Toggle is a switch of its own.
type Toggle struct {
	widget.BaseWidget
	Mark string
	Tip  string // shown while the pointer rests on it
	// OnTap is called with what the user wants it to be; the toggle itself
	// changes only by Set.
	OnTap func(on bool)

	on, focused bool
	d           Drawing
	ring        *Box
	sw          *Switch
}

// NewToggle returns a toggle that is off.
func NewToggle(mark string, tap func(on bool)) *Toggle {
	t := &Toggle{Mark: mark, OnTap: tap}
	t.ExtendBaseWidget(t)
	return t
}

// Set turns it on or off.
func (t *Toggle) Set(on bool) {
	if t.on != on {
		t.on = on
		t.Refresh()
	}
}

// On says whether it is on.
func (t *Toggle) On() bool { return t.on }

// CreateRenderer implements [fyne.Widget].
func (t *Toggle) CreateRenderer() fyne.WidgetRenderer {
	t.d.Clear()
	t.ring = t.d.Box(None, None, 12)
	t.sw = t.d.Switch()
	return t.d.Renderer(func(s fyne.Size) {
		t.ring.Set(None, None)
		if t.focused {
			t.ring.Set(None, Accent)
			t.ring.Stroke(2)
		}
		y := floor(s.Height / 2)
		t.ring.Place(-4, y-12, SwitchWidth+8, 24)
		t.sw.Set(t.on)
		t.sw.Place(0, y)
	}, func() fyne.Size { return fyne.NewSize(SwitchWidth, SwitchHeight+4) }, t)
}

// Tapped implements [fyne.Tappable].
func (t *Toggle) Tapped(*fyne.PointEvent) {
	defer Catch()
	TipGone(t)
	if t.OnTap != nil {
		t.OnTap(!t.on)
	}
}

// Cursor implements [desktop.Cursorable].
func (t *Toggle) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements [fyne.Focusable].
func (t *Toggle) FocusGained() {
	defer Catch()
	t.focused = true
	t.Refresh()
	TipFocused(t)
}

// FocusLost implements [fyne.Focusable].
func (t *Toggle) FocusLost() {
	defer Catch()
	t.focused = false
	t.Refresh()
	TipGone(t)
}

// TypedRune implements [fyne.Focusable].
func (t *Toggle) TypedRune(r rune) {
	defer Catch()
	PassRune(t, r)
}

// TypedKey implements [fyne.Focusable].
func (t *Toggle) TypedKey(e *fyne.KeyEvent) {
	defer Catch()
	TipGone(t)
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		if t.Visible() { // the toolkit leaves the focus to what is hidden
			t.Tapped(nil)
		}
	default:
		PassKey(t, e)
	}
}

// MouseIn implements [desktop.Hoverable].
func (t *Toggle) MouseIn(e *desktop.MouseEvent) {
	defer Catch()
	TipMoved(t, e)
}

// MouseMoved implements [desktop.Hoverable].
func (t *Toggle) MouseMoved(e *desktop.MouseEvent) {
	defer Catch()
	TipMoved(t, e)
}

// MouseOut implements [desktop.Hoverable].
func (t *Toggle) MouseOut() {
	defer Catch()
	TipGone(t)
}

// TipAt implements [Tipped].
func (t *Toggle) TipAt(fyne.Position) (text string, ok bool) { return t.Tip, t.Tip != "" }

// Box returns the mark and the state, for those who drive the window.
func (t *Toggle) Box() (mark, text string) {
	if t.on {
		return t.Mark, "on"
	}
	return t.Mark, "off"
}
