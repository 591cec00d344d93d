package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/canvas"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// aboutWidth is how wide the sheet about the program is.
const aboutWidth = 560

// aboutActions are what the sheet asks of the app.
type aboutActions struct {
	documents, licences, diagnostics func()

	open, copy func(string)
}

// aboutSheet says what the program is and where its files are.
type aboutSheet struct {
	widget.BaseWidget
	*sheetFrame
	d      parts.Drawing
	body   *aboutBody
	scroll *container.Scroll
	done   *parts.Button
}

func newAboutSheet(v aboutView, act aboutActions) *aboutSheet {
	s := &aboutSheet{body: newAboutBody(v, act)}
	s.sheetFrame = newSheetFrame(&s.d, "about")
	s.title.SetText(lang.L("About Culvert"))
	s.scroll = container.NewVScroll(s.body)
	s.done = parts.NewButton("about/done", lang.L("Close"), "", parts.Plain, nil)
	for _, o := range []fyne.CanvasObject{s.closer, s.scroll, s.done} {
		s.d.Add(o)
	}
	s.ExtendBaseWidget(s)
	return s
}

// open lays the sheet over the window.
func (s *aboutSheet) open(c fyne.Canvas) {
	o := parts.NewOverlay(c, s, true, func(win fyne.Size) (x, y, w, h float32) {
		return middle(win, aboutWidth, sheetTop+s.body.Fit(min(aboutWidth, win.Width-24))+sheetFoot)
	})
	s.closer.OnTap, s.done.OnTap = o.Close, o.Close
	o.Open()
	parts.Focus(s.done)
}

// CreateRenderer implements [fyne.Widget].
func (s *aboutSheet) CreateRenderer() fyne.WidgetRenderer {
	return s.d.Renderer(func(z fyne.Size) {
		body := s.layout(z, sheetTop, s.done)
		parts.Put(s.scroll, 0, body.y, z.Width, body.h)
	}, func() fyne.Size { return fyne.NewSize(300, 200) }, s)
}

// aboutBody is what stands in the sheet.
type aboutBody struct {
	widget.BaseWidget
	height float32

	d       parts.Drawing
	icon    *canvas.Image
	version *parts.Text
	built   *parts.Para
	what    *parts.Para
	verbs   []*parts.Button
	rule    *parts.Box
	folders []*folderRow
}

// folderRow is a folder with what can be done with it.
type folderRow struct {
	name, path *parts.Text
	copy, open *parts.Button
}

const aboutIcon = 56

func newAboutBody(v aboutView, act aboutActions) *aboutBody {
	b := &aboutBody{icon: canvas.NewImageFromResource(parts.AppIcon())}
	b.icon.FillMode = canvas.ImageFillContain
	b.d.Add(b.icon)
	b.version = b.d.Text(parts.Title, parts.Fg)
	b.version.SetText(v.version)
	b.built = parts.NewPara(parts.Secondary, parts.Text2)
	b.built.Mark = "about/built"
	b.built.SetText(v.built)
	b.what = parts.NewPara(parts.Body, parts.Text2)
	b.what.SetText(lang.L("Keeps port-forwards of Kubernetes and OpenShift running. It is free software under the Apache License 2.0, and comes without any warranty."))
	b.d.Add(b.built)
	b.d.Add(b.what)
	b.verbs = []*parts.Button{
		parts.NewButton("about/documents", lang.L("Documentation"), "file-text", parts.Plain, act.documents),
		parts.NewButton("about/licences", lang.L("Licenses"), "list", parts.Plain, act.licences),
		parts.NewButton("about/diagnostics", lang.L("Copy diagnostics…"), "copy", parts.Plain, act.diagnostics),
	}
	for _, verb := range b.verbs {
		b.d.Add(verb)
	}
	b.rule = b.d.Box(parts.Border, parts.None, 0)
	for _, f := range v.folders {
		b.folders = append(b.folders, b.newFolderRow(f, act))
	}
	b.ExtendBaseWidget(b)
	return b
}

func (b *aboutBody) newFolderRow(f aboutFolder, act aboutActions) *folderRow {
	r := &folderRow{name: b.d.Text(parts.Word, parts.Fg), path: b.d.Text(parts.MonoSmall, parts.Text2).CutMiddle()}
	r.name.SetText(f.name)
	r.path.SetText(f.path)
	r.copy = parts.NewButton("about/"+f.key+"/copy", "", "copy", parts.Ghost, func() { act.copy(f.path) })
	r.copy.Tip, r.copy.Small = lang.L("Copy the folder's name"), true
	r.open = parts.NewButton("about/"+f.key+"/open", lang.L("Open"), "folder", parts.Plain, func() { act.open(f.path) })
	r.open.Small = true
	b.d.Add(r.copy)
	b.d.Add(r.open)
	return r
}

// Fit returns the height that is needed.
func (b *aboutBody) Fit(w float32) float32 {
	b.place(w)
	return b.height
}

// CreateRenderer implements [fyne.Widget].
func (b *aboutBody) CreateRenderer() fyne.WidgetRenderer {
	return b.d.Renderer(func(s fyne.Size) { b.place(s.Width) }, func() fyne.Size { return fyne.NewSize(200, b.height) }, b)
}

func (b *aboutBody) place(w float32) {
	parts.Put(b.icon, 24, 20, aboutIcon, aboutIcon)
	head := column{x: 24 + aboutIcon + 16, y: 20, w: w - 48 - aboutIcon - 16}
	b.version.Place(head.x, head.y+15, head.w)
	head.y += 34
	head.put(b.built, 0)
	c := column{x: 24, y: max(head.y, 20+aboutIcon) + 16, w: w - 48}
	c.put(b.what, 16)
	b.placeVerbs(&c)
	parts.Show(b.rule.C, len(b.folders) > 0)
	if len(b.folders) > 0 {
		b.rule.Place(c.x, c.y, c.w, 1)
		c.y += 14
	}
	for _, r := range b.folders {
		r.place(&c)
	}
	b.height = c.y + 4
}

// placeVerbs puts the buttons behind each other, in a line of its own each that has no
// room beside the one before.
func (b *aboutBody) placeVerbs(c *column) {
	x := c.x
	for _, verb := range b.verbs {
		w := min(verb.MinSize().Width, c.w)
		if x > c.x && x+w > c.x+c.w {
			x = c.x
			c.y += 38
		}
		parts.Put(verb, x, c.y, w, 30)
		x += w + 8
	}
	c.y += 46
}

func (r *folderRow) place(c *column) {
	right := c.x + c.w
	ow, cw := r.open.MinSize().Width, r.copy.MinSize().Width
	parts.Put(r.open, right-ow, c.y+5, ow, 26)
	parts.Put(r.copy, right-ow-cw-4, c.y+5, cw, 26)
	room := c.w - ow - cw - 12
	r.name.Place(c.x, c.y+9, room)
	r.path.Place(c.x, c.y+27, room)
	c.y += 46
}

// Box returns the mark and what the sheet says, for those who drive the window.
func (b *aboutBody) Box() (mark, text string) {
	text = b.version.String() + "\n" + b.built.Text()
	for _, r := range b.folders {
		text += "\n" + r.name.String() + ": " + r.path.String()
	}
	return "about/body", text
}
