package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

const (
	menuWidth = 220
	menuRow   = 30
)

// OpenMenu opens a list of verbs at a place of the window; choosing one closes
// it first.
func OpenMenu(c fyne.Canvas, mark string, at fyne.Position, items []Option, choose func(key string)) {
	body := &menuBody{}
	body.list = NewOptions(mark, menuRow, nil)
	body.list.Set(items, "")
	body.ExtendBaseWidget(body)
	h := menuRow*float32(len(items)) + 10
	o := NewOverlay(c, body, false, func(win fyne.Size) (x, y, w, hh float32) {
		return max(min(at.X, win.Width-menuWidth-8), 8), max(min(at.Y, win.Height-h-8), 8), menuWidth, h
	})
	body.list.OnChoose = func(key string) {
		o.Close()
		choose(key)
	}
	o.Open()
	c.Focus(body)
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
	if !m.list.Key(e.Name) {
		PassKey(m, e)
	}
}
