package ui

import (
	"iter"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// treeView is the Cluster tree: a flat list of the visible lines.
type treeView struct {
	widget.BaseWidget
	list   *treeList
	rows   treeRows
	cursor int
	width  float32
	tap    func(treeRow)
	menu   func(treeRow, fyne.Position)
	key    func(*fyne.KeyEvent)
}

const (
	treeRowHeight   = 26
	treeStateHeight = 14 // of a target's second line
)

func newTreeView(tap func(treeRow), menu func(treeRow, fyne.Position), key func(*fyne.KeyEvent)) *treeView {
	t := &treeView{tap: tap, menu: menu, key: key, cursor: -1}
	t.list = &treeList{tree: t}
	t.list.Init(t.list, func() fyne.CanvasObject { return newTreeLine(t) }, func(i int, o fyne.CanvasObject) {
		o.(*treeLine).set(t.rows.at(i), t.list.focused && i == t.cursor)
	})
	t.ExtendBaseWidget(t)
	return t
}

// apply shows rows; it touches only those in sight that differ.
func (t *treeView) apply(rows treeRows) {
	t.rows = rows
	t.cursor = min(t.cursor, rows.len()-1)
	t.list.Set(t.heights())
}

// heights are those of the lines.
func (t *treeView) heights() iter.Seq[float32] {
	return func(yield func(float32) bool) {
		for n := range t.rows.pieces {
			p := &t.rows.pieces[n]
			if p.items == nil {
				if !yield(t.height(p.line)) {
					return
				}
				continue
			}
			for i := range p.len() {
				if !yield(targetHeight(targetNote(p.line.group, p.offer(i)))) {
					return
				}
			}
		}
	}
}

// height is that of a line that is no target's.
func (t *treeView) height(r treeRow) float32 {
	if r.kind != treeError && r.kind != treeNote || t.width <= 0 {
		return treeRowHeight
	}
	lines := parts.Wrap(parts.Caption, r.text, t.width-treeIndent(r)-12)
	return max(treeRowHeight, float32(len(lines))*16+10)
}

// targetHeight is that of a target's line: its state has a second one, for names
// are long.
func targetHeight(note string) float32 {
	if note != "" {
		return treeRowHeight + treeStateHeight
	}
	return treeRowHeight
}

// targetIcon is the icon of a target in a group.
func targetIcon(g targetGroup) string {
	switch g {
	case serviceGroup:
		return "arrow-right"
	case workloadGroup:
		return "layers"
	case podGroup:
	}
	return "box"
}

func treeIndent(r treeRow) float32 {
	x := 16 + 13*float32(r.depth)
	if r.kind == treeError {
		x += 18
	}
	return x
}

// CreateRenderer implements [fyne.Widget].
func (t *treeView) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(parts.NewArranged(func(s fyne.Size) {
		parts.Put(t.list, 0, 0, s.Width, s.Height)
		if t.width != s.Width { // sentences wrap otherwise
			t.width = s.Width
			t.list.Set(t.heights())
		}
	}, nil, t.list))
}

// treeList is the list with the keys of the tree.
type treeList struct {
	parts.Rows
	tree    *treeView
	focused bool
}

// FocusGained implements [fyne.Focusable].
func (l *treeList) FocusGained() {
	defer parts.Catch()
	l.focused = true
	l.Refresh()
}

// FocusLost implements [fyne.Focusable].
func (l *treeList) FocusLost() {
	defer parts.Catch()
	l.focused = false
	l.Refresh()
}

// TypedRune implements [fyne.Focusable].
func (l *treeList) TypedRune(r rune) {
	defer parts.Catch()
	parts.PassRune(l, r)
}

// TypedKey implements [fyne.Focusable].
func (l *treeList) TypedKey(e *fyne.KeyEvent) {
	defer parts.Catch()
	t := l.tree
	switch e.Name {
	case fyne.KeyDown:
		t.move(t.cursor + 1)
	case fyne.KeyUp:
		t.move(t.cursor - 1)
	case fyne.KeyHome:
		t.move(0)
	case fyne.KeyEnd:
		t.move(t.rows.len() - 1)
	case fyne.KeyRight, fyne.KeyLeft:
		if r, ok := t.current(); ok && r.canOpen() && r.open == (e.Name == fyne.KeyLeft) {
			t.tap(r)
		}
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		if r, ok := t.current(); ok {
			t.tap(r)
		}
	default:
		t.key(e)
	}
}

// current returns the line that the keys are at.
func (t *treeView) current() (treeRow, bool) {
	if t.cursor < 0 || t.cursor >= t.rows.len() {
		return treeRow{}, false
	}
	return t.rows.at(t.cursor), true
}

func (t *treeView) move(i int) {
	if i >= 0 && i < t.rows.len() {
		t.cursor = i
		t.list.ScrollTo(i)
		t.list.Refresh()
	}
}

// treeLine draws one line of the tree.
type treeLine struct {
	widget.BaseWidget
	tree    *treeView
	row     treeRow
	focused bool
	hover   bool

	d          parts.Drawing
	back, ring *parts.Box
	chevron    *parts.Icon
	dot        *parts.Box
	text, note *parts.Text
	alert      *parts.Icon
	para       *parts.Para
}

