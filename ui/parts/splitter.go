package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// SplitterRoom is how wide a splitter is for the pointer; what is seen of it is
// a line, SplitterEdge from its left or upper edge: most of it lies where no
// scroll bar is.
const (
	SplitterRoom = 8
	SplitterEdge = 2
)

// splitStep is how far an arrow key moves a splitter.
const splitStep = 16

// Splitter is the line between two panes. It is moved by dragging it or by the
// arrow keys, and a double click takes it back to where it was at first.
type Splitter struct {
	widget.BaseWidget
	Mark string
	Tip  string
	// OnMove gets by how much the line is wanted to move to the right, or
	// down; the splitter itself does not move.
	OnMove func(by float32)
	// OnReset is called for a double click and for the Home key.
	OnReset func()

	lying           bool // it lies between an upper and a lower pane
	grip            bool
	hover, dragging bool
	focused         bool
	from            fyne.Position // where the drag has got to, in the window

	d    Drawing
	line *Box
	knob *Box
}

var (
	_ fyne.Draggable      = (*Splitter)(nil)
	_ fyne.Focusable      = (*Splitter)(nil)
	_ fyne.DoubleTappable = (*Splitter)(nil)
	_ desktop.Cursorable  = (*Splitter)(nil)
	_ Tipped              = (*Splitter)(nil)
)

// NewSplitter returns a splitter; lying says that it is between an upper and a
// lower pane, where it also shows a grip.
func NewSplitter(mark string, lying bool, move func(by float32), reset func()) *Splitter {
	s := &Splitter{Mark: mark, OnMove: move, OnReset: reset, lying: lying, grip: lying}
	s.ExtendBaseWidget(s)
	return s
}

// CreateRenderer implements [fyne.Widget].
func (s *Splitter) CreateRenderer() fyne.WidgetRenderer {
	s.d.Clear()
	s.line = s.d.Box(Border, None, 0)
	s.knob = s.d.Box(None, None, 1.5)
	return s.d.Renderer(s.layout, func() fyne.Size { return fyne.NewSize(SplitterRoom, SplitterRoom) }, s)
}

func (s *Splitter) layout(z fyne.Size) {
	colour, knob, width := Border, None, float32(1)
	if s.grip {
		knob = BorderStrong
	}
	if s.hover || s.dragging || s.focused {
		colour, width = Accent, 2
	}
	s.line.Set(colour, None)
	s.knob.Set(knob, None)
	if s.lying {
		s.line.Place(0, SplitterEdge, z.Width, width)
		s.knob.Place(floor(z.Width/2)-16, SplitterEdge+3, 32, 3)
		return
	}
	s.line.Place(SplitterEdge, 0, width, z.Height)
	s.knob.Place(0, 0, 0, 0)
}

// Dragged implements [fyne.Draggable].
func (s *Splitter) Dragged(e *fyne.DragEvent) {
	defer Catch()
	if !s.dragging { // the first event tells how far the pointer is from where it was pressed
		s.dragging = true
		s.from = e.AbsolutePosition.Subtract(e.Dragged)
		TipGone(s)
	}
	by := e.AbsolutePosition.Subtract(s.from)
	s.from = e.AbsolutePosition
	if s.lying {
		s.OnMove(by.Y)
		return
	}
	s.OnMove(by.X)
}

// DragEnd implements [fyne.Draggable].
func (s *Splitter) DragEnd() {
	defer Catch()
	s.dragging = false
	s.Refresh()
}

// DoubleTapped implements [fyne.DoubleTappable].
func (s *Splitter) DoubleTapped(*fyne.PointEvent) {
	defer Catch()
	s.OnReset()
}

// MouseIn implements [desktop.Hoverable].
func (s *Splitter) MouseIn(e *desktop.MouseEvent) {
	defer Catch()
	s.hover = true
	s.Refresh()
	TipMoved(s, e)
}

// MouseMoved implements [desktop.Hoverable].
func (s *Splitter) MouseMoved(e *desktop.MouseEvent) {
	defer Catch()
	TipMoved(s, e)
}

// MouseOut implements [desktop.Hoverable].
func (s *Splitter) MouseOut() {
	defer Catch()
	s.hover = false
	s.Refresh()
	TipGone(s)
}

// TipAt implements [Tipped].
func (s *Splitter) TipAt(fyne.Position) (text string, ok bool) { return s.Tip, s.Tip != "" }

// Cursor implements [desktop.Cursorable].
func (s *Splitter) Cursor() desktop.Cursor {
	if s.lying {
		return desktop.VResizeCursor
	}
	return desktop.HResizeCursor
}

// FocusGained implements [fyne.Focusable].
func (s *Splitter) FocusGained() {
	defer Catch()
	s.focused = true
	s.Refresh()
	TipFocused(s)
}

// FocusLost implements [fyne.Focusable].
func (s *Splitter) FocusLost() {
	defer Catch()
	s.focused = false
	s.Refresh()
	TipGone(s)
}

// TypedRune implements [fyne.Focusable].
func (s *Splitter) TypedRune(r rune) {
	defer Catch()
	PassRune(s, r)
}

// TypedKey implements [fyne.Focusable].
func (s *Splitter) TypedKey(e *fyne.KeyEvent) {
	defer Catch()
	TipGone(s)
	less, more := fyne.KeyLeft, fyne.KeyRight
	if s.lying {
		less, more = fyne.KeyUp, fyne.KeyDown
	}
	switch e.Name {
	case less:
		s.OnMove(-splitStep)
	case more:
		s.OnMove(splitStep)
	case fyne.KeyHome:
		s.OnReset()
	default:
		PassKey(s, e)
	}
}

// Box returns the mark, for those who drive the window.
func (s *Splitter) Box() (mark, text string) { return s.Mark, "" }
