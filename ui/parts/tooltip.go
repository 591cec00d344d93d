package parts

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"
)

const (
	tipTick  = 200 * time.Millisecond
	tipTicks = 3 // ticks of rest before a tip comes
	tipWidth = 320
	tipPad   = 8
)

// Tipped is a widget that tells something about a place of it. It calls
// [TipMoved] from MouseIn and MouseMoved and [TipGone] from MouseOut, MouseDown
// and TypedKey; where it can have the focus also [TipFocused] and [TipGone].
type Tipped interface {
	fyne.CanvasObject
	// TipAt returns what is told at p, in the widget's own units; false for
	// nothing. It is called again while the tip is shown.
	TipAt(p fyne.Position) (text string, ok bool)
}

// TipHost is the content of a window that shows tips.
type TipHost interface{ Tips() *Tips }

// Tips shows what is told of the widget below the resting pointer, one at a
// time. It belongs to the toolkit's goroutine. It takes neither focus nor
// clicks and does not move.
type Tips struct {
	// Layer lies over the window's content, as its last object. Overlays have
	// layers of their own.
	Layer *TipLayer

	later   func(d time.Duration, f func())
	owner   Tipped        // of the tip that is shown or will be; nil for none
	at      fyne.Position // of the pointer, in the window
	inside  fyne.Position // of the pointer, in the owner
	corner  fyne.Position // of the owner, when the tip was asked for
	rest    int           // ticks since the pointer moved
	ticking bool
	shown   *TipLayer // nil while no tip is shown
}

// NewTips returns tips for a window. later runs f on the toolkit's goroutine
// after d, or never when the window is closed before.
func NewTips(later func(d time.Duration, f func())) *Tips {
	return &Tips{Layer: newTipLayer(), later: later}
}

// TipMoved tells where the pointer is over w.
func TipMoved(w Tipped, e *desktop.MouseEvent) {
	t := tipsOf(w)
	if t == nil {
		return
	}
	text, ok := w.TipAt(e.Position)
	if t.shown != nil && (!ok || t.owner != w || text != t.shown.text) {
		t.Hide()
	}
	if ok {
		t.await(w, e.AbsolutePosition, e.Position)
	} else if t.owner == w {
		t.Hide()
	}
}

// TipFocused tells that w has got the focus, by which its tip is shown without
// a pointer.
func TipFocused(w Tipped) {
	t := tipsOf(w)
	if t == nil {
		return
	}
	if _, ok := w.TipAt(fyne.Position{}); ok {
		corner := fyne.CurrentApp().Driver().AbsolutePositionForObject(w)
		t.await(w, corner.AddXY(0, w.Size().Height-12), fyne.Position{})
	}
}

// TipGone hides the tip of w, if it has one.
func TipGone(w fyne.CanvasObject) {
	if t := tipsOf(w); t != nil && t.owner != nil && fyne.CanvasObject(t.owner) == w {
		t.Hide()
	}
}

// HideTips hides any tip of a window.
func HideTips(c fyne.Canvas) {
	if h, ok := c.Content().(TipHost); ok {
		h.Tips().Hide()
	}
}

func tipsOf(w fyne.CanvasObject) *Tips {
	c := fyne.CurrentApp().Driver().CanvasForObject(w)
	if c == nil {
		return nil
	}
	if h, ok := c.Content().(TipHost); ok {
		return h.Tips()
	}
	return nil
}

// await shows the tip of a widget once the pointer has come to rest.
func (t *Tips) await(w Tipped, at, inside fyne.Position) {
	t.owner, t.at, t.inside, t.rest = w, at, inside, 0
	t.corner = fyne.CurrentApp().Driver().AbsolutePositionForObject(w)
	if !t.ticking {
		t.ticking = true
		t.later(tipTick, t.tick)
	}
}

