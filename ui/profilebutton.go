package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

const profileButtonWidth = 168

// profileButton shows the profile that the window is narrowed to and opens the list
// of all.
type profileButton struct {
	widget.BaseWidget
	open  func(at fyne.Position)
	name  string
	icon  string
	alert bool // something in the profile needs the user
	tip   string

	hover, pressed, focused bool
	d                       parts.Drawing
	ring, box, veil         *parts.Box
	img, chevron            *parts.Icon
	text                    *parts.Text
}

var (
	_ fyne.Tappable     = (*profileButton)(nil)
	_ fyne.Focusable    = (*profileButton)(nil)
	_ desktop.Hoverable = (*profileButton)(nil)
	_ desktop.Mouseable = (*profileButton)(nil)
	_ parts.Tipped      = (*profileButton)(nil)
)

func newProfileButton(open func(at fyne.Position)) *profileButton {
	b := &profileButton{open: open, icon: "bookmark"}
	b.ring = b.d.Box(parts.None, parts.None, 9)
	b.box = b.d.Box(parts.Raised, parts.BorderStrong, 6)
	b.veil = b.d.Box(parts.None, parts.None, 6)
	b.img = b.d.Icon("", parts.Text2)
	b.text = b.d.Text(parts.Word, parts.Fg)
	b.chevron = b.d.Icon("chevron-down", parts.Text3)
	b.ExtendBaseWidget(b)
	return b
}

// set shows a profile; one without a name is all of them.
func (b *profileButton) set(name, icon string, alert bool, tip string) {
	if b.name != name || b.icon != icon || b.alert != alert || b.tip != tip {
		b.name, b.icon, b.alert, b.tip = name, icon, alert, tip
		b.Refresh()
	}
}

// applyProfiles shows the chosen profile, and that Start all and Stop all are for it.
func (t *topBar) applyProfiles(views []profileView, all tally) {
	name, icon, tip := "", "bookmark", lang.L("All profiles")+" · "+profileView{total: all.total, running: all.running}.sentence()
	alert := false
	start, stop := lang.L("Start all tunnels"), lang.L("Stop all tunnels")
	for _, v := range views {
		if v.chosen {
			name, icon, alert, tip = v.name, v.icon(), v.alert(), v.tip()
			data := vars{"Profile": v.name}
			start, stop = lang.L("Start all tunnels of {{.Profile}}", data), lang.L("Stop all tunnels of {{.Profile}}", data)
		}
	}
	t.startAll.Tip, t.stopAll.Tip = start, stop
	t.profile.set(name, icon, alert, tip)
	if choosing := len(views) > 0 || all.total > 0; t.choosing != choosing {
		t.choosing = choosing
		t.Refresh()
	}
}

// CreateRenderer implements [fyne.Widget].
func (b *profileButton) CreateRenderer() fyne.WidgetRenderer {
	return b.d.Renderer(b.layout, func() fyne.Size { return fyne.NewSize(80, 30) }, b)
}

func (b *profileButton) layout(s fyne.Size) {
	b.ring.Set(parts.None, parts.None)
	if b.focused {
		b.ring.Set(parts.None, parts.Accent)
		b.ring.Stroke(2)
	}
	b.ring.Place(-3, -3, s.Width+6, s.Height+6)
	b.box.Place(0, 0, s.Width, s.Height)
	veil := parts.None
	switch {
	case b.hover && b.pressed:
		veil = parts.Press
	case b.hover:
		veil = parts.Veil
	}
	b.veil.Set(veil, parts.None)
	b.veil.Place(0, 0, s.Width, s.Height)
	colour := parts.Text2
	if b.alert {
		colour = parts.Red
	}
	b.img.Set(b.icon, colour)
	b.img.Place(10, s.Height/2, 15)
	b.text.SetText(b.word())
	b.text.Place(33, floor(s.Height/2), s.Width-33-28)
	b.chevron.Place(s.Width-23, s.Height/2, 14)
}

// word is what stands on the button.
func (b *profileButton) word() string {
	if b.name == "" {
		return lang.L("All profiles")
	}
	return b.name
}

// Tapped implements [fyne.Tappable].
func (b *profileButton) Tapped(*fyne.PointEvent) {
	defer parts.Catch()
	parts.TipGone(b)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(b)
	b.open(at.AddXY(0, b.Size().Height+4))
}

// MouseIn implements [desktop.Hoverable].
func (b *profileButton) MouseIn(e *desktop.MouseEvent) {
	defer parts.Catch()
	b.hover = true
	b.Refresh()
	parts.TipMoved(b, e)
}

// MouseMoved implements [desktop.Hoverable].
func (b *profileButton) MouseMoved(e *desktop.MouseEvent) {
	defer parts.Catch()
	parts.TipMoved(b, e)
}

// MouseOut implements [desktop.Hoverable].
func (b *profileButton) MouseOut() {
	defer parts.Catch()
	b.hover, b.pressed = false, false
	b.Refresh()
	parts.TipGone(b)
}

// MouseDown implements [desktop.Mouseable].
func (b *profileButton) MouseDown(*desktop.MouseEvent) {
	defer parts.Catch()
	b.pressed = true
	b.Refresh()
}

// MouseUp implements [desktop.Mouseable].
func (b *profileButton) MouseUp(*desktop.MouseEvent) {
	defer parts.Catch()
	b.pressed = false
	b.Refresh()
}

// Cursor implements [desktop.Cursorable].
func (b *profileButton) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements [fyne.Focusable].
func (b *profileButton) FocusGained() {
	defer parts.Catch()
	b.focused = true
	b.Refresh()
	parts.TipFocused(b)
}

// FocusLost implements [fyne.Focusable].
func (b *profileButton) FocusLost() {
	defer parts.Catch()
	b.focused = false
	b.Refresh()
	parts.TipGone(b)
}

// TypedRune implements [fyne.Focusable].
func (b *profileButton) TypedRune(r rune) {
	defer parts.Catch()
	parts.PassRune(b, r)
}

// TypedKey implements [fyne.Focusable].
func (b *profileButton) TypedKey(e *fyne.KeyEvent) {
	defer parts.Catch()
	parts.TipGone(b)
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter, fyne.KeyDown:
		if b.Visible() { // the toolkit leaves the focus to what is hidden
			b.Tapped(nil)
		}
	default:
		parts.PassKey(b, e)
	}
}

// TipAt implements [parts.Tipped].
func (b *profileButton) TipAt(fyne.Position) (text string, ok bool) { return b.tip, b.tip != "" }

// Box returns the mark and the word, for those who drive the window.
func (b *profileButton) Box() (mark, text string) { return "profiles", b.word() }
