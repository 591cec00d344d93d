package parts

import (
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/widget"
)

// tipWindow is a window's content with tips whose clock the test turns.
type tipWindow struct {
	widget.BaseWidget
	box   *fyne.Container
	tips  *Tips
	ticks []func()
}

func newTipWindow(o fyne.CanvasObject) *tipWindow {
	w := &tipWindow{}
	w.tips = NewTips(func(_ time.Duration, f func()) { w.ticks = append(w.ticks, f) })
	w.box = container.NewWithoutLayout(o, w.tips.Layer)
	w.tips.Layer.Resize(fyne.NewSize(400, 300))
	w.ExtendBaseWidget(w)
	return w
}

func (w *tipWindow) Tips() *Tips { return w.tips }

func (w *tipWindow) CreateRenderer() fyne.WidgetRenderer { return widget.NewSimpleRenderer(w.box) }

// tick lets the clock tick n times.
func (w *tipWindow) tick(n int) {
	for range n {
		due := w.ticks
		w.ticks = nil
		for _, f := range due {
			f()
		}
	}
}

func TestTips(t *testing.T) {
	on, off := fyne.NewPos(20, 20), fyne.NewPos(300, 200)
	tests := []struct {
		name string
		do   func(c fyne.Canvas, w *tipWindow, b *Button)
		want string
	}{
		{"not at once", func(c fyne.Canvas, w *tipWindow, _ *Button) { test.MoveMouse(c, on); w.tick(tipTicks - 1) }, ""},
		{"after a rest", func(c fyne.Canvas, w *tipWindow, _ *Button) { test.MoveMouse(c, on); w.tick(tipTicks) }, "Stops all"},
		{"not while it moves", func(c fyne.Canvas, w *tipWindow, _ *Button) {
			test.MoveMouse(c, on)
			w.tick(tipTicks - 1)
			test.MoveMouse(c, on.AddXY(2, 0))
			w.tick(tipTicks - 1)
		}, ""},
		{"goes with the pointer", func(c fyne.Canvas, w *tipWindow, _ *Button) {
			test.MoveMouse(c, on)
			w.tick(tipTicks)
			test.MoveMouse(c, off)
		}, ""},
		{"goes by a press", func(c fyne.Canvas, w *tipWindow, b *Button) {
			test.MoveMouse(c, on)
			w.tick(tipTicks)
			b.MouseDown(nil)
		}, ""},
		{"comes with the focus", func(c fyne.Canvas, w *tipWindow, b *Button) { c.Focus(b); w.tick(tipTicks) }, "Stops all"},
		{"goes by a key", func(c fyne.Canvas, w *tipWindow, b *Button) {
			c.Focus(b)
			w.tick(tipTicks)
			press(b, fyne.KeyDown)
		}, ""},
		{"goes when what it is of moves", func(c fyne.Canvas, w *tipWindow, b *Button) {
			test.MoveMouse(c, on)
			w.tick(tipTicks)
			b.Move(fyne.NewPos(10, 60))
			w.tick(1)
		}, ""},
		{"changes with what it is of", func(c fyne.Canvas, w *tipWindow, b *Button) {
			test.MoveMouse(c, on)
			w.tick(tipTicks)
			b.Tip = "Stops two"
			w.tick(1)
		}, "Stops two"},
		{"goes when a sheet opens", func(c fyne.Canvas, w *tipWindow, _ *Button) {
			test.MoveMouse(c, on)
			w.tick(tipTicks)
			NewOverlay(c, NewPara(Body, Fg), true, func(fyne.Size) (x, y, w, h float32) { return 0, 0, 90, 90 }).Open()
		}, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			themed(t)
			b := NewButton("b", "", "square", Ghost, nil)
			b.Tip = "Stops all"
			b.Resize(fyne.NewSize(30, 30))
			b.Move(fyne.NewPos(10, 10))
			w := newTipWindow(b)
			c := show(t, w).Canvas()
			tt.do(c, w, b)
			if got := w.tips.Layer.text; got != tt.want {
				t.Errorf("the tip is %q, want %q", got, tt.want)
			}
			if tt.want == "" && tt.name != "not while it moves" && tt.name != "not at once" {
				w.tick(5)
				if len(w.ticks) > 0 {
					t.Error("the clock goes on although there is no tip")
				}
			}
		})
	}
}

func TestTipsOfASheetLieOverIt(t *testing.T) {
	themed(t)
	w := newTipWindow(NewPara(Body, Fg))
	c := show(t, w).Canvas()
	b := NewButton("b", "", "x", Ghost, nil)
	b.Tip = "Close"
	o := NewOverlay(c, b, true, func(fyne.Size) (x, y, w, h float32) { return 10, 10, 30, 30 })
	o.Open()
	test.MoveMouse(c, fyne.NewPos(20, 20))
	w.tick(tipTicks)
	if o.tips.text != "Close" || w.tips.Layer.text != "" {
		t.Errorf("the sheet's layer says %q, the window's %q", o.tips.text, w.tips.Layer.text)
	}
	o.Close()
	if w.tips.shown != nil {
		t.Error("the tip outlives its sheet")
	}
}

func TestTipPlace(t *testing.T) {
	themed(t)
	line := func(float32) float32 { return 17 }
	win := fyne.NewSize(400, 300)
	long := "A sentence that is a good deal longer than the three hundred and twenty units that a tip may be wide"
	tests := []struct {
		name string
		text string
		at   fyne.Position
		good func(x, y, w, h float32) bool
	}{
		{"below the pointer", "Close", fyne.NewPos(100, 100), func(x, y, _, _ float32) bool { return x == 102 && y == 118 }},
		{"above at the lower edge", "Close", fyne.NewPos(100, 290), func(_, y, _, h float32) bool { return y+h <= 282 }},
		{"inside at the right edge", "Close", fyne.NewPos(395, 100), func(x, _, w, _ float32) bool { return x+w <= 392 }},
		{"not too wide", long, fyne.NewPos(0, 0), func(x, _, w, _ float32) bool { return x == 8 && w <= tipWidth }},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if x, y, w, h := tipPlace(tt.text, tt.at, win, line); !tt.good(x, y, w, h) {
				t.Errorf("it is at %v, %v and %v x %v", x, y, w, h)
			}
		})
	}
}

func TestClosingASheetGivesTheFocusBack(t *testing.T) {
	themed(t)
	b := NewButton("b", "Open", "", Plain, nil)
	c := show(t, b).Canvas()
	c.Focus(b)
	in := NewButton("in", "Close", "", Plain, nil)
	o := NewOverlay(c, in, true, func(fyne.Size) (x, y, w, h float32) { return 0, 0, 90, 90 })
	o.Open()
	c.Focus(in)
	o.Close()
	if c.Focused() != fyne.Focusable(b) {
		t.Errorf("after the sheet %T has the focus", c.Focused())
	}
}
