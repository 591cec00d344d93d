package parts

import (
	"image/color"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/theme"
)

// Drawing is what an own widget is made of: pieces that know their colours by
// name, so that a change of the theme reaches them, and that touch the canvas
// only when they change.
type Drawing struct {
	pieces  []piece
	objects []fyne.CanvasObject
}

type piece interface{ repaint() }

// Colour returns the theme's colour of that name.
func Colour(name fyne.ThemeColorName) color.Color { return theme.Color(name) }

// Add takes in an object that paints itself.
func (d *Drawing) Add(o fyne.CanvasObject) { d.objects = append(d.objects, o) }

// Objects returns how many objects there are.
func (d *Drawing) Objects() int { return len(d.objects) }

// Insert takes in objects that paint themselves, the first at a place among the
// others, which is that in the order of the Tab key too.
func (d *Drawing) Insert(at int, o ...fyne.CanvasObject) {
	d.objects = slices.Insert(d.objects, at, o...)
}

// Clear forgets all pieces. The toolkit drops the renderer of what has not been
// seen for a minute: who makes the pieces together with it begins anew.
func (d *Drawing) Clear() { d.pieces, d.objects = nil, nil }

// Repaint reads all colours anew.
func (d *Drawing) Repaint() {
	for _, p := range d.pieces {
		p.repaint()
	}
}

func (d *Drawing) add(p piece, o fyne.CanvasObject) {
	d.pieces = append(d.pieces, p)
	d.objects = append(d.objects, o)
}

// Renderer draws the pieces in the order in which they were made. layout is
// called with the widget's size at each change and at each refresh.
func (d *Drawing) Renderer(layout func(fyne.Size), minSize func() fyne.Size, w fyne.Widget) fyne.WidgetRenderer {
	return &drawingRenderer{d: d, layout: layout, min: minSize, widget: w}
}

type drawingRenderer struct {
	d      *Drawing
	layout func(fyne.Size)
	min    func() fyne.Size
	widget fyne.Widget
}

func (r *drawingRenderer) Objects() []fyne.CanvasObject { return r.d.objects }
func (r *drawingRenderer) Destroy()                     {}

func (r *drawingRenderer) Layout(s fyne.Size) {
	defer Catch()
	r.layout(s)
}

func (r *drawingRenderer) MinSize() fyne.Size {
	defer Catch()
	return r.min()
}

func (r *drawingRenderer) Refresh() {
	defer Catch()
	r.layout(r.widget.Size())
	r.d.Repaint()
}

// Box is a rectangle.
type Box struct {
	C          *canvas.Rectangle
	fill, line fyne.ThemeColorName
}

// Box makes a rectangle with corners of radius r.
func (d *Drawing) Box(fill, line fyne.ThemeColorName, r float32) *Box {
	b := &Box{C: canvas.NewRectangle(Colour(fill)), fill: fill, line: line}
	b.C.CornerRadius = r
	b.repaint()
	d.add(b, b.C)
	return b
}

// Set changes the colours; line may be None.
func (b *Box) Set(fill, line fyne.ThemeColorName) {
	if b.fill != fill || b.line != line {
		b.fill, b.line = fill, line
		b.repaint()
	}
}

// Stroke changes the outline's width.
func (b *Box) Stroke(w float32) {
	if b.C.StrokeWidth != w {
		b.C.StrokeWidth = w
		b.C.Refresh()
	}
}

// Place puts the box, at whole units.
func (b *Box) Place(x, y, w, h float32) { place(b.C, x, y, w, h) }

func (b *Box) repaint() {
	fill, line := Colour(b.fill), color.Color(color.Transparent)
	width := float32(0)
	if b.line != None && b.line != "" {
		line, width = Colour(b.line), max(b.C.StrokeWidth, 1)
		if b.fill == None || b.fill == "" { // transparent black would darken the outline's edge
			c := color.NRGBAModel.Convert(line).(color.NRGBA)
			c.A = 0
			fill = c
		}
	}
	if width == 0 && (b.fill == None || b.fill == "") {
		fill = color.Transparent // the painter (Fyne 2.8.1) passes over this one, and paints all others
	}
	if b.C.FillColor == fill && b.C.StrokeColor == line && b.C.StrokeWidth == width {
		return
	}
	b.C.FillColor, b.C.StrokeColor, b.C.StrokeWidth = fill, line, width
	b.C.Refresh()
}

// Dot is a disc.
type Dot struct {
	C    *canvas.Circle
	fill fyne.ThemeColorName
}

// Dot makes a disc.
func (d *Drawing) Dot(fill fyne.ThemeColorName) *Dot {
	c := &Dot{C: canvas.NewCircle(Colour(fill)), fill: fill}
	d.add(c, c.C)
	return c
}

// Set changes the colour.
func (c *Dot) Set(fill fyne.ThemeColorName) {
	if c.fill != fill {
		c.fill = fill
		c.repaint()
	}
}

// Place puts the disc, at whole units.
func (c *Dot) Place(x, y, size float32) { place(c.C, x, y, size, size) }

func (c *Dot) repaint() {
	if fill := Colour(c.fill); c.C.FillColor != fill {
		c.C.FillColor = fill
		c.C.Refresh()
	}
}

// place moves and resizes only when needed, at whole units: at fractional ones
// the painters disagree about where a line lies.
func place(o fyne.CanvasObject, x, y, w, h float32) {
	o.Move(fyne.NewPos(floor(x+0.5), floor(y+0.5)))
	o.Resize(fyne.NewSize(max(w, 0), max(h, 0)))
}

// Show shows or hides an object, only when that is a change.
func Show(o fyne.CanvasObject, on bool) {
	switch {
	case on && !o.Visible():
		o.Show()
	case !on && o.Visible():
		o.Hide()
	}
}
