package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// Sizes of the window.
const (
	windowWidth  = 1080
	windowHeight = 680
	leastWidth   = 720
	leastHeight  = 480
	narrowWindow = 840 // below it the rail folds and the details go below the table
)

// What the splitters leave of the panes, so that nothing in them is cut off.
const (
	leastRail   = 180
	mostRail    = 400
	leastBeside = 300
	leastBelow  = 140
	leastTable  = 460 // wide
	leastRows   = headHeight + groupHeight + 2*rowHeight
)

// frame arranges the views in the window.
type frame struct {
	widget.BaseWidget
	app     *App
	d       parts.Drawing
	tips    *parts.Tips
	details bool
	empty   bool

	splitRail   *parts.Splitter
	splitBeside *parts.Splitter
	splitBelow  *parts.Splitter
}

var _ parts.TipHost = (*frame)(nil)

func newFrame(a *App) *frame {
	f := &frame{app: a, tips: parts.NewTips(a.later)}
	tip := lang.L("Drag to resize, double-click to reset")
	f.splitRail = parts.NewSplitter("split/rail", false, func(by float32) { f.resizeRail(a.rail.width() + by) }, func() { f.resizeRail(0) })
	f.splitBeside = parts.NewSplitter("split/beside", false, func(by float32) { f.resizeBeside(a.details.Size().Width - by) }, func() { f.resizeBeside(0) })
	f.splitBelow = parts.NewSplitter("split/below", true, func(by float32) { f.resizeBelow(a.details.Size().Height - by) }, func() { f.resizeBelow(0) })
	for _, s := range []*parts.Splitter{f.splitRail, f.splitBeside, f.splitBelow} {
		s.Tip = tip
	}
	f.ExtendBaseWidget(f)
	return f
}

// Tips implements [parts.TipHost].
func (f *frame) Tips() *parts.Tips { return f.tips }

// fill takes in the views, in the order of the Tab key.
func (f *frame) fill() {
	a := f.app
	for _, o := range []fyne.CanvasObject{
		a.top, a.banner, a.rail, a.table.obj, a.welcome, a.details, a.undo, a.strip,
		f.splitRail, f.splitBeside, f.splitBelow, f.tips.Layer,
	} {
		f.d.Add(o)
	}
}

// apply opens and closes the details and the empty state.
func (f *frame) apply(details, empty bool) {
	if f.details != details || f.empty != empty {
		f.details, f.empty = details, empty
		f.Refresh()
	}
}

func (f *frame) narrow() bool { return f.Size().Width < narrowWindow }

// The panes' sizes as the user wants them; 0 is what they are at first.

func (f *frame) resizeRail(w float32) {
	f.app.memory.Rail = limited(w, leastRail, mostRail)
	f.resized()
}

func (f *frame) resizeBeside(w float32) {
	f.app.memory.Beside = limited(w, leastBeside, f.Size().Width-f.app.rail.width()-leastTable)
	f.resized()
}

func (f *frame) resizeBelow(h float32) {
	f.app.memory.Below = limited(h, leastBelow, f.app.table.obj.Size().Height+f.app.details.Size().Height-leastRows)
	f.resized()
}

func (f *frame) resized() {
	f.Refresh()
	f.app.keepSoon()
}

// limited keeps what was chosen between two limits, of which the upper one
// yields; 0 stays.
func limited(v, least, most float32) float32 {
	if v == 0 {
		return 0
	}
	return max(min(floor(v), most), least)
}

// CreateRenderer implements [fyne.Widget].
func (f *frame) CreateRenderer() fyne.WidgetRenderer {
	return f.d.Renderer(f.layout, func() fyne.Size { return fyne.NewSize(leastWidth, leastHeight) }, f)
}

func (f *frame) layout(s fyne.Size) {
	a := f.app
	a.sized(s)
	folded := s.Width < narrowWindow
	if a.railChoice != nil {
		folded = *a.railChoice
	}
	a.rail.setFolded(folded)
	a.rail.setWidth(f.railRoom(s))
	parts.Put(f.tips.Layer, 0, 0, s.Width, s.Height)
	parts.Put(a.top, 0, 0, s.Width, topHeight)
	parts.Put(a.strip, 0, s.Height-stripHeight, s.Width, stripHeight)
	top, bottom := float32(topHeight), s.Height-stripHeight
	if a.banner.Visible() {
		parts.Put(a.banner, 0, top, s.Width, bannerHeight)
		top += bannerHeight
	}
	if a.undo.Visible() {
		bottom -= undoHeight
		parts.Put(a.undo, 0, bottom, s.Width, undoHeight)
	}
	left := a.rail.width()
	parts.Put(a.rail, 0, top, left, bottom-top)
	parts.Show(f.splitRail, !folded)
	parts.Put(f.splitRail, left-1-parts.SplitterEdge, top, parts.SplitterRoom, bottom-top)
	f.layoutMain(left, top, s.Width, bottom)
}

// railRoom is how wide the rail may be: the table and the details come first.
func (f *frame) railRoom(s fyne.Size) float32 {
	room := s.Width - leastTable
	if f.details && s.Width >= narrowWindow {
		room -= leastBeside
	}
	return max(min(f.app.memory.Rail, room), 0)
}

// layoutMain puts table and details.
func (f *frame) layoutMain(left, top, right, bottom float32) {
	a := f.app
	narrow := f.narrow()
	beside, below := f.details && !narrow, f.details && narrow
	parts.Show(a.details, f.details)
	parts.Show(f.splitBeside, beside)
	parts.Show(f.splitBelow, below)
	if below {
		h := f.belowHeight(bottom - top)
		bottom -= h
		parts.Put(a.details, left, bottom, right-left, h)
		parts.Put(f.splitBelow, left, bottom-parts.SplitterEdge, right-left, parts.SplitterRoom)
	}
	if beside {
		w := f.besideWidth(right - left)
		right -= w
		parts.Put(a.details, right, top, w, bottom-top)
		parts.Put(f.splitBeside, right-parts.SplitterEdge, top, parts.SplitterRoom, bottom-top)
	}
	parts.Show(a.welcome, f.empty)
	parts.Show(a.table.obj, !f.empty)
	parts.Put(a.table.obj, left, top, right-left, bottom-top)
	parts.Put(a.welcome, left, top, right-left, bottom-top)
}

func (f *frame) besideWidth(room float32) float32 {
	want := f.app.memory.Beside
	if want == 0 {
		return detailsWidth
	}
	return max(min(want, room-leastTable), leastBeside)
}

func (f *frame) belowHeight(room float32) float32 {
	want := f.app.memory.Below
	if want == 0 {
		return min(detailsHeight, room*0.55)
	}
	return max(min(want, room-leastRows), leastBelow)
}
