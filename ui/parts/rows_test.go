package parts

import (
	"slices"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/test"
)

// someRows is a list whose lines are the names of their places.
type someRows struct {
	Rows
	made  int
	shows map[fyne.CanvasObject]int
}

func newSomeRows() *someRows {
	r := &someRows{shows: make(map[fyne.CanvasObject]int)}
	r.Init(r, func() fyne.CanvasObject {
		r.made++
		return canvas.NewRectangle(nil)
	}, func(i int, o fyne.CanvasObject) { r.shows[o] = i })
	return r
}

// places tells which lines have widgets, and where the first one is.
func (r *someRows) places() (first, last int, y float32) {
	objects := r.body.Objects
	if len(objects) == 0 {
		return -1, -1, 0
	}
	return r.shows[objects[0]], r.shows[objects[len(objects)-1]], objects[0].Position().Y
}

func TestRows(t *testing.T) {
	test.NewTempApp(t)
	r := newSomeRows()
	w := test.NewTempWindow(t, r)
	w.SetPadded(false)
	w.Resize(fyne.NewSize(100, 100))
	even := func(n int) []float32 { return slices.Repeat([]float32{20}, n) }
	steps := []struct {
		name        string
		do          func()
		first, last int
		y           float32
	}{
		{"no lines", func() { r.Set(slices.Values(even(0))) }, -1, -1, 0},
		{"fewer than there is room for", func() { r.Set(slices.Values(even(3))) }, 0, 2, 0},
		{"many", func() { r.Set(slices.Values(even(10_000))) }, 0, 4, 0},
		{"scrolled", func() { r.ScrollTo(5_000) }, 4_996, 5_000, 4_996 * 20},
		{"to one in sight", func() { r.ScrollTo(4_998) }, 4_996, 5_000, 4_996 * 20},
		{"back to one", func() { r.ScrollTo(10) }, 10, 14, 200},
		{"to none", func() { r.ScrollTo(20_000) }, 10, 14, 200},
		{"by the wheel", func() { r.scroll.Scrolled(&fyne.ScrollEvent{Scrolled: fyne.NewDelta(0, -10)}) }, 10, 15, 200},
		{"higher ones above", func() { r.Set(slices.Values(append([]float32{60}, even(9_999)...))) }, 8, 13, 200},
		{"few again", func() { r.Set(slices.Values(even(2))) }, 0, 1, 0},
		{"at the end", func() { r.Set(slices.Values(even(50))); r.ScrollTo(49) }, 45, 49, 900},
		{"taller", func() { w.Resize(fyne.NewSize(100, 200)) }, 40, 49, 800},
	}
	for _, s := range steps {
		s.do()
		if first, last, y := r.places(); first != s.first || last != s.last || y != s.y {
			t.Errorf("%s: lines %d to %d from %v, want %d to %d from %v", s.name, first, last, y, s.first, s.last, s.y)
		}
	}
	if r.made > 11 {
		t.Errorf("%d lines were made, and ten are in sight", r.made)
	}
}