func newTreeLine(t *treeView) *treeLine {
	l := &treeLine{tree: t}
	l.back = l.d.Box(parts.None, parts.None, 6)
	l.ring = l.d.Box(parts.None, parts.None, 6)
	l.chevron = l.d.Icon("", parts.Text3)
	l.dot = l.d.Box(parts.None, parts.None, 3)
	l.text = l.d.Text(parts.Body, parts.Text2).CutMiddle()
	l.note = l.d.Text(parts.Caption, parts.Text3).Right()
	l.alert = l.d.Icon("", parts.Red)
	l.para = parts.NewPara(parts.Caption, parts.Text3)
	l.d.Add(l.para)
	l.ExtendBaseWidget(l)
	return l
}

func (l *treeLine) set(r treeRow, focused bool) {
	if l.row != r || l.focused != focused {
		l.row, l.focused = r, focused
		l.Refresh()
	}
}

// CreateRenderer implements [fyne.Widget].
func (l *treeLine) CreateRenderer() fyne.WidgetRenderer {
	return l.d.Renderer(l.layout, func() fyne.Size { return fyne.NewSize(100, treeRowHeight) }, l)
}

func (l *treeLine) canTap() bool { return l.row.kind != treeNote && l.row.kind != treeError }

func (l *treeLine) layout(s fyne.Size) {
	r := l.row
	ground := parts.None
	if l.hover && l.canTap() {
		ground = parts.Veil
	}
	l.back.Set(ground, parts.None)
	l.back.Place(8, 0, s.Width-16, s.Height)
	l.ring.Set(parts.None, parts.None)
	if l.focused {
		l.ring.Set(parts.None, parts.Accent)
		l.ring.Stroke(2)
	}
	l.ring.Place(8, 0, s.Width-16, s.Height)
	chevron, dot, alert, text, note, para := "", parts.None, "", r.text, r.note, ""
	colour, prose := parts.Text2, parts.Text3
	switch r.kind {
	case treeContext:
		chevron, dot, colour = "chevron-right", r.dot, parts.Fg
		if r.trouble {
			alert = "circle-alert"
		}
	case treeNamespace:
		chevron = "chevron-right"
	case treeGroup:
		chevron, colour = "chevron-right", parts.Text3
	case treeTarget:
		chevron = targetIcon(r.group)
		if r.dim {
			colour = parts.Text3
		}
	case treeTypeName:
		chevron, colour = "plus", parts.Text3
	case treeRemedy:
		colour = parts.Accent
	case treeNote:
		text, para = "", r.text
	case treeError:
		text, para, alert, prose = "", r.text, "circle-alert", parts.Red
	}
	if r.open && chevron == "chevron-right" {
		chevron = "chevron-down"
	}
	yc, x := floor(s.Height/2), 16+13*float32(r.depth)
	if r.kind == treeTarget {
		yc = treeRowHeight / 2
	}
	l.chevron.Set(chevron, parts.Text3)
	l.chevron.Place(x-2, yc, 13)
	x += 16
	l.dot.Set(dot, parts.None)
	l.dot.Place(x, yc-5, 10, 10)
	if dot != parts.None {
		x += 16
	}
	l.layoutText(s, x, alert, text, note, colour)
	l.para.Set(para, prose)
	if r.kind == treeError {
		l.alert.Place(treeIndent(r)-19, 13, 14)
	}
	parts.Put(l.para, treeIndent(r), 5, s.Width-treeIndent(r)-12, s.Height-6)
}

func (l *treeLine) layoutText(s fyne.Size, x float32, alert, text, note string, colour fyne.ThemeColorName) {
	yc := floor(s.Height / 2)
	right := s.Width - 16
	if l.row.kind == treeTarget {
		l.alert.Set("", parts.Red)
		l.text.Set(text, colour)
		l.text.Place(x, treeRowHeight/2, right-x)
		l.note.SetText(note)
		l.note.Place(x+min(l.note.Width(), right-x), treeRowHeight+3, right-x)
		return
	}
	l.alert.Set(alert, parts.Red)
	if alert != "" {
		l.alert.Place(right-14, s.Height/2, 14)
		right -= 20
	}
	l.note.SetText(note)
	room := right - x
	if w := min(l.note.Width(), floor(room*0.45)); note != "" {
		l.note.Place(right, yc, w)
		room -= w + 8
	}
	l.text.Set(text, colour)
	l.text.Place(x, yc, room)
}

// Tapped implements [fyne.Tappable].
func (l *treeLine) Tapped(*fyne.PointEvent) {
	defer parts.Catch()
	if l.canTap() && l.row.text != "" {
		l.tree.tap(l.row)
	}
}

// TappedSecondary implements [fyne.SecondaryTappable].
func (l *treeLine) TappedSecondary(e *fyne.PointEvent) {
	defer parts.Catch()
	if l.canTap() && l.row.text != "" {
		l.tree.menu(l.row, e.AbsolutePosition)
	}
}

// MouseIn implements [desktop.Hoverable].
func (l *treeLine) MouseIn(e *desktop.MouseEvent) {
	defer parts.Catch()
	l.hover = true
	l.Refresh()
	parts.TipMoved(l, e)
}

// MouseMoved implements [desktop.Hoverable].
func (l *treeLine) MouseMoved(e *desktop.MouseEvent) {
	defer parts.Catch()
	parts.TipMoved(l, e)
}

// MouseOut implements [desktop.Hoverable].
func (l *treeLine) MouseOut() {
	defer parts.Catch()
	l.hover = false
	l.Refresh()
	parts.TipGone(l)
}

// Cursor implements [desktop.Cursorable].
func (l *treeLine) Cursor() desktop.Cursor {
	if l.canTap() {
		return desktop.PointerCursor
	}
	return desktop.DefaultCursor
}

// Box returns the mark and the text, for those who drive the window.
func (l *treeLine) Box() (mark, text string) { return l.row.mark(), l.row.text }
