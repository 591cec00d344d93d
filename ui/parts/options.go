package parts

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Option is one thing to choose.
type Option struct {
	Key  string
	Text string
	Note string              // at the right, in caption
	Dot  fyne.ThemeColorName // a square before the text; empty for none
	Icon string              // before the text; empty for none
	Dim  bool                // can be chosen, but is not what one wants
	On   bool                // it is the case: a tick at the right
	Head bool                // a heading, which cannot be chosen; it has no Key
	Rule bool                // a hairline above parts it from what is before
}

// Options is a list to choose from.
type Options struct {
	widget.BaseWidget
	OnChoose func(key string)

	mark   string
	height float32
	items  []Option
	chosen string
	cursor int // the row that the arrow keys are at; -1 for none
	list   *optionList
	holder fyne.CanvasObject
}

// NewOptions returns an empty list with rows of the given height.
func NewOptions(mark string, height float32, choose func(key string)) *Options {
	o := &Options{mark: mark, height: height, OnChoose: choose, cursor: -1}
	o.list = newOptionList(
		func() int { return len(o.items) },
		func() fyne.CanvasObject { return newOptionRow(o) },
		func(i widget.ListItemID, c fyne.CanvasObject) { c.(*optionRow).set(i) },
	)
	o.holder = Tight(o.list)
	o.ExtendBaseWidget(o)
	return o
}

// CreateRenderer implements [fyne.Widget].
func (o *Options) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(o.holder) }

// Set replaces what there is to choose; an equal list costs nothing.
func (o *Options) Set(items []Option, chosen string) {
	if slices.Equal(o.items, items) && o.chosen == chosen {
		return
	}
	o.items, o.chosen = items, chosen
	o.cursor = min(o.cursor, len(items)-1)
	o.list.Refresh()
}

// Items returns what there is to choose.
func (o *Options) Items() []Option { return o.items }

// Chosen returns the key of the chosen row.
func (o *Options) Chosen() string { return o.chosen }

// Key moves the cursor and chooses; it returns whether it knew the key.
func (o *Options) Key(k fyne.KeyName) bool {
	switch k {
	case fyne.KeyDown:
		o.move(o.cursor, 1)
	case fyne.KeyUp:
		o.move(o.cursor, -1)
	case fyne.KeyReturn, fyne.KeyEnter:
		i := o.cursor
		if i < 0 {
			i = o.next(i, 1)
		}
		if i < 0 || o.items[i].Head {
			return false
		}
		o.OnChoose(o.items[i].Key)
	default:
		return false
	}
	return true
}

// next returns the nearest row from i on, in steps of by, that can be chosen; -1
// for none.
func (o *Options) next(i, by int) int {
	for i += by; i >= 0 && i < len(o.items); i += by {
		if !o.items[i].Head {
			return i
		}
	}
	return -1
}

func (o *Options) move(from, by int) {
	i := o.next(from, by)
	if i < 0 {
		return
	}
	o.cursor = i
	o.list.ScrollTo(i)
	o.list.Refresh()
}

// optionRow draws one option.
type optionRow struct {
	widget.BaseWidget
	o     *Options
	i     int
	hover bool

	d    Drawing
	back *Box
	rule *Box
	dot  *Box
	img  *Icon
	text *Text
	note *Text
	tick *Icon
}

func newOptionRow(o *Options) *optionRow {
	r := &optionRow{o: o, i: -1}
	r.back = r.d.Box(None, None, 6)
	r.rule = r.d.Box(None, None, 0)
	r.dot = r.d.Box(None, None, 3)
	r.img = r.d.Icon("", Text2)
	r.text = r.d.Text(Body, Fg).CutMiddle()
	r.note = r.d.Text(Caption, Text3).Right()
	r.tick = r.d.Icon("", Accent)
	r.ExtendBaseWidget(r)
	return r
}

func (r *optionRow) set(i int) {
	r.i = i
	r.Refresh()
}

func (r *optionRow) item() Option {
	if r.i < 0 || r.i >= len(r.o.items) {
		return Option{}
	}
	return r.o.items[r.i]
}

// CreateRenderer implements [fyne.Widget].
func (r *optionRow) CreateRenderer() fyne.WidgetRenderer {
	return r.d.Renderer(r.layout, func() fyne.Size { return fyne.NewSize(40, r.o.height) }, r)
}

func (r *optionRow) layout(s fyne.Size) {
	it := r.item()
	chosen := it.Key != "" && it.Key == r.o.chosen
	ground := None
	switch {
	case chosen:
		ground = Selected
	case r.hover || r.i == r.o.cursor:
		ground = Hover
	}
	if it.Head {
		ground = None
	}
	r.back.Set(ground, None)
	r.back.Place(4, 1, s.Width-8, s.Height-2)
	rule := None
	if it.Rule {
		rule = Border
	}
	r.rule.Set(rule, None)
	r.rule.Place(0, 0, s.Width, 1)
	x, yc := float32(14), floor(s.Height/2)
	dot := it.Dot
	if dot == "" {
		dot = None
	}
	r.dot.Set(dot, None)
	r.dot.Place(x, yc-5, 10, 10)
	if it.Dot != "" {
		x += 18
	}
	r.img.Set(it.Icon, Text2)
	r.img.Place(x, s.Height/2, 14)
	if it.Icon != "" {
		x += 22
	}
	right := s.Width - 14
	tick := ""
	if chosen || it.On {
		tick = "check"
	}
	r.tick.Set(tick, Accent)
	r.tick.Place(right-14, s.Height/2, 14)
	if tick != "" {
		right -= 20
	}
	fg, face := Fg, Body
	if it.Dim {
		fg = Text3
	}
	if it.Head {
		fg, face = Text3, Label
		yc += 3 // nearer to what it heads
	}
	r.text.SetFace(face)
	r.text.Set(it.Text, fg)
	room := right - x
	if it.Note != "" {
		room = max(room*0.6, room-Caption.Width(it.Note)-12)
	}
	used := r.text.Place(x, yc, room)
	r.note.SetText(it.Note)
	r.note.Place(right, yc, right-x-used-12)
}

// Tapped implements [fyne.Tappable].
func (r *optionRow) Tapped(*fyne.PointEvent) {
	defer Catch()
	if it := r.item(); it.Key != "" && r.o.OnChoose != nil {
		r.o.OnChoose(it.Key)
	}
}

// MouseIn implements [desktop.Hoverable].
func (r *optionRow) MouseIn(*desktop.MouseEvent) {
	defer Catch()
	r.hover = true
	r.Refresh()
}

// MouseMoved implements [desktop.Hoverable].
func (r *optionRow) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (r *optionRow) MouseOut() {
	defer Catch()
	r.hover = false
	r.Refresh()
}

// Box returns the mark of the row, for those who drive the window.
func (r *optionRow) Box() (mark, text string) {
	it := r.item()
	return r.o.mark + ":" + it.Key, it.Text
}
