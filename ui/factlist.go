package ui

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// factList draws keys and values below each other. Values can be selected with the
// mouse and copied with the keyboard.
type factList struct {
	widget.BaseWidget
	copy   func(string)
	reveal func(o fyne.CanvasObject, y, h float32) // brings lines into view; may be nil

	facts   []fact
	copied  string
	keys    copyKeys
	d       parts.Drawing
	ring    *parts.Box
	rows    []factRow
	grip    *grip
	lines   []gripLine
	icons   []rect // those of the copy icons; empty where there is none
	pointed int    // the icon under the mouse; -1 for none
}

type factRow struct {
	key, value, note *parts.Text
	icon             *parts.Icon
}

const (
	factHeight = 23
	factKey    = 92
)

var (
	_ fyne.Tappable      = (*factList)(nil)
	_ desktop.Hoverable  = (*factList)(nil)
	_ desktop.Mouseable  = (*factList)(nil)
	_ fyne.Focusable     = (*factList)(nil)
	_ fyne.Shortcutable  = (*factList)(nil)
	_ desktop.Cursorable = (*factList)(nil)
)

func newFactList(copyText func(string)) *factList {
	f := &factList{copy: copyText, grip: newGrip(false), pointed: -1}
	f.ring = f.d.Box(parts.None, parts.None, 6)
	f.d.Add(f.grip.obj)
	f.ExtendBaseWidget(f)
	return f
}

func (f *factList) set(facts []fact, copied string) {
	if slices.Equal(f.facts, facts) && f.copied == copied {
		return
	}
	if f.grip.line >= 0 && (f.grip.line >= len(facts) || f.facts[f.grip.line] != facts[f.grip.line]) {
		f.grip.lift()
	}
	f.facts, f.copied = facts, copied
	f.keys.at = max(min(f.keys.at, len(facts)-1), 0)
	f.Refresh()
}

// Fit returns the height that is needed.
func (f *factList) Fit(float32) float32 { return factHeight * float32(len(f.facts)) }

// CreateRenderer implements [fyne.Widget].
func (f *factList) CreateRenderer() fyne.WidgetRenderer {
	return f.d.Renderer(f.layout, func() fyne.Size { return fyne.NewSize(100, 0) }, f)
}

func (f *factList) layout(s fyne.Size) {
	for len(f.rows) < len(f.facts) {
		r := factRow{
			key: f.d.Text(parts.Secondary, parts.Text3), value: f.d.Text(parts.Secondary, parts.Fg).CutMiddle(),
			note: f.d.Text(parts.Secondary, parts.Text3), icon: f.d.Icon("", parts.Text3),
		}
		f.rows = append(f.rows, r)
	}
	f.lines, f.icons = f.lines[:0], f.icons[:0]
	f.ring.Set(parts.None, parts.None)
	for i, r := range f.rows {
		var x fact
		if i < len(f.facts) {
			x = f.facts[i]
		}
		f.placeRow(r, x, factHeight*float32(i), s.Width)
		parts.Show(r.value.C, i != f.grip.line)
		if f.keys.on(i) && i < len(f.facts) {
			f.ring.Set(parts.None, parts.Accent)
			f.ring.Stroke(2)
			f.ring.Place(factKey-6, factHeight*float32(i), s.Width-factKey+6, factHeight)
		}
	}
}

// placeRow draws one fact. Its value comes before its note where both are long.
func (f *factList) placeRow(r factRow, x fact, y, w float32) {
	yc := y + 11
	r.key.SetText(x.key)
	r.key.Place(0, yc, factKey-8)
	r.value.SetText(x.value)
	room := w - factKey
	if x.copies {
		room -= 26
	}
	used := r.value.Place(factKey, yc, room)
	r.note.SetText(x.note)
	at := factKey + used + 6
	f.lines = append(f.lines, gripLine{r.value, rect{factKey, y, used, factHeight}})
	f.icons = append(f.icons, rect{})
	icon, colour := "", parts.Text3
	switch {
	case x.copies && x.value == f.copied:
		icon, colour = "check", parts.Green
	case x.copies:
		icon = "copy"
	}
	r.icon.Set(icon, colour)
	r.icon.Place(at+2, yc, 14)
	if x.copies {
		f.icons[len(f.icons)-1] = rect{at - 4, y, 26, factHeight}
		at += 24
	}
	if room = w - at; room < 30 {
		room = 0
	}
	parts.Show(r.note.C, room > 0)
	r.note.Place(at, yc, room)
}

