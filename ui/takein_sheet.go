package ui

import (
	"iter"
	"reflect"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// takeSheet draws what an import would add.
type takeSheet struct {
	widget.BaseWidget
	t     *taking
	view  takeView
	drawn bool // it has a view

	*sheetFrame
	d       parts.Drawing
	path    *parts.Text
	text    *parts.Para
	failed  *callout
	into    *parts.Text
	profile *parts.Picker
	name    *parts.Field
	nameBad *parts.Para
	rule    *parts.Box
	list    *takeList
	cancel  *parts.Button
	submit  *parts.Button

	start      *container.Scroll // what is there before anything was found
	startBody  *fyne.Container
	hint       *parts.Para
	file       *actionCard
	folder     *actionCard
	clipboard  *actionCard
	startSize  fyne.Size
	filling    bool
	heights    map[string]float32 // of sentences, for the width that follows
	heightsFor float32
}

const (
	takeWidth  = 788
	takeHeight = 628
	takeTop    = 76
)

func newTakeSheet(t *taking) *takeSheet {
	v := &takeSheet{t: t, heights: make(map[string]float32)}
	v.sheetFrame = newSheetFrame(&v.d, "take")
	v.closer.OnTap = t.close
	v.title.SetText(lang.L("Import tunnels"))
	v.path = v.d.Text(parts.MonoSmall, parts.Text3).CutMiddle()
	v.into = v.d.Text(parts.Body, parts.Text2)
	v.rule = v.d.Box(parts.Border, parts.None, 0)
	v.text = parts.NewPara(parts.Secondary, parts.Text2)
	v.text.Mark = "take/text"
	v.failed = newCallout("take/error", t.app.copyText)
	v.profile = parts.NewPicker("take/profile", "", func(key string) {
		t.change(func(p *takePlan) {
			if p.profile = key; key == takeNewProfile {
				p.profile = ""
			}
		})
	})
	v.name = parts.NewField("take/name", lang.L("Name of the profile"), "", func(text string) {
		if !v.filling {
			t.change(func(p *takePlan) { p.name = text })
		}
	})
	v.name.Entry.OnSubmitted = func(string) { t.submit() }
	v.nameBad = complaintPara("take/name-error")
	v.list = newTakeList(v)
	v.cancel = parts.NewButton("take/cancel", lang.L("Cancel"), "", parts.Plain, t.close)
	v.submit = parts.NewButton("take/submit", lang.L("Add"), "", parts.Main, t.submit)
	v.hint = parts.NewPara(parts.Secondary, parts.Text3)
	v.hint.SetText(lang.L("Files can be dropped on the window too. Nothing is run, nothing is started, and no passwords or tokens are taken in."))
	v.file = newActionCard("take/file", lang.L("From a file"), lang.L("What kftray or kube-forwarder exports, a profile, a script, a manifest for k9s"), "file-text", "", t.chooseFile)
	v.folder = newActionCard("take/folder", lang.L("From a folder"), lang.L("As of a git checkout: its files, and those in .culvert"), "folder", "", t.chooseFolder)
	v.clipboard = newActionCard("take/clipboard", lang.L("From the clipboard"), lang.L("Lines of kubectl, oc or culvert, or any of those files"), "clipboard-paste", "", t.readClipboard)
	v.startBody = parts.NewArranged(v.layoutStart, func() fyne.Size { return v.startSize }, v.file, v.folder, v.clipboard, v.hint)
	v.start = container.NewVScroll(v.startBody)
	for _, o := range []fyne.CanvasObject{v.closer, v.failed, v.text, v.profile, v.name, v.nameBad, v.start, v.list, v.cancel, v.submit} {
		v.d.Add(o)
	}
	v.ExtendBaseWidget(v)
	return v
}

// place is where the sheet stands in a window.
func (v *takeSheet) place(win fyne.Size) (x, y, w, h float32) {
	h = takeHeight
	if v.view.choose {
		w := min(takeWidth, win.Width-24)
		h = takeTop + v.fitStart(w) + sheetFoot
		if bad := v.failed.Fit(w - 48); bad > 0 {
			h += bad + 12
		}
	}
	return middle(win, takeWidth, h)
}

func (v *takeSheet) apply(view takeView) {
	if v.drawn && reflect.DeepEqual(v.view, view) {
		return
	}
	v.view, v.drawn = view, true
	v.path.SetText(view.path)
	v.text.SetText(view.text)
	v.failed.error(view.failed)
	v.busy.Set(view.doing)
	v.profile.Set(view.profiles, view.profile, "", false)
	v.filling = true
	v.name.SetText(view.name)
	v.filling = false
	v.name.SetBad(view.nameBad != "")
	v.nameBad.SetText(view.nameBad)
	v.submit.Set(view.submit, "")
	v.submit.SetEnabled(view.can)
	into := ""
	if len(view.profiles) > 0 {
		into = lang.L("Into")
	}
	v.into.SetText(into)
	parts.Show(v.profile, into != "")
	parts.Show(v.name, into != "" && view.naming)
	parts.Show(v.nameBad, into != "" && view.naming)
	parts.Show(v.start, view.choose)
	parts.Show(v.list, !view.choose)
	parts.Show(v.text, !view.choose)
	parts.Show(v.submit, !view.choose)
	v.list.show(view.rows)
	v.Refresh()
	v.startBody.Refresh()
	v.t.overlay.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (v *takeSheet) CreateRenderer() fyne.WidgetRenderer {
	return v.d.Renderer(v.layout, func() fyne.Size { return fyne.NewSize(400, 300) }, v)
}

func (v *takeSheet) layout(z fyne.Size) {
	v.path.Place(24, 51, z.Width-48)
	top := float32(takeTop)
	if v.view.choose {
		top -= 20
	}
	body := v.sheetFrame.layout(z, top, v.submit, v.cancel)
	c := column{x: 24, y: body.y + 14, w: z.Width - 48}
	c.put(v.failed, 12)
	if v.view.choose {
		v.rule.Place(0, 0, 0, 0)
		parts.Put(v.start, 0, c.y-14, z.Width, body.y+body.h-c.y+14)
		return
	}
	c.put(v.text, 12)
	if v.profile.Visible() {
		v.layoutInto(&c)
	}
	v.rule.Place(0, c.y, z.Width, 1)
	parts.Put(v.list, 0, c.y+1, z.Width, max(body.y+body.h-c.y-1, 0))
}

// layoutInto puts the row that says in which profile the tunnels will be.
func (v *takeSheet) layoutInto(c *column) {
	x := c.x + v.into.Place(c.x, c.y+15, 120) + 12
	room := c.x + c.w - x
	w := room
	if v.name.Visible() {
		w = floor((room - 8) / 2)
		parts.Put(v.name, x+w+8, c.y, room-w-8, 30)
	}
	parts.Put(v.profile, x, c.y, min(w, 320), 30)
	if v.name.Visible() {
		parts.Put(v.profile, x, c.y, w, 30)
	}
	c.y += 36
	below := column{x: x + w + 8, y: c.y, w: room - w - 8}
	below.put(v.nameBad, 4)
	c.y = max(c.y, below.y) + 6
}

// layoutStart puts the cards that say where tunnels come from.
func (v *takeSheet) layoutStart(z fyne.Size) {
	w := v.cardWidth(z.Width)
	h := v.cardHeight(w)
	x := float32(24)
	for _, c := range []*actionCard{v.file, v.folder, v.clipboard} {
		parts.Put(c, x, 20, w, h)
		x += w + actionGap
	}
	hint := v.hint.Fit(z.Width - 48)
	parts.Put(v.hint, 24, h+36, z.Width-48, hint)
	v.startSize = fyne.NewSize(200, h+hint+56)
}

func (v *takeSheet) cardWidth(w float32) float32 { return floor((w - 48 - 2*actionGap) / 3) }

func (v *takeSheet) cardHeight(w float32) float32 {
	return max(v.file.Fit(w), v.folder.Fit(w), v.clipboard.Fit(w))
}

// fitStart is the height of what is there before anything was found.
func (v *takeSheet) fitStart(w float32) float32 {
	return 20 + v.cardHeight(v.cardWidth(w)) + 16 + v.hint.Fit(w-48) + 20 - 20
}

// rowHeights are the heights of the rows in a width.
func (v *takeSheet) rowHeights(width float32) iter.Seq[float32] {
	return func(yield func(float32) bool) {
		for _, r := range v.view.rows {
			if !yield(v.rowHeight(r, width)) {
				return
			}
		}
	}
}

func (v *takeSheet) rowHeight(r takeRow, width float32) float32 {
	switch r.kind {
	case takeHead:
		return groupHeight
	case takeContext:
		return takeContextHeight
	case takeTunnel:
	}
	h := float32(rowHeight)
	for _, s := range r.sentences() {
		h += v.sentenceHeight(s.text, width)
	}
	if h > rowHeight {
		h += 6
	}
	return h
}

// sentenceHeight is how high a text is in a row; many rows have the same.
func (v *takeSheet) sentenceHeight(text string, width float32) float32 {
	if text == "" {
		return 0
	}
	if v.heightsFor != width {
		clear(v.heights)
		v.heightsFor = width
	}
	h, ok := v.heights[text]
	if !ok {
		h = float32(len(parts.Wrap(parts.Caption, text, width-takeTextX-takeMargin)))*takeStep + 2
		v.heights[text] = h
	}
	return h
}

// menuAt is where the menu of a context opens.
func (v *takeSheet) menuAt(name string) fyne.Position {
	at := fyne.CurrentApp().Driver().AbsolutePositionForObject(v.list)
	return at.AddXY(v.list.Size().Width-takeMargin-220, v.list.bottomOf(name))
}
