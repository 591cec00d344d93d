package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Tab is one page to turn to.
type Tab struct {
	Key   string
	Text  string
	Count string // beside the text, as how many there are; empty for none
	// Counts keeps the room of a count while there is none, so that the pages behind
	// do not move under the mouse when it comes or goes.
	Counts bool
}

// Tabs is a line of page names, the current one underlined. It is one stop of the
// Tab key; Left, Right, Home and End turn the page.
type Tabs struct {
	widget.BaseWidget
	// OnTurn is called with the page that the user wants; the line itself changes
	// only by Set.
	OnTurn func(key string)

	mark    string
	tabs    []Tab
	chosen  string
	compact bool
	focused bool

	d     Drawing
	ring  *Box
	line  *Box
	under *Box
	cells []*tabCell
}

// Sizes of the line of tabs.
const (
	TabsHeight  = 36
	tabGap      = 18
	leastTabGap = 8
	tabCount    = 6 // between a text and its count
)

var _ fyne.Focusable = (*Tabs)(nil)

// NewTabs returns a line without pages.
func NewTabs(mark string, turn func(key string)) *Tabs {
	t := &Tabs{mark: mark, OnTurn: turn}
	t.ring = t.d.Box(None, None, 6)
	t.line = t.d.Box(Border, None, 0)
	t.under = t.d.Box(Accent, None, 1)
	t.ExtendBaseWidget(t)
	return t
}

// Set changes the pages and which of them is open.
func (t *Tabs) Set(tabs []Tab, chosen string) {
	same := len(tabs) == len(t.tabs) && chosen == t.chosen
	for i := 0; same && i < len(tabs); i++ {
		same = tabs[i] == t.tabs[i]
	}
	if same {
		return
	}
	t.tabs, t.chosen = tabs, chosen
	for len(t.cells) < len(tabs) {
		c := newTabCell(t)
		t.cells = append(t.cells, c)
		t.d.Add(c)
	}
	t.Refresh()
}

// Compact leaves out what is not needed to tell pages apart: the line's rule and
// the ground of the counts.
func (t *Tabs) Compact(on bool) {
	if t.compact != on {
		t.compact = on
		t.Refresh()
	}
}

// Chosen returns the key of the open page.
func (t *Tabs) Chosen() string { return t.chosen }

// Width returns how wide all pages' names are together.
func (t *Tabs) Width() float32 {
	var w float32
	for i, tab := range t.tabs {
		if i > 0 {
			w += tabGap
		}
		w += t.cellWidth(tab)
	}
	return w
}

func (t *Tabs) cellWidth(tab Tab) float32 {
	w := Word.Width(tab.Text)
	count := tab.Count
	if count == "" && tab.Counts {
		count = "0"
	}
	switch {
	case count == "":
	case t.compact:
		w += tabCount + Word.Width(count)
	default:
		w += tabCount + Badge.Width(count) + 12
	}
	return w
}

// CreateRenderer implements [fyne.Widget].
func (t *Tabs) CreateRenderer() fyne.WidgetRenderer {
	return t.d.Renderer(t.layout, func() fyne.Size { return fyne.NewSize(60, TabsHeight) }, t)
}

func (t *Tabs) layout(s fyne.Size) {
	t.line.Place(0, s.Height-1, s.Width, 1)
	Show(t.line.C, !t.compact)
	t.ring.Set(None, None)
	t.under.Place(0, 0, 0, 0)
	var x float32
	yc, gap := floor(s.Height/2), t.gap(s.Width)
	for i, c := range t.cells {
		Show(c, i < len(t.tabs))
		if i >= len(t.tabs) {
			continue
		}
		tab := t.tabs[i]
		w := min(t.cellWidth(tab), max(s.Width-x, 0))
		c.set(tab, tab.Key == t.chosen)
		Put(c, x-gap/2, 0, w+gap, s.Height)
		if tab.Key == t.chosen {
			t.under.Place(x, s.Height-2, w, 2)
			if t.focused {
				t.ring.Set(None, Accent)
				t.ring.Stroke(2)
				t.ring.Place(x-6, yc-13, w+12, 26)
			}
		}
		x += w + gap
	}
}