func (f *factList) copyLine(i int) {
	if i < len(f.facts) {
		f.copy(f.facts[i].value)
	}
}

// Spots names the values, for those who drive the window.
func (f *factList) Spots() []spot {
	var out []spot
	for i, x := range f.facts {
		out = append(out, spot{mark: "details/fact:" + x.mark, text: x.value, box: rect{0, factHeight * float32(i), f.Size().Width, factHeight}})
		if x.copies && i < len(f.icons) {
			out = append(out, spot{mark: "details/copy:" + x.mark, text: x.value, box: f.icons[i]})
		}
	}
	return out
}

// MouseIn implements [desktop.Hoverable].
func (f *factList) MouseIn(e *desktop.MouseEvent) {
	defer parts.Catch()
	f.MouseMoved(e)
}

// MouseMoved implements [desktop.Hoverable].
func (f *factList) MouseMoved(e *desktop.MouseEvent) {
	defer parts.Catch()
	if !f.grip.held() {
		f.lay(e.Position)
	}
}

// MouseOut implements [desktop.Hoverable].
func (f *factList) MouseOut() {
	defer parts.Catch()
	f.pointed = -1
	if !f.grip.held() && f.grip.lift() {
		f.Refresh()
	}
}

// MouseDown implements [desktop.Mouseable]: it lets go of what was selected
// elsewhere.
func (f *factList) MouseDown(e *desktop.MouseEvent) {
	defer parts.Catch()
	f.lay(e.Position)
}

// MouseUp implements [desktop.Mouseable].
func (f *factList) MouseUp(*desktop.MouseEvent) {}

// Tapped implements [fyne.Tappable].
func (f *factList) Tapped(e *fyne.PointEvent) {
	defer parts.Catch()
	if i := f.iconAt(e.Position); i >= 0 {
		f.copyLine(i)
	}
}

func (f *factList) iconAt(p fyne.Position) int {
	return slices.IndexFunc(f.icons, func(r rect) bool { return r.has(p) })
}

func (f *factList) lay(p fyne.Position) {
	f.pointed = f.iconAt(p)
	if f.grip.over(p, f.lines) {
		f.Refresh()
	}
}

// Cursor implements [desktop.Cursorable].
func (f *factList) Cursor() desktop.Cursor {
	if f.pointed >= 0 {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// FocusGained implements [fyne.Focusable].
func (f *factList) FocusGained() {
	defer parts.Catch()
	f.keys.focused = true
	f.show()
}

// FocusLost implements [fyne.Focusable].
func (f *factList) FocusLost() {
	defer parts.Catch()
	f.keys.focused = false
	f.Refresh()
}

// TypedRune implements [fyne.Focusable].
func (f *factList) TypedRune(r rune) {
	defer parts.Catch()
	parts.PassRune(f, r)
}

// TypedKey implements [fyne.Focusable].
func (f *factList) TypedKey(e *fyne.KeyEvent) {
	defer parts.Catch()
	if f.keys.key(f, e, len(f.facts), f.copyLine) {
		f.show()
	}
}

// TypedShortcut implements [fyne.Shortcutable].
func (f *factList) TypedShortcut(s fyne.Shortcut) {
	defer parts.Catch()
	f.keys.shortcut(f, s, len(f.facts), f.copyLine)
}

func (f *factList) show() {
	f.Refresh()
	if f.reveal != nil {
		f.reveal(f, factHeight*float32(f.keys.at), factHeight)
	}
}
