package ui

import (
	"fyne.io/fyne/v2"

	"culvert/ui/parts"
)

// pane is a part of the window that F6 goes to.
type pane struct {
	obj   fyne.CanvasObject
	focus fyne.Focusable // gets the keyboard
}

// panes are the parts of the window that are there, in the order of the Tab
// key.
func (a *App) panes() []pane {
	out := []pane{{a.top, a.top.add}}
	if a.top.search.Visible() {
		out[0].focus = a.top.search.Entry
	}
	out = append(out, pane{a.rail, a.rail.first()})
	if a.frame.empty {
		out = append(out, pane{a.welcome, a.welcome.first()})
	} else {
		out = append(out, pane{a.table.obj, a.table.list})
	}
	if a.details.Visible() {
		out = append(out, pane{a.details, a.details.toggle})
	}
	return append(out, pane{a.strip, a.strip.first()})
}

// nextPane gives the keyboard to another part of the window.
func (a *App) nextPane(by int) {
	var out []pane
	at := -1
	focused, _ := a.window.Canvas().Focused().(fyne.CanvasObject)
	for _, p := range a.panes() {
		if p.focus == nil {
			continue
		}
		if focused != nil && holds(p.obj, focused) {
			at = len(out)
		}
		out = append(out, p)
	}
	if at < 0 && by < 0 {
		at = 0
	}
	parts.Focus(out[(at+by+len(out))%len(out)].focus)
}

// holds says whether o lies inside a part of the window.
func holds(part, o fyne.CanvasObject) bool {
	d := fyne.CurrentApp().Driver()
	p := d.AbsolutePositionForObject(o).Subtract(d.AbsolutePositionForObject(part))
	s := part.Size()
	return p.X >= 0 && p.Y >= 0 && p.X < s.Width && p.Y < s.Height
}
