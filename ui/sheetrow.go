package ui

import (
	"fyne.io/fyne/v2"

	"culvert/ui/parts"
)

// sheetRow is a field of the sheet with its name and what is wrong with it.
type sheetRow struct {
	head  *parts.Para
	field fyne.CanvasObject
	bad   *parts.Para
}

// newSheetRow makes a row; mark is that of what is wrong.
func newSheetRow(head, mark string, field fyne.CanvasObject) *sheetRow {
	r := &sheetRow{head: parts.NewPara(parts.Body, parts.Text2), field: field, bad: complaintPara(mark)}
	r.head.SetText(head)
	return r
}

func (r *sheetRow) show(on bool) {
	for _, o := range []fyne.CanvasObject{r.head, r.field, r.bad} {
		parts.Show(o, on)
	}
}

const (
	sheetRowStep = 38
	sheetRowHead = 88
)

// place puts the row into a column; a hidden one takes no room.
func (r *sheetRow) place(c *column) {
	if !r.field.Visible() {
		return
	}
	parts.Put(r.head, c.x, c.y+6, sheetRowHead-8, r.head.Fit(sheetRowHead-8))
	parts.Put(r.field, c.x+sheetRowHead, c.y, c.w-sheetRowHead, 30)
	c.y += sheetRowStep
	below := column{x: c.x + sheetRowHead, y: c.y - 4, w: c.w - sheetRowHead}
	below.put(r.bad, 8)
	c.y = max(c.y, below.y)
}
