package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

// Overlay lies over the whole window: a sheet on a scrim, or a menu.
type Overlay struct {
	widget.BaseWidget
	// OnDismiss is called by Escape and by a tap beside the content.
	OnDismiss func()
	// Spoken returns what a screen reader reads; nil for what the content says by a
	// method of that name, if it has one.
	Spoken func() string

	content fyne.CanvasObject
	place   func(window fyne.Size) (x, y, w, h float32)
	scrim   bool
	canvas  fyne.Canvas
	tips    *TipLayer

	d    Drawing
	veil *Box
	card *Box
}

var (
	_ desktop.Hoverable = (*Overlay)(nil) // what lies below must not light up
	_ fyne.Accessible   = (*Overlay)(nil)
)

// NewOverlay returns an overlay whose content is put by place, given the
// window's size.
func NewOverlay(c fyne.Canvas, content fyne.CanvasObject, scrim bool, place func(fyne.Size) (x, y, w, h float32)) *Overlay {
	o := &Overlay{content: content, place: place, scrim: scrim, canvas: c, tips: newTipLayer()}
	o.ExtendBaseWidget(o)
	return o
}

// Open puts the overlay on top of the window.
func (o *Overlay) Open() {
	HideTips(o.canvas)
	o.canvas.Overlays().Add(o)
	o.Resize(o.canvas.Size())
	o.Refresh()
}

// Close takes the overlay and all above it away. The keyboard goes back to what
// had it before: the toolkit keeps that for each overlay.
func (o *Overlay) Close() {
	HideTips(o.canvas)
	o.canvas.Overlays().Remove(o)
}

// IsOpen says whether the overlay is in the window.
func (o *Overlay) IsOpen() bool {
	for _, x := range o.canvas.Overlays().List() {
		if x == fyne.CanvasObject(o) {
			return true
		}
	}
	return false
}

// Dismiss closes the top overlay of a window, as Escape does; it returns false
// when there is none.
func Dismiss(c fyne.Canvas) bool {
	switch o := c.Overlays().Top().(type) {
	case nil:
		return false
	case *Overlay:
		if o.OnDismiss != nil {
			o.OnDismiss()
		} else {
			o.Close()
		}
	default:
		c.Overlays().Remove(o)
	}
	return true
}

// AccessibilityRole implements [fyne.Accessible].
func (o *Overlay) AccessibilityRole() fyne.AccessibleRole { return fyne.AccessibleRoleText }

// AccessibilityLabel implements [fyne.Accessible].
func (o *Overlay) AccessibilityLabel() string {
	if o.Spoken != nil {
		return o.Spoken()
	}
	if c, ok := o.content.(interface{ Spoken() string }); ok {
		return c.Spoken()
	}
	return ""
}

// CreateRenderer implements [fyne.Widget].
func (o *Overlay) CreateRenderer() fyne.WidgetRenderer {
	o.d.Clear()
	scrim, radius, blur := None, float32(8), float32(12)
	if o.scrim {
		scrim, radius, blur = Scrim, 12, 24
	}
	o.veil = o.d.Box(scrim, None, 0)
	o.card = o.d.Box(Raised, Border, radius)
	o.card.C.Shadow = canvas.Shadow{Color: Colour(Shadow), BlurRadius: blur, Offset: fyne.NewPos(0, 6), Variant: canvas.DropShadow}
	o.d.Add(o.content)
	o.d.Add(o.tips)
	return o.d.Renderer(func(s fyne.Size) {
		o.veil.Place(0, 0, s.Width, s.Height)
		x, y, w, h := o.place(s)
		o.card.Place(x, y, w, h)
		Put(o.content, x, y, w, h)
		Put(o.tips, 0, 0, s.Width, s.Height)
	}, func() fyne.Size { return fyne.Size{} }, o)
}

// Tapped implements [fyne.Tappable].
func (o *Overlay) Tapped(e *fyne.PointEvent) {
	defer Catch()
	p, s := o.content.Position(), o.content.Size()
	inside := e.Position.X >= p.X && e.Position.Y >= p.Y && e.Position.X < p.X+s.Width && e.Position.Y < p.Y+s.Height
	if inside || o.scrim { // a sheet holds typed text: it goes only by Escape or its buttons
		return
	}
	Dismiss(o.canvas)
}

// TappedSecondary implements [fyne.SecondaryTappable].
func (o *Overlay) TappedSecondary(e *fyne.PointEvent) {
	defer Catch()
	o.Tapped(e)
}

// MouseIn implements [desktop.Hoverable].
func (o *Overlay) MouseIn(*desktop.MouseEvent) {}

// MouseMoved implements [desktop.Hoverable].
func (o *Overlay) MouseMoved(*desktop.MouseEvent) {}

// MouseOut implements [desktop.Hoverable].
func (o *Overlay) MouseOut() {}
