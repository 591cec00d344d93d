package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// profileLine is one profile of the rail: its name and how many of its tunnels run.
// Below the mouse the number gives way to the button of its menu.
type profileLine struct {
	widget.BaseWidget
	list    *profileList
	view    profileView
	focused bool // the keys are at it
	target  bool // what is dragged would land here
	hover   bool
	onMenu  bool // the mouse is over the button

	d            parts.Drawing
	back, ring   *parts.Box
	veil         *parts.Box
	img, more    *parts.Icon
	name, number *parts.Text
}

var (
	_ fyne.Tappable          = (*profileLine)(nil)
	_ fyne.SecondaryTappable = (*profileLine)(nil)
	_ desktop.Hoverable      = (*profileLine)(nil)
	_ parts.Tipped           = (*profileLine)(nil)
)

func newProfileLine(list *profileList) *profileLine {
	l := &profileLine{list: list}
	l.back = l.d.Box(parts.None, parts.None, 6)
	l.ring = l.d.Box(parts.None, parts.None, 6)
	l.veil = l.d.Box(parts.None, parts.None, 5)
	l.img = l.d.Icon("", parts.Text2)
	l.name = l.d.Text(parts.Body, parts.Text2)
	l.number = l.d.Text(parts.Secondary, parts.Text3).Right()
	l.more = l.d.Icon("", parts.Text2)
	l.ExtendBaseWidget(l)
	return l
}

func (l *profileLine) set(v profileView, focused, target bool) {
	if l.view != v || l.focused != focused || l.target != target {
		l.view, l.focused, l.target = v, focused, target
		l.Refresh()
	}
}

// CreateRenderer implements [fyne.Widget].
func (l *profileLine) CreateRenderer() fyne.WidgetRenderer {
	return l.d.Renderer(l.layout, func() fyne.Size { return fyne.NewSize(26, profileLineHeight) }, l)
}

// menuRoom is how wide the end of a line is that opens its menu.
const menuRoom = 30

func (l *profileLine) layout(s fyne.Size) {
	ground, fg, ic := parts.None, parts.Text2, parts.Text2
	switch {
	case l.view.chosen || l.target:
		ground, fg, ic = parts.Selected, parts.Fg, parts.Accent
	case l.hover:
		ground = parts.Veil
	}
	if l.view.alert() {
		ic = parts.Red
	}
	l.back.Set(ground, parts.None)
	l.back.Place(0, 0, s.Width, s.Height)
	l.ring.Set(parts.None, parts.None)
	if l.focused || l.target {
		l.ring.Set(parts.None, parts.Accent)
		l.ring.Stroke(2)
	}
	l.ring.Place(0, 0, s.Width, s.Height)
	l.img.Set(l.view.icon(), ic)
	l.img.Place(8, s.Height/2, 15)
	yc := floor(s.Height / 2)
	number, more, veil := l.view.count(), "", parts.None
	if (l.hover || l.focused) && !l.target {
		number, more = "", "ellipsis"
	}
	if l.hover && l.onMenu {
		veil = parts.Veil
	}
	l.veil.Set(veil, parts.None)
	l.veil.Place(s.Width-menuRoom+2, 2, menuRoom-4, s.Height-4)
	l.more.Set(more, parts.Text2)
	l.more.Place(s.Width-23, s.Height/2, 15)
	l.number.SetText(number)
	room := s.Width - 31 - menuRoom - 4
	if number != "" {
		room = s.Width - 31 - 9 - l.number.Width() - 8
	}
	l.number.Place(s.Width-9, yc, 80)
	l.name.Set(l.view.name, fg)
	l.name.Place(31, yc, room)
}

func (l *profileLine) overMenu(p fyne.Position) bool { return p.X >= l.Size().Width-menuRoom }

// Tapped implements [fyne.Tappable].
func (l *profileLine) Tapped(e *fyne.PointEvent) {
	defer parts.Catch()
	parts.TipGone(l)
	if l.overMenu(e.Position) {
		l.list.act.menu(l.view.id, e.AbsolutePosition)
		return
	}
	l.list.act.tap(l.view.id)
}

// TappedSecondary implements [fyne.SecondaryTappable].
func (l *profileLine) TappedSecondary(e *fyne.PointEvent) {
	defer parts.Catch()
	parts.TipGone(l)
	l.list.act.menu(l.view.id, e.AbsolutePosition)
}

// MouseIn implements [desktop.Hoverable].
func (l *profileLine) MouseIn(e *desktop.MouseEvent) {
	defer parts.Catch()
	l.MouseMoved(e)
}

// MouseMoved implements [desktop.Hoverable].
func (l *profileLine) MouseMoved(e *desktop.MouseEvent) {
	defer parts.Catch()
	if on := l.overMenu(e.Position); !l.hover || l.onMenu != on {
		l.hover, l.onMenu = true, on
		l.Refresh()
	}
	parts.TipMoved(l, e)
}

// MouseOut implements [desktop.Hoverable].
func (l *profileLine) MouseOut() {
	defer parts.Catch()
	l.hover, l.onMenu = false, false
	l.Refresh()
	parts.TipGone(l)
}

// Cursor implements [desktop.Cursorable].
func (l *profileLine) Cursor() desktop.Cursor { return desktop.PointerCursor }

// TipAt implements [parts.Tipped].
func (l *profileLine) TipAt(p fyne.Position) (text string, ok bool) {
	if l.overMenu(p) {
		return lang.L("What can be done with this profile"), true
	}
	return l.view.tip(), true
}

// Spots returns the line and its button with their names, for those who drive the
// window.
func (l *profileLine) Spots() []spot {
	s, base := l.Size(), "profile:"+l.view.id
	return []spot{
		{mark: base, text: l.view.name + " " + l.view.count(), box: rect{0, 0, s.Width - menuRoom, s.Height}},
		{mark: base + "/menu", box: rect{s.Width - menuRoom, 0, menuRoom, s.Height}},
	}
}
