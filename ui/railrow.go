package ui

import (
	"fmt"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// railRow is one line of the rail, or one icon of the strip.
type railRow struct {
	widget.BaseWidget
	mark, text, icon  string
	tip               string // of a row without text
	tap               func()
	n                 int
	counted           bool
	chosen, alert     bool
	hover, focused    bool
	d                 parts.Drawing
	back, ring, badge *parts.Box
	img               *parts.Icon
	label, number     *parts.Text
	badgeText         *parts.Text
}

func newRailRow(mark, text, icon string, tap func()) *railRow {
	r := &railRow{mark: mark, text: text, icon: icon, tap: tap}
	r.back = r.d.Box(parts.None, parts.None, 6)
	r.ring = r.d.Box(parts.None, parts.None, 6)
	r.img = r.d.Icon(icon, parts.Text2)
	r.label = r.d.Text(parts.Body, parts.Text2)
	r.number = r.d.Text(parts.Secondary, parts.Text3).Right()
	r.badge = r.d.Box(parts.None, parts.None, 7)
	r.badgeText = r.d.Text(parts.Badge, parts.OnPrimary)
	r.ExtendBaseWidget(r)
	return r
}

func (r *railRow) set(n int, chosen, alert bool) {
	if r.counted && r.n == n && r.chosen == chosen && r.alert == alert {
		return
	}
	r.counted, r.n, r.chosen, r.alert = true, n, chosen, alert
	r.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (r *railRow) CreateRenderer() fyne.WidgetRenderer {
	return r.d.Renderer(r.layout, func() fyne.Size { return fyne.NewSize(26, 26) }, r)
}

func (r *railRow) layout(s fyne.Size) {
	ground, fg, ic := parts.None, parts.Text2, parts.Text2
	switch {
	case r.chosen:
		ground, fg, ic = parts.Selected, parts.Fg, parts.Accent
	case r.hover:
		ground = parts.Veil
	}
	if r.alert {
		ic = parts.Red
	}
	r.back.Set(ground, parts.None)
	r.back.Place(0, 0, s.Width, s.Height)
	r.ring.Set(parts.None, parts.None)
	if r.focused {
		r.ring.Set(parts.None, parts.Accent)
		r.ring.Stroke(2)
	}
	r.ring.Place(0, 0, s.Width, s.Height)
	r.img.Set(r.icon, ic)
	if s.Width < 60 {
		r.layoutIcon(s)
		return
	}
	yc := floor(s.Height / 2)
	r.img.Place(8, s.Height/2, 15)
	r.label.Set(r.text, fg)
	r.label.Place(31, yc, s.Width-70)
	number := ""
	if r.counted {
		number = fmt.Sprint(r.n)
	}
	r.number.SetText(number)
	r.number.Place(s.Width-9, yc, 40)
	r.badge.Set(parts.None, parts.None)
	r.badgeText.SetText("")
}

func (r *railRow) layoutIcon(s fyne.Size) {
	r.img.Place((s.Width-16)/2, s.Height/2, 16)
	r.label.SetText("")
	r.number.SetText("")
	fill, text := parts.None, ""
	if r.alert {
		fill, text = parts.Red, fmt.Sprint(r.n)
	}
	w := max(parts.Badge.Width(text)+6, 14)
	r.badge.Set(fill, parts.None)
	r.badge.Place(s.Width-w+2, 0, w, 14)
	r.badgeText.Set(text, parts.Bg)
	r.badgeText.Place(s.Width-w+2+floor((w-parts.Badge.Width(text))/2), 7, w)
}

// Tapped implements [fyne.Tappable].
func (r *railRow) Tapped(*fyne.PointEvent) {
	defer parts.Catch()
	parts.TipGone(r)
	r.tap()
}

// MouseIn implements [desktop.Hoverable].
func (r *railRow) MouseIn(e *desktop.MouseEvent) {
	defer parts.Catch()
	r.hover = true
	r.Refresh()
	parts.TipMoved(r, e)
}

// MouseMoved implements [desktop.Hoverable].
func (r *railRow) MouseMoved(e *desktop.MouseEvent) {
	defer parts.Catch()
	parts.TipMoved(r, e)
}

// MouseOut implements [desktop.Hoverable].
func (r *railRow) MouseOut() {
	defer parts.Catch()
	r.hover = false
	r.Refresh()
	parts.TipGone(r)
}

// Cursor implements [desktop.Cursorable].
func (r *railRow) Cursor() desktop.Cursor { return desktop.PointerCursor }

// FocusGained implements [fyne.Focusable].
func (r *railRow) FocusGained() {
	defer parts.Catch()
	r.focused = true
	r.Refresh()
	parts.TipFocused(r)
}

// FocusLost implements [fyne.Focusable].
func (r *railRow) FocusLost() {
	defer parts.Catch()
	r.focused = false
	r.Refresh()
	parts.TipGone(r)
}

// TypedRune implements [fyne.Focusable].
func (r *railRow) TypedRune(c rune) {
	defer parts.Catch()
	parts.PassRune(r, c)
}

// TypedKey implements [fyne.Focusable].
func (r *railRow) TypedKey(e *fyne.KeyEvent) {
	defer parts.Catch()
	parts.TipGone(r)
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		r.tap()
	default:
		parts.PassKey(r, e)
	}
}

// TipAt implements [parts.Tipped]: as an icon the row shows no words.
func (r *railRow) TipAt(fyne.Position) (text string, ok bool) {
	switch {
	case r.tip != "":
		return r.tip, true
	case r.Size().Width >= 60:
		return r.text, r.label.Cut()
	case r.counted:
		return r.text + " · " + fmt.Sprint(r.n), true
	}
	return r.text, true
}

// Box returns the mark and the count, for those who drive the window.
func (r *railRow) Box() (mark, text string) {
	if r.counted {
		return r.mark, fmt.Sprint(r.n)
	}
	return r.mark, r.text
}
