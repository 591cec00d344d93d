package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

const (
	menuWidth = 220 // at least
	menuWide  = 480 // at most
	menuRow   = 30
)

// OpenMenu opens a list of verbs at a place of the window; choosing one closes
// it first. What is longer than the window is scrolled.
func OpenMenu(c fyne.Canvas, mark string, at fyne.Position, items []Option, choose func(key string)) {
	body := &menuBody{}
	body.list = NewOptions(mark, menuRow, nil)
	body.list.Set(items, "")
	body.ExtendBaseWidget(body)
	o := NewOverlay(c, body, false, func(win fyne.Size) (x, y, w, h float32) {
		w = min(widthOf(items), win.Width-16)
		h = min(menuRow*float32(len(items))+10, win.Height-16)
		return max(min(at.X, win.Width-w-8), 8), max(min(at.Y, win.Height-h-8), 8), w, h
	})
	body.list.OnChoose = func(key string) {
		o.Close()
		choose(key)
	}
	o.Open()
	c.Focus(body)
}

// widthOf is how wide a menu is so that its longest line is whole, within bounds.
func widthOf(items []Option) float32 {
	w := float32(menuWidth)
	for _, it := range items {
		need := 28 + Body.Width(it.Text)
		if it.Icon != "" {
			need += 22
		}
		if it.Note != "" {
			need += Caption.Width(it.Note) + 16
		}
		if it.On {
			need += 20
		}
		w = max(w, need)
	}
	return min(w, menuWide)
}

// menuBody gives the keyboard to the list of a menu.
type menuBody struct {
	widget.BaseWidget
	list *Options
}

// CreateRenderer implements [fyne.Widget].
func (m *menuBody) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(NewArranged(func(s fyne.Size) {
		Put(m.list, 0, 5, s.Width, s.Height-10)
	}, nil, m.list))
}

// FocusGained implements [fyne.Focusable].
func (m *menuBody) FocusGained() {}

// FocusLost implements [fyne.Focusable].
func (m *menuBody) FocusLost() {}

// TypedRune implements [fyne.Focusable].
func (m *menuBody) TypedRune(rune) {}

// TypedKey implements [fyne.Focusable].
func (m *menuBody) TypedKey(e *fyne.KeyEvent) {
	defer Catch()
	switch {
	case e.Name == fyne.KeyHome:
		m.list.move(-1, 1)
	case e.Name == fyne.KeyEnd:
		m.list.move(len(m.list.items), -1)
	case !m.list.Key(e.Name):
		PassKey(m, e)
	}
}
