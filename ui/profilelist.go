package ui

import (
	"iter"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"

	"culvert/ui/parts"
)

// profileActions are what the profiles of the rail ask of the app.
type profileActions struct {
	tap    func(id string)
	menu   func(id string, at fyne.Position)
	rename func(id string)
	remove func(id string)
	add    func()
	choose func(at fyne.Position) // opens the list of all of them
	key    func(*fyne.KeyEvent)
}

// profileList are the profiles of the rail. It is one stop of the Tab key; the arrow
// keys go from line to line.
type profileList struct {
	parts.Rows
	act     profileActions
	views   []profileView
	cursor  int
	focused bool
	target  string // the profile in which what is dragged would land
}

const profileLineHeight = 26

func newProfileList(act profileActions) *profileList {
	l := &profileList{act: act}
	l.Init(l, func() fyne.CanvasObject { return newProfileLine(l) }, func(i int, o fyne.CanvasObject) {
		v := l.views[i]
		o.(*profileLine).set(v, l.focused && i == l.cursor, l.target == v.id)
	})
	return l
}

// set shows profiles; lines that do not differ are left alone. The keys stay at the
// profile at which they are, wherever it has gone.
func (l *profileList) set(views []profileView) {
	if slices.Equal(l.views, views) {
		return
	}
	at := l.cursor
	if at < len(l.views) {
		id := l.views[at].id
		if i := slices.IndexFunc(views, func(v profileView) bool { return v.id == id }); i >= 0 {
			at = i
		}
	}
	l.views = views
	l.cursor = max(min(at, len(views)-1), 0)
	l.Set(heightsOf(len(views), profileLineHeight))
}

// heightsOf are the heights of lines that are all alike.
func heightsOf(n int, h float32) iter.Seq[float32] {
	return func(yield func(float32) bool) {
		for range n {
			if !yield(h) {
				return
			}
		}
	}
}

// at returns the profile at a place of the window.
func (l *profileList) at(p fyne.Position) (id string, ok bool) {
	if !l.Visible() {
		return "", false
	}
	p = p.Subtract(fyne.CurrentApp().Driver().AbsolutePositionForObject(l))
	s := l.Size()
	if p.X < 0 || p.Y < 0 || p.X >= s.Width || p.Y >= s.Height {
		return "", false
	}
	i := int((p.Y + l.Offset()) / profileLineHeight)
	if i >= len(l.views) {
		return "", false
	}
	return l.views[i].id, true
}

// aim shows in which profile what is dragged over the list would land; "" shows
// none. Near the edges the list scrolls.
func (l *profileList) aim(id string) {
	if id != "" {
		i := slices.IndexFunc(l.views, func(v profileView) bool { return v.id == id })
		l.ScrollTo(max(i-1, 0))
		l.ScrollTo(min(i+1, len(l.views)-1))
	}
	if l.target != id {
		l.target = id
		l.Refresh()
	}
}

// FocusGained implements [fyne.Focusable].
func (l *profileList) FocusGained() {
	defer parts.Catch()
	l.focused = true
	l.Refresh()
}

// FocusLost implements [fyne.Focusable].
func (l *profileList) FocusLost() {
	defer parts.Catch()
	l.focused = false
	l.Refresh()
}

// TypedRune implements [fyne.Focusable].
func (l *profileList) TypedRune(r rune) {
	defer parts.Catch()
	parts.PassRune(l, r)
}

// TypedKey implements [fyne.Focusable].
func (l *profileList) TypedKey(e *fyne.KeyEvent) {
	defer parts.Catch()
	if l.cursor >= len(l.views) {
		l.act.key(e)
		return
	}
	id := l.views[l.cursor].id
	switch e.Name {
	case fyne.KeyDown:
		l.move(l.cursor + 1)
	case fyne.KeyUp:
		l.move(l.cursor - 1)
	case fyne.KeyHome:
		l.move(0)
	case fyne.KeyEnd:
		l.move(len(l.views) - 1)
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		l.act.tap(id)
	case fyne.KeyF2:
		l.act.rename(id)
	case fyne.KeyDelete:
		l.act.remove(id)
	case desktop.KeyMenu:
		l.openMenu()
	case fyne.KeyF10:
		if shift() {
			l.openMenu()
		}
	default:
		l.act.key(e)
	}
}

// Box returns the mark and the profile that the keys are at, for those who drive the
// window.
func (l *profileList) Box() (mark, text string) {
	if l.cursor < len(l.views) {
		text = l.views[l.cursor].name
	}
	return "profiles/list", text
}

// openMenu opens the menu of the profile that the keys are at.
func (l *profileList) openMenu() {
	l.ScrollTo(l.cursor)
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(l)
	l.act.menu(l.views[l.cursor].id, at.AddXY(24, float32(l.cursor+1)*profileLineHeight-l.Offset()))
}

func (l *profileList) move(i int) {
	if i >= 0 && i < len(l.views) {
		l.cursor = i
		l.ScrollTo(i)
		l.Refresh()
	}
}
