package parts

import (
	"image"
	"image/color"
	"image/draw"
	"math"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/widget"
	"golang.org/x/image/vector"
)

// Curve is a run of samples to draw, oldest first. It is immutable, so that two
// of them are the same curve when their pointers are equal.
type Curve struct {
	samples []uint64
	room    int
	top     uint64
}

// NewCurve returns the curve of samples, which must not change any more. It has
// room for at least as many samples as room says: fewer stand at its right end.
func NewCurve(samples []uint64, room int) *Curve {
	c := &Curve{samples: samples, room: max(room, len(samples), 2), top: leastTop}
	if len(samples) > 0 {
		c.top = max(c.top, slices.Max(samples))
	}
	return c
}

// leastTop keeps a trickle from looking like a flood.
const leastTop = 1000

// Peak returns the greatest sample; at least 1000, which is what the full height
// of a curve stands for then.
func (c *Curve) Peak() uint64 { return c.top }

// Flat says whether all samples are 0.
func (c *Curve) Flat() bool {
	return c == nil || !slices.ContainsFunc(c.samples, func(n uint64) bool { return n > 0 })
}

// Sparkline draws a curve with the area below it, crisp at any scale. It is
// drawn anew only when curve, colour or size change.
type Sparkline struct {
	C      *canvas.Raster
	curve  *Curve
	colour fyne.ThemeColorName
	drawn  color.Color
}

// Sparkline makes a sparkline without a curve, which shows nothing.
func (d *Drawing) Sparkline() *Sparkline {
	s := &Sparkline{colour: Green, drawn: Colour(Green)}
	s.C = canvas.NewRaster(s.paint)
	s.C.Hide()
	d.add(s, s.C)
	return s
}

// Set changes the curve and its colour; nil is no curve.
func (s *Sparkline) Set(c *Curve, colour fyne.ThemeColorName) {
	Show(s.C, c != nil)
	if s.curve == c && s.colour == colour {
		return
	}
	s.curve, s.colour, s.drawn = c, colour, Colour(colour)
	if c != nil {
		s.C.Refresh()
	}
}

// Place puts the sparkline, at whole units.
func (s *Sparkline) Place(x, y, w, h float32) { place(s.C, x, y, w, h) }

func (s *Sparkline) repaint() {
	if c := Colour(s.colour); s.drawn != c {
		s.drawn = c
		s.C.Refresh()
	}
}

// paint draws for w by h pixels.
func (s *Sparkline) paint(w, h int) image.Image {
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	if width := s.C.Size().Width; s.curve != nil && w > 0 && h > 0 && width > 0 {
		s.curve.paint(img, s.drawn, float32(w)/width)
	}
	return img
}

// point is a place in pixels.
type point struct{ x, y float32 }

// paint draws area and line; scale is how many pixels a unit has.
func (c *Curve) paint(img draw.Image, colour color.Color, scale float32) {
	b := img.Bounds()
	stroke := 1.4 * scale
	line := c.points(float32(b.Dx()), float32(b.Dy()), stroke/2)
	if len(line) == 0 {
		return
	}
	shade := color.NRGBAModel.Convert(colour).(color.NRGBA)
	shade.A = 0x30
	r := vector.NewRasterizer(b.Dx(), b.Dy())
	r.MoveTo(line[0].x, float32(b.Dy()))
	for _, p := range line {
		r.LineTo(p.x, p.y)
	}
	r.LineTo(line[len(line)-1].x, float32(b.Dy()))
	r.ClosePath()
	r.Draw(img, b, image.NewUniform(shade), image.Point{})

	r.Reset(b.Dx(), b.Dy())
	for i, p := range line {
		if i > 0 {
			segment(r, line[i-1], p, stroke/2)
		}
		joint(r, p, stroke/2)
	}
	r.Draw(img, b, image.NewUniform(colour), image.Point{})
}

// points returns where the samples lie in w by h pixels, half a stroke away from
// the edges.
func (c *Curve) points(w, h, half float32) []point {
	out := make([]point, 0, len(c.samples)+1)
	step := (w - 2*half) / float32(c.room-1)
	first := c.room - len(c.samples)
	for i, n := range c.samples {
		y := h - half - (h-2*half)*float32(n)/float32(c.top)
		out = append(out, point{half + step*float32(first+i), y})
	}
	return out
}

// segment adds a piece of a line that goes from left to right.
func segment(r *vector.Rasterizer, a, b point, half float32) {
	dx, dy := b.x-a.x, b.y-a.y
	n := half / float32(math.Hypot(float64(dx), float64(dy)))
	nx, ny := -dy*n, dx*n
	r.MoveTo(a.x-nx, a.y-ny)
	r.LineTo(b.x-nx, b.y-ny)
	r.LineTo(b.x+nx, b.y+ny)
	r.LineTo(a.x+nx, a.y+ny)
	r.ClosePath()
}

// joint adds a disc of eight corners, turned as the segments are: where pieces
// overlap, coverage must add up and not cancel out.
func joint(r *vector.Rasterizer, p point, half float32) {
	k := half * 0.7071
	r.MoveTo(p.x-half, p.y)
	for _, q := range [...]point{{-k, -k}, {0, -half}, {k, -k}, {half, 0}, {k, k}, {0, half}, {-k, k}} {
		r.LineTo(p.x+q.x, p.y+q.y)
	}
	r.ClosePath()
}

// Spark is a sparkline as a widget of its own, of any size.
type Spark struct {
	widget.BaseWidget
	Mark string // its name for those who drive the window from outside

	d    Drawing
	line *Sparkline
	base *Box
	min  fyne.Size
}

// NewSpark returns a widget without a curve that is at least as big as min.
func NewSpark(mark string, least fyne.Size) *Spark {
	s := &Spark{Mark: mark, min: least}
	s.base = s.d.Box(Border, None, 0)
	s.line = s.d.Sparkline()
	s.ExtendBaseWidget(s)
	return s
}

// Set changes the curve and its colour; nil is no curve.
func (s *Spark) Set(c *Curve, colour fyne.ThemeColorName) { s.line.Set(c, colour) }

// CreateRenderer implements [fyne.Widget].
func (s *Spark) CreateRenderer() fyne.WidgetRenderer {
	return s.d.Renderer(func(size fyne.Size) {
		s.base.Place(0, size.Height-1, size.Width, 1)
		s.line.Place(0, 0, size.Width, size.Height)
	}, func() fyne.Size { return s.min }, s)
}

// Box returns the mark, for those who drive the window.
func (s *Spark) Box() (mark, text string) { return s.Mark, "" }
