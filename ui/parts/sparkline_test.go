package parts

import (
	"image"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"
)

func TestCurve(t *testing.T) {
	tests := []struct {
		name    string
		samples []uint64
		peak    uint64
		flat    bool
	}{
		{"nothing yet", nil, 1000, true},
		{"silence", []uint64{0, 0}, 1000, true},
		{"a trickle stays low", []uint64{0, 100}, 1000, false},
		{"the peak is the top", []uint64{5000, 100}, 5000, false},
	}
	for _, tt := range tests {
		c := NewCurve(tt.samples, 60)
		if c.Peak() != tt.peak || c.Flat() != tt.flat {
			t.Errorf("%s: the peak is %d and flat is %v", tt.name, c.Peak(), c.Flat())
		}
	}
	var none *Curve
	if !none.Flat() {
		t.Error("no curve is not flat")
	}
}

// lit returns which columns have something of the line in the rows from top on.
func lit(img image.Image, top, bottom int) (first, last int) {
	first, last = -1, -1
	for x := range img.Bounds().Dx() {
		for y := top; y < bottom; y++ {
			if _, _, _, a := img.At(x, y).RGBA(); a > 0xC000 {
				if first < 0 {
					first = x
				}
				last = x
			}
		}
	}
	return first, last
}

func TestSparklineDrawsTheLineWhereTheSamplesAre(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewTheme().For(theme.VariantLight))
	for _, scale := range []int{1, 2} {
		var d Drawing
		s := d.Sparkline()
		s.Place(0, 0, 60, 20)
		s.Set(NewCurve([]uint64{0, 0, 9000, 9000, 0, 0}, 11), Green) // the right half of the room
		img := s.paint(60*scale, 20*scale)
		if first, last := lit(img, 0, 3*scale); first < 38*scale || last > 50*scale || first < 0 {
			t.Errorf("at scale %d the peak is drawn from %d to %d", scale, first, last)
		}
		if first, last := lit(img, 18*scale, 20*scale); first < 28*scale || last < 58*scale {
			t.Errorf("at scale %d the ground is drawn from %d to %d", scale, first, last)
		}
	}
}

func TestSparkShowsACurveOrNothing(t *testing.T) {
	test.NewTempApp(t).Settings().SetTheme(NewTheme().For(theme.VariantLight))
	s := NewSpark("spark", fyne.NewSize(76, 18))
	test.NewTempWindow(t, s)
	if s.line.C.Visible() {
		t.Error("without a curve something is shown")
	}
	s.Set(NewCurve([]uint64{1, 2, 3}, 3), Green)
	if !s.line.C.Visible() || s.line.C.Size() != s.Size() || s.MinSize() != fyne.NewSize(76, 18) {
		t.Errorf("the curve is drawn in %v of %v", s.line.C.Size(), s.Size())
	}
	s.Set(nil, Green)
	if s.line.C.Visible() {
		t.Error("a curve that was taken away is shown")
	}
}
