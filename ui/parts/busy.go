package parts

import (
	"sync/atomic"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// busyTurn is how long the light takes from the first dot to the first dot.
const busyTurn = 1200 * time.Millisecond

// still has nothing move; see [Still].
var still atomic.Bool

// Still says whether nothing is to move by itself, whatever the toolkit's own settings
// say. What moves already goes on until its end. It may be called from any goroutine.
func Still(on bool) { still.Store(on) }

// moves says whether something may move by itself.
func moves() bool { return !still.Load() && fyne.CurrentApp().Settings().ShowAnimations() }

// Busy says in words what goes on, behind three dots that light up in turn.
// Where no animations are shown the dots stand still: the words tell it too.
type Busy struct {
	widget.BaseWidget
	mark string
	text string

	d     Drawing
	words *Text
	dots  [3]*Dot
	turn  *fyne.Animation
	step  int
}

// NewBusy returns one that says nothing.
func NewBusy(mark string) *Busy {
	b := &Busy{mark: mark}
	b.words = b.d.Text(Caption, Text2)
	for i := range b.dots {
		b.dots[i] = b.d.Dot(Accent)
		b.dots[i].C.Hide()
	}
	b.ExtendBaseWidget(b)
	b.Hide()
	return b
}

// Set changes the words; empty ones end it.
func (b *Busy) Set(text string) {
	if b.text == text {
		return
	}
	began := b.text == ""
	b.text = text
	b.words.SetText(text)
	Show(b, text != "")
	switch {
	case text == "":
		b.end()
	case began:
		b.begin()
	}
	b.Refresh()
}

// Text returns the words.
func (b *Busy) Text() string { return b.text }

// begin has the dots light up in turn. An animation is of the toolkit and ends
// with its window.
func (b *Busy) begin() {
	b.step = 0
	if b.turn != nil || !moves() {
		return
	}
	b.turn = fyne.NewAnimation(busyTurn, func(done float32) {
		defer Catch()
		if step := int(done * float32(len(b.dots))); step != b.step {
			b.step = step
			b.light()
		}
	})
	b.turn.RepeatCount = fyne.AnimationRepeatForever
	b.turn.Curve = fyne.AnimationLinear
	b.turn.Start()
}

func (b *Busy) end() {
	if b.turn != nil {
		b.turn.Stop()
		b.turn = nil
	}
}

// light paints the dots, the lit one in the accent.
func (b *Busy) light() {
	for i, d := range b.dots {
		d.fill = BorderStrong
		if i == b.step%len(b.dots) || b.turn == nil {
			d.fill = Accent
		}
		d.repaint()
	}
}

// CreateRenderer implements [fyne.Widget].
func (b *Busy) CreateRenderer() fyne.WidgetRenderer {
	return b.d.Renderer(func(s fyne.Size) {
		yc := floor(s.Height / 2)
		for i, d := range b.dots {
			Show(d.C, b.text != "")
			d.Place(float32(i)*8, yc-2, 5)
		}
		b.light()
		b.words.Place(32, yc, max(s.Width-32, 0))
	}, func() fyne.Size { return fyne.NewSize(32, 18) }, b)
}

// Box returns the mark and the words, for those who drive the window.
func (b *Busy) Box() (mark, text string) { return b.mark, b.text }