// tick goes on for as long as there is an owner: what is below a shown tip may
// scroll away, and nobody tells.
func (t *Tips) tick() {
	t.ticking = false
	if t.owner == nil {
		return
	}
	d := fyne.CurrentApp().Driver()
	text, ok := t.owner.TipAt(t.inside)
	if !ok || !t.owner.Visible() || d.AbsolutePositionForObject(t.owner) != t.corner || t.shown != nil && t.shown != t.layer() {
		t.Hide()
		return
	}
	if t.rest++; t.rest >= tipTicks {
		t.shown = t.layer()
		t.shown.show(text, t.at)
	}
	t.ticking = true
	t.later(tipTick, t.tick)
}

// layer is that of the topmost overlay, else the window's.
func (t *Tips) layer() *TipLayer {
	if c := fyne.CurrentApp().Driver().CanvasForObject(t.owner); c != nil {
		if o, ok := c.Overlays().Top().(*Overlay); ok {
			return o.tips
		}
	}
	return t.Layer
}

// Hide hides the tip and forgets whose it was.
func (t *Tips) Hide() {
	if t.shown != nil {
		t.shown.show("", fyne.Position{})
	}
	t.owner, t.shown, t.rest = nil, nil, 0
}

// TipLayer draws a tip over all of a window or an overlay. Nothing of it can be
// hit by the pointer.
type TipLayer struct {
	widget.BaseWidget
	text string
	at   fyne.Position

	d    Drawing
	card *Box
	para *Para
}

func newTipLayer() *TipLayer {
	l := &TipLayer{para: NewPara(Secondary, Fg)}
	l.ExtendBaseWidget(l)
	return l
}

func (l *TipLayer) show(text string, at fyne.Position) {
	if l.text == text && l.at == at {
		return
	}
	l.text, l.at = text, at
	l.para.SetText(text)
	l.Refresh()
	canvas.Refresh(l) // what was never painted is known to no canvas, and wakes none
}

// CreateRenderer implements [fyne.Widget].
func (l *TipLayer) CreateRenderer() fyne.WidgetRenderer {
	l.d.Clear()
	l.card = l.d.Box(Raised, BorderStrong, 6)
	l.card.C.Shadow = canvas.Shadow{Color: Colour(Shadow), BlurRadius: 8, Offset: fyne.NewPos(0, 2), Variant: canvas.DropShadow}
	l.d.Add(l.para)
	return l.d.Renderer(l.layout, func() fyne.Size { return fyne.Size{} }, l)
}

func (l *TipLayer) layout(s fyne.Size) {
	Show(l.card.C, l.text != "")
	Show(l.para, l.text != "")
	if l.text == "" {
		return
	}
	x, y, w, h := tipPlace(l.text, l.at, s, l.para.Fit)
	l.card.Place(x, y, w, h)
	Put(l.para, x+tipPad, y+tipPad-1, w-2*tipPad, h-2*tipPad+2)
}

// tipPlace returns where a tip goes: below the pointer, or above it where there
// is no room, and never over the window's edges.
func tipPlace(text string, at fyne.Position, window fyne.Size, fit func(w float32) float32) (x, y, w, h float32) {
	w = min(Secondary.Width(text)+1, tipWidth-2*tipPad, window.Width-16-2*tipPad)
	h = fit(w) + 2*tipPad - 2
	w += 2 * tipPad
	x = max(min(at.X+2, window.Width-8-w), 8)
	y = at.Y + 18
	if y+h > window.Height-8 {
		y = at.Y - 8 - h
	}
	return floor(x), floor(max(y, 8)), w, h
}

// Box returns the tip, for those who drive the window.
func (l *TipLayer) Box() (mark, text string) {
	if l.text == "" {
		return "", ""
	}
	return "tip", l.text
}

// Hovering is for widgets that show a tip and do nothing else about the
// pointer: they embed it and set Of to themselves.
type Hovering struct{ Of Tipped }

// MouseIn implements [desktop.Hoverable].
func (h *Hovering) MouseIn(e *desktop.MouseEvent) {
	defer Catch()
	TipMoved(h.Of, e)
}

// MouseMoved implements [desktop.Hoverable].
func (h *Hovering) MouseMoved(e *desktop.MouseEvent) {
	defer Catch()
	TipMoved(h.Of, e)
}

// MouseOut implements [desktop.Hoverable].
func (h *Hovering) MouseOut() {
	defer Catch()
	TipGone(h.Of)
}
