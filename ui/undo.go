package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

const undoHeight = 40

// undoBar says what was done and takes it back on a click.
type undoBar struct {
	widget.BaseWidget
	back func()
	turn int // counts the offers, so that an old timer ends only its own

	d          parts.Drawing
	ground     *parts.Box
	rule       *parts.Box
	icon       *parts.Icon
	text       *parts.Text
	undo       *parts.Button
	closer     *parts.Button
	onWithdraw func()
}

func newUndoBar(changed func()) *undoBar {
	u := &undoBar{onWithdraw: changed}
	u.ground = u.d.Box(parts.Sunken, parts.None, 0)
	u.rule = u.d.Box(parts.Border, parts.None, 0)
	u.icon = u.d.Icon("trash-2", parts.Text3)
	u.text = u.d.Text(parts.Body, parts.Fg)
	u.undo = parts.NewButton("undo", lang.L("Undo"), "", parts.Plain, func() {
		back := u.back
		u.withdraw(u.turn)
		u.onWithdraw()
		if back != nil {
			back()
		}
	})
	u.undo.Small = true
	u.closer = parts.NewButton("undo/close", "", "x", parts.Ghost, func() {
		u.withdraw(u.turn)
		u.onWithdraw()
	})
	u.closer.Tip = lang.L("Hide")
	u.d.Add(u.undo)
	u.d.Add(u.closer)
	u.ExtendBaseWidget(u)
	u.Hide()
	return u
}

// offer shows the bar and returns what withdraw wants.
func (u *undoBar) offer(icon, text string, back func()) (turn int) {
	u.turn++
	u.back = back
	u.icon.Set(icon, parts.Text3)
	u.text.SetText(text)
	u.Show()
	u.Refresh()
	return u.turn
}

// withdraw hides the bar, unless a later offer has taken its place.
func (u *undoBar) withdraw(turn int) bool {
	if u.turn != turn || !u.Visible() {
		return false
	}
	u.back = nil
	u.Hide()
	return true
}

// CreateRenderer implements [fyne.Widget].
func (u *undoBar) CreateRenderer() fyne.WidgetRenderer {
	return u.d.Renderer(func(s fyne.Size) {
		u.ground.Place(0, 0, s.Width, s.Height)
		u.rule.Place(0, 0, s.Width, 1)
		u.icon.Place(16, s.Height/2, 15)
		w := u.undo.MinSize().Width
		used := u.text.Place(40, floor(s.Height/2), s.Width-40-w-70)
		parts.Put(u.undo, 40+used+14, 7, w, 26)
		parts.Put(u.closer, s.Width-42, 5, 30, 30)
	}, func() fyne.Size { return fyne.NewSize(200, undoHeight) }, u)
}

// Box returns the mark and the text, for those who drive the window.
func (u *undoBar) Box() (mark, text string) { return "undo-bar", u.text.String() }

// undoOffered does what the bar offers, if it offers something.
func (a *App) undoOffered() {
	if a.undo.Visible() {
		a.undo.undo.Tapped(nil)
	}
}
