package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// licenceSheet lists what others have made of the program.
type licenceSheet struct {
	widget.BaseWidget
	*sheetFrame
	d      parts.Drawing
	note   *parts.Para
	list   *licenceList
	scroll *container.Scroll
	done   *parts.Button
}

func newLicenceSheet(lines []licenceLine) *licenceSheet {
	s := &licenceSheet{list: newLicenceList(lines)}
	s.sheetFrame = newSheetFrame(&s.d, "licences")
	s.title.SetText(lang.L("Licenses"))
	s.note = parts.NewPara(parts.Secondary, parts.Text3)
	s.note.SetText(lang.L("What is built in, under the names that SPDX gives its licenses. Their texts are in the file NOTICES of each package."))
	s.scroll = container.NewVScroll(s.list)
	s.done = parts.NewButton("licences/done", lang.L("Close"), "", parts.Plain, nil)
	for _, o := range []fyne.CanvasObject{s.closer, s.note, s.scroll, s.done} {
		s.d.Add(o)
	}
	s.ExtendBaseWidget(s)
	return s
}

// open lays the sheet over the window.
func (s *licenceSheet) open(c fyne.Canvas) {
	o := parts.NewOverlay(c, s, true, func(win fyne.Size) (x, y, w, h float32) {
		return middle(win, 680, win.Height-48)
	})
	s.closer.OnTap, s.done.OnTap = o.Close, o.Close
	o.Open()
	parts.Focus(s.done)
}

// CreateRenderer implements [fyne.Widget].
func (s *licenceSheet) CreateRenderer() fyne.WidgetRenderer {
	return s.d.Renderer(func(z fyne.Size) {
		body := s.layout(z, sheetTop, s.done)
		h := s.note.Fit(z.Width - 48)
		parts.Put(s.note, 24, body.y+14, z.Width-48, h)
		top := body.y + 14 + h + 8
		parts.Put(s.scroll, 0, top, z.Width, body.y+body.h-top)
	}, func() fyne.Size { return fyne.NewSize(300, 200) }, s)
}

// licenceRow is how high a line of the list is.
const licenceRow = 24

// licenceList draws the lines, a line each.
type licenceList struct {
	widget.BaseWidget
	d     parts.Drawing
	lines []licenceLine
	texts [][3]*parts.Text
}

func newLicenceList(lines []licenceLine) *licenceList {
	l := &licenceList{lines: lines}
	for _, line := range lines {
		row := [3]*parts.Text{
			l.d.Text(parts.Secondary, parts.Fg).CutMiddle(), l.d.Text(parts.MonoSmall, parts.Text3), l.d.Text(parts.Secondary, parts.Text2).Right(),
		}
		for i, s := range []string{line.name, line.version, line.licences} {
			row[i].SetText(s)
		}
		l.texts = append(l.texts, row)
	}
	l.ExtendBaseWidget(l)
	return l
}

// CreateRenderer implements [fyne.Widget].
func (l *licenceList) CreateRenderer() fyne.WidgetRenderer {
	return l.d.Renderer(func(s fyne.Size) { l.place(s.Width) }, func() fyne.Size {
		return fyne.NewSize(200, float32(len(l.lines))*licenceRow+12)
	}, l)
}

func (l *licenceList) place(w float32) {
	room := w - 48
	name, version := floor(room*0.5), floor(room*0.22)
	for i, row := range l.texts {
		y := float32(i)*licenceRow + licenceRow/2
		row[0].Place(24, y, name-12)
		row[1].Place(24+name, y, version-12)
		row[2].Place(24+room, y, room-name-version)
	}
}

// Box returns the mark and all lines, for those who drive the window.
func (l *licenceList) Box() (mark, text string) {
	for _, line := range l.lines {
		text += line.name + " " + line.version + " " + line.licences + "\n"
	}
	return "licences/list", text
}