// gap is what there is between names, less where they would have no room otherwise.
func (t *Tabs) gap(width float32) float32 {
	lacks := t.Width() - width
	if lacks <= 0 || len(t.tabs) < 2 {
		return tabGap
	}
	return max(tabGap-ceil(lacks/float32(len(t.tabs)-1)), leastTabGap)
}

// FocusGained implements [fyne.Focusable].
func (t *Tabs) FocusGained() {
	defer Catch()
	t.focused = true
	t.Refresh()
}

// FocusLost implements [fyne.Focusable].
func (t *Tabs) FocusLost() {
	defer Catch()
	t.focused = false
	t.Refresh()
}

// TypedRune implements [fyne.Focusable].
func (t *Tabs) TypedRune(r rune) {
	defer Catch()
	PassRune(t, r)
}

// TypedKey implements [fyne.Focusable].
func (t *Tabs) TypedKey(e *fyne.KeyEvent) {
	defer Catch()
	switch e.Name {
	case fyne.KeyLeft:
		t.turn(t.place() - 1)
	case fyne.KeyRight:
		t.turn(t.place() + 1)
	case fyne.KeyHome:
		t.turn(0)
	case fyne.KeyEnd:
		t.turn(len(t.tabs) - 1)
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter: // the page is open already
	default:
		PassKey(t, e)
	}
}

// place returns where the open page is; -1 when none is open.
func (t *Tabs) place() int {
	for i, tab := range t.tabs {
		if tab.Key == t.chosen {
			return i
		}
	}
	return -1
}

func (t *Tabs) turn(i int) {
	if i >= 0 && i < len(t.tabs) {
		t.OnTurn(t.tabs[i].Key)
	}
}

// tabCell is one page's name and what a tap on it turns to.
type tabCell struct {
	widget.BaseWidget
	line  *Tabs
	tab   Tab
	open  bool
	hover bool
	d     Drawing
	text  *Text
	pill  *Pill
}

var (
	_ fyne.Tappable      = (*tabCell)(nil)
	_ desktop.Hoverable  = (*tabCell)(nil)
	_ desktop.Cursorable = (*tabCell)(nil)
)

func newTabCell(line *Tabs) *tabCell {
	c := &tabCell{line: line}
	c.text = c.d.Text(Word, Text2)
	c.pill = c.d.Pill()
	c.ExtendBaseWidget(c)
	return c
}

func (c *tabCell) set(tab Tab, open bool) {
	c.tab, c.open = tab, open
	c.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (c *tabCell) CreateRenderer() fyne.WidgetRenderer {
	return c.d.Renderer(c.layout, func() fyne.Size { return fyne.NewSize(20, TabsHeight) }, c)
}

// layout draws name and count. A count in plain digits is cut with the name.
func (c *tabCell) layout(s fyne.Size) {
	text, count := c.tab.Text, c.tab.Count
	if c.line.compact && count != "" {
		text, count = text+" "+count, ""
	}
	colour := Text2
	if c.open || c.hover {
		colour = Fg
	}
	yc := floor(s.Height / 2)
	c.text.Set(text, colour)
	gap := c.line.gap(c.line.Size().Width)
	used := c.text.Place(gap/2, yc, s.Width-gap)
	c.pill.Set(count, Text2, GreyTint)
	c.pill.Place(gap/2+used+tabCount, yc)
}

// Tapped implements [fyne.Tappable].
func (c *tabCell) Tapped(*fyne.PointEvent) {
	defer Catch()
	c.line.OnTurn(c.tab.Key)
}

// MouseIn implements [desktop.Hoverable].
func (c *tabCell) MouseIn(*desktop.MouseEvent) {
	defer Catch()
	c.hover = true
	c.Refresh()
}

// MouseMoved implements [desktop.Hoverable].
func (c *tabCell) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (c *tabCell) MouseOut() {
	defer Catch()
	c.hover = false
	c.Refresh()
}

// Cursor implements [desktop.Cursorable].
func (c *tabCell) Cursor() desktop.Cursor { return desktop.PointerCursor }

// Box returns the page's mark and name, for those who drive the window.
func (c *tabCell) Box() (mark, text string) { return c.line.mark + ":" + c.tab.Key, c.tab.Text }
