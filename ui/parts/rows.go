package parts

import (
	"iter"
	"slices"
	"sort"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/widget"
)

// Rows is a list of lines, each with a height of its own, that scrolls. It has
// widgets for the lines in sight only and touches nothing else, so that ten
// thousand lines cost what twenty do.
//
// The toolkit's own list (Fyne 2.8.1) makes a line to measure it and draws all
// lines in sight anew for each line that changes, and for each height that is
// set.
type Rows struct {
	widget.BaseWidget
	newLine func() fyne.CanvasObject
	show    func(i int, line fyne.CanvasObject)

	ends   []float32 // where each line ends
	scroll *container.Scroll
	body   *fyne.Container
	first  int                 // the line that shown[0] shows
	shown  []fyne.CanvasObject // of the lines in sight, in their order
	spare  []fyne.CanvasObject
}

// maxSpare is how many lines wait to be used again.
const maxSpare = 32

// Init gets the list ready. newLine makes a line that shows nothing; show makes it
// show line i, and does nothing when it does so already. impl is the widget that
// the list is part of.
func (r *Rows) Init(impl fyne.Widget, newLine func() fyne.CanvasObject, show func(i int, line fyne.CanvasObject)) {
	r.newLine, r.show = newLine, show
	r.body = NewArranged(func(fyne.Size) {}, func() fyne.Size { return fyne.NewSize(0, r.end(len(r.ends))) })
	r.scroll = container.NewVScroll(r.body)
	r.scroll.OnScrolled = func(fyne.Position) { r.arrange() }
	r.ExtendBaseWidget(impl)
}

// CreateRenderer implements [fyne.Widget].
func (r *Rows) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(NewArranged(func(s fyne.Size) {
		r.scroll.Resize(s)
		r.settle()
	}, nil, r.scroll))
}

// Refresh shows again what is in sight.
func (r *Rows) Refresh() { r.arrange() }

// Set replaces the lines: there are as many as heights. Lines in sight are shown
// again.
func (r *Rows) Set(heights iter.Seq[float32]) {
	old := len(r.ends)
	same, n, end := true, 0, float32(0)
	for h := range heights {
		end += h
		switch {
		case n < len(r.ends):
			same = same && r.ends[n] == end
			r.ends[n] = end
		default:
			r.ends = append(r.ends, end)
		}
		n++
	}
	r.ends = r.ends[:n]
	if cap(r.ends) > 1024 && n < cap(r.ends)/4 { // ten thousand lines were there once
		r.ends = slices.Clone(r.ends)
	}
	if same && n == old {
		r.arrange()
		return
	}
	r.settle()
}

// ScrollTo brings a line into sight.
func (r *Rows) ScrollTo(i int) {
	if i < 0 || i >= len(r.ends) {
		return
	}
	y, h := r.scroll.Offset.Y, r.scroll.Size().Height
	r.scrollTo(max(min(y, r.end(i)), r.end(i+1)-h))
}

// Offset returns how much of the lines is above what is in sight.
func (r *Rows) Offset() float32 { return r.scroll.Offset.Y }

func (r *Rows) scrollTo(y float32) {
	if y = max(y, 0); y != r.scroll.Offset.Y {
		r.scroll.Offset.Y = y
		r.settle()
	}
}

// end returns where line i-1 ends and line i begins.
func (r *Rows) end(i int) float32 {
	if i == 0 {
		return 0
	}
	return r.ends[i-1]
}

// settle arranges the lines after their heights, the list's or the offset have
// changed.
func (r *Rows) settle() {
	r.scroll.Offset.Y = max(min(r.scroll.Offset.Y, r.end(len(r.ends))-r.scroll.Size().Height), 0)
	r.arrange()
	r.scroll.Base.Refresh() // the bar, and the body's size; not what is in it
}

// arrange has a line for each place in sight, and shows there what belongs there.
func (r *Rows) arrange() {
	top, size := r.scroll.Offset.Y, r.scroll.Size()
	from := sort.Search(len(r.ends), func(i int) bool { return r.ends[i] > top })
	to := from
	for to < len(r.ends) && r.end(to) < top+size.Height {
		to++
	}
	r.keep(from, to)
	for n, line := range r.shown {
		i := from + n
		Put(line, 0, r.end(i), size.Width, r.end(i+1)-r.end(i))
		r.show(i, line)
	}
}

// keep makes shown the lines of these places; a line that stays in sight keeps
// its widget.
func (r *Rows) keep(from, to int) {
	if from == r.first && to-from == len(r.shown) {
		return
	}
	old, was := r.shown, r.first
	r.first, r.shown = from, make([]fyne.CanvasObject, to-from)
	for n, line := range old {
		if i := was + n; i >= from && i < to {
			r.shown[i-from] = line
		} else if len(r.spare) < maxSpare {
			r.spare = append(r.spare, line)
		}
	}
	for n := range r.shown {
		if r.shown[n] != nil {
			continue
		}
		if last := len(r.spare) - 1; last >= 0 {
			r.shown[n], r.spare = r.spare[last], r.spare[:last]
		} else {
			r.shown[n] = r.newLine()
		}
	}
	r.body.Objects = r.shown
}
