package parts

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/widget"
)

// optionList is a list that the Tab key passes by: the field or the segments that it
// belongs to move its cursor, see [Options.Key].
type optionList struct{ widget.List }

var _ fyne.Disableable = (*optionList)(nil)

func newOptionList(length func() int, create func() fyne.CanvasObject, update func(widget.ListItemID, fyne.CanvasObject)) *optionList {
	l := &optionList{}
	l.Length, l.CreateItem, l.UpdateItem = length, create, update
	l.HideSeparators = true
	l.ExtendBaseWidget(l)
	return l
}

// Disable implements [fyne.Disableable].
func (l *optionList) Disable() {}

// Enable implements [fyne.Disableable].
func (l *optionList) Enable() {}

// Disabled implements [fyne.Disableable], which keeps the list out of the order of the
// Tab key.
func (l *optionList) Disabled() bool { return true }
