package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/ui/parts"
)

// sheetFrame is what all sheets have: a title with a closer, a rule below it, a
// rule above the foot, and in the foot words at the left about what goes on and
// buttons at the right. Its owner takes in the closer where the Tab key should
// find it.
type sheetFrame struct {
	title       *parts.Text
	top, bottom *parts.Box
	closer      *parts.Button
	busy        *parts.Busy
}

// room is what a frame leaves for the body.
type room struct{ y, h float32 }

func newSheetFrame(d *parts.Drawing, mark string) *sheetFrame {
	f := &sheetFrame{top: d.Box(parts.Border, parts.None, 0), bottom: d.Box(parts.Border, parts.None, 0)}
	f.title = d.Text(parts.Heading, parts.Fg)
	f.closer = parts.NewButton(mark+"/close", "", "x", parts.Ghost, nil)
	f.closer.Tip = lang.L("Close")
	f.busy = parts.NewBusy(mark + "/progress")
	d.Add(f.busy)
	return f
}

// Spoken is what a screen reader reads of the sheet.
func (f *sheetFrame) Spoken() string { return f.title.String() }

// layout puts the frame's parts, with the rule below the title at top, and the
// visible ones of the buttons, the rightmost first.
func (f *sheetFrame) layout(z fyne.Size, top float32, buttons ...*parts.Button) room {
	f.title.Place(24, 29, z.Width-100)
	parts.Put(f.closer, z.Width-44, 13, 30, 30)
	foot := z.Height - sheetFoot
	f.top.Place(0, top-1, z.Width, 1)
	f.bottom.Place(0, foot, z.Width, 1)
	right := z.Width - 24
	for _, b := range buttons {
		if b.Visible() {
			w := b.MinSize().Width
			right -= w
			parts.Put(b, right, foot+16, w, 30)
			right -= 8
		}
	}
	f.layoutBusy(24, foot, right)
	return room{top, foot - top}
}

// layoutBusy puts the words about what goes on between left and right.
func (f *sheetFrame) layoutBusy(left, foot, right float32) {
	parts.Put(f.busy, left, foot+16, max(right-left-8, 0), 30)
}

// middle is the place of a sheet of that size, or as large as the window
// allows.
func middle(win fyne.Size, w, h float32) (x, y, ww, hh float32) {
	w, h = min(w, win.Width-24), min(h, win.Height-24)
	return floor((win.Width - w) / 2), floor((win.Height - h) / 2), w, h
}
