package parts

import (
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Segment is one of a few things of which one is on.
type Segment struct {
	Key, Text string
	// Font is what the text is written with; nil for the window's own.
	Font fyne.Resource
}

// width returns how wide the text is.
func (s Segment) width() float32 {
	if s.Font == nil {
		return Word.Width(s.Text)
	}
	size, style := Word.style()
	width, _ := fyne.CurrentApp().Driver().RenderedTextSize(s.Text, size, style, s.Font)
	return ceil(width.Width)
}

// Segments are words side by side of which one is chosen. They are one stop of the
// Tab key; Left, Right, Home and End choose.
type Segments struct {
	widget.BaseWidget
	// OnChoose is called with what the user wants; the choice itself changes only
	// by Set.
	OnChoose func(key string)
	// OnKey gets the keys that the segments have no use for; when it is nil or
	// returns false they go to the window.
	OnKey func(*fyne.KeyEvent) bool

	mark    string
	items   []Segment
	chosen  string
	focused bool

	d     Drawing
	ring  *Box
	box   *Box
	cells []*segmentCell
}

var _ fyne.Focusable = (*Segments)(nil)

// SegmentsHeight is how high segments are.
const SegmentsHeight = 30

// NewSegments returns segments of which none is chosen.
func NewSegments(mark string, items []Segment, choose func(key string)) *Segments {
	s := &Segments{mark: mark, items: items, OnChoose: choose}
	s.ring = s.d.Box(None, None, 10)
	s.box = s.d.Box(GreyTint, None, 8)
	for _, it := range items {
		c := newSegmentCell(s, it)
		s.cells = append(s.cells, c)
		s.d.Add(c)
	}
	s.ExtendBaseWidget(s)
	return s
}

// Set chooses.
func (s *Segments) Set(chosen string) {
	if s.chosen != chosen {
		s.chosen = chosen
		s.Refresh()
	}
}

// Chosen returns the key of what is chosen.
func (s *Segments) Chosen() string { return s.chosen }

const segmentPad = 12

// Width returns how wide the words are together.
func (s *Segments) Width() float32 {
	w := float32(4)
	for _, it := range s.items {
		w += it.width() + 2*segmentPad
	}
	return w
}

// CreateRenderer implements [fyne.Widget].
func (s *Segments) CreateRenderer() fyne.WidgetRenderer {
	return s.d.Renderer(s.layout, func() fyne.Size { return fyne.NewSize(60, SegmentsHeight) }, s)
}

// layout shares the width where the words need less, and cuts them where they need
// more.
func (s *Segments) layout(z fyne.Size) {
	s.ring.Set(None, None)
	if s.focused {
		s.ring.Set(None, Accent)
		s.ring.Stroke(2)
	}
	s.ring.Place(-3, -3, z.Width+6, z.Height+6)
	s.box.Set(GreyTint, None)
	s.box.Place(0, 0, z.Width, z.Height)
	part := min(1, (z.Width-4)/max(s.Width()-4, 1))
	x := float32(2)
	for i, c := range s.cells {
		w := floor((s.items[i].width() + 2*segmentPad) * part)
		Put(c, x, 2, w, z.Height-4)
		c.Refresh()
		x += w
	}
}

// FocusGained implements [fyne.Focusable].
func (s *Segments) FocusGained() {
	defer Catch()
	s.focused = true
	s.Refresh()
}

// FocusLost implements [fyne.Focusable].
func (s *Segments) FocusLost() {
	defer Catch()
	s.focused = false
	s.Refresh()
}

// TypedRune implements [fyne.Focusable].
func (s *Segments) TypedRune(r rune) {
	defer Catch()
	PassRune(s, r)
}

// TypedKey implements [fyne.Focusable].
func (s *Segments) TypedKey(e *fyne.KeyEvent) {
	defer Catch()
	at := slices.IndexFunc(s.items, func(it Segment) bool { return it.Key == s.chosen })
	switch e.Name {
	case fyne.KeyLeft:
		s.choose(at - 1)
	case fyne.KeyRight:
		s.choose(at + 1)
	case fyne.KeyHome:
		s.choose(0)
	case fyne.KeyEnd:
		s.choose(len(s.items) - 1)
	default:
		if s.OnKey == nil || !s.OnKey(e) {
			PassKey(s, e)
		}
	}
}

func (s *Segments) choose(i int) {
	if i >= 0 && i < len(s.items) {
		s.OnChoose(s.items[i].Key)
	}
}

// segmentCell is one word and what a tap on it chooses.
type segmentCell struct {
	widget.BaseWidget
	of    *Segments
	item  Segment
	hover bool
	d     Drawing
	box   *Box
	text  *Text
}

var (
	_ fyne.Tappable      = (*segmentCell)(nil)
	_ desktop.Hoverable  = (*segmentCell)(nil)
	_ desktop.Cursorable = (*segmentCell)(nil)
)

func newSegmentCell(of *Segments, item Segment) *segmentCell {
	c := &segmentCell{of: of, item: item}
	c.box = c.d.Box(None, None, 6)
	c.text = c.d.Text(Word, Text2)
	c.text.C.FontSource = item.Font
	c.ExtendBaseWidget(c)
	return c
}

// CreateRenderer implements [fyne.Widget].
func (c *segmentCell) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(func(z fyne.Size) {
		fill, line, colour := None, None, Text2
		if c.hover {
			colour = Fg
		}
		if c.of.chosen == c.item.Key {
			fill, line, colour = Raised, BorderStrong, Fg
		}
		c.box.Set(fill, line)
		c.box.Place(0, 0, z.Width, z.Height)
		c.text.Set(c.item.Text, colour)
		w := min(c.item.width(), max(z.Width-8, 0))
		room := w
		if c.item.Font != nil { // the window's own may have it wider
			room = 2 * z.Width
		}
		c.text.Place(floor((z.Width-w)/2), floor(z.Height/2), room)
	}, func() fyne.Size { return fyne.NewSize(20, SegmentsHeight-4) }, c)
}

// Tapped implements [fyne.Tappable].
func (c *segmentCell) Tapped(*fyne.PointEvent) {
	defer Catch()
	c.of.OnChoose(c.item.Key)
}

// MouseIn implements [desktop.Hoverable].
func (c *segmentCell) MouseIn(*desktop.MouseEvent) {
	defer Catch()
	c.hover = true
	c.Refresh()
}

// MouseMoved implements [desktop.Hoverable].
func (c *segmentCell) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (c *segmentCell) MouseOut() {
	defer Catch()
	c.hover = false
	c.Refresh()
}

// Cursor implements [desktop.Cursorable].
func (c *segmentCell) Cursor() desktop.Cursor { return desktop.PointerCursor }

// Box returns the segment's mark and word, for those who drive the window.
func (c *segmentCell) Box() (mark, text string) { return c.of.mark + ":" + c.item.Key, c.item.Text }
