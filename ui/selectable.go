package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/theme"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// selectable is a text in the face of a terminal that can be selected and
// copied. Its lines are broken where they have to be.
type selectable struct {
	widget.BaseWidget
	mark   string
	label  *widget.Label
	holder fyne.CanvasObject
}

func newSelectable(mark string) *selectable {
	s := &selectable{mark: mark, label: widget.NewLabel("")}
	s.label.TextStyle = fyne.TextStyle{Monospace: true}
	s.label.Wrapping = fyne.TextWrapBreak
	s.label.Selectable = true
	s.holder = container.NewThemeOverride(s.label, bareTheme{fyne.CurrentApp().Settings().Theme(), 12})
	s.ExtendBaseWidget(s)
	return s
}

func (s *selectable) set(text string) {
	if s.label.Text != text {
		s.label.SetText(text)
	}
}

// Fit returns the height that is needed; 0 without a text.
func (s *selectable) Fit(w float32) float32 {
	if s.label.Text == "" {
		return 0
	}
	s.label.Resize(fyne.NewSize(w, s.label.Size().Height))
	return s.label.MinSize().Height
}

// CreateRenderer implements [fyne.Widget].
func (s *selectable) CreateRenderer() fyne.WidgetRenderer {
	return widget.NewSimpleRenderer(parts.NewArranged(func(z fyne.Size) {
		parts.Put(s.holder, 0, 0, z.Width, z.Height)
	}, nil, s.holder))
}

// Box returns the mark and the text, for those who drive the window.
func (s *selectable) Box() (mark, text string) { return s.mark, s.label.Text }

// bareTheme sets texts in a size of their own and without room around them.
type bareTheme struct {
	fyne.Theme
	size float32
}

// Size implements [fyne.Theme].
func (t bareTheme) Size(n fyne.ThemeSizeName) float32 {
	switch n {
	case theme.SizeNameInnerPadding, theme.SizeNamePadding:
		return 0
	case theme.SizeNameText:
		return t.size
	}
	return t.Theme.Size(n)
}
