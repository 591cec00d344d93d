package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// prefWidth is how wide the sheet of preferences is.
const prefWidth = 560

// prefActions are what the sheet of preferences asks of the app.
type prefActions struct {
	choose   func(key string, on bool)
	mend     func()
	theme    func(choice string)
	language func(code string)
	open     func()
	copy     func(string)
}

// prefSheet shows what can be chosen for the whole program.
type prefSheet struct {
	widget.BaseWidget
	*sheetFrame
	view prefs
	busy bool // a choice is being carried out

	waiting []prefChoice // behind it

	d      parts.Drawing
	list   *prefList
	scroll *container.Scroll
	done   *parts.Button
	over   *parts.Overlay
}

func newPrefSheet(act prefActions) *prefSheet {
	s := &prefSheet{list: newPrefList(act)}
	s.sheetFrame = newSheetFrame(&s.d, "prefs")
	s.title.SetText(lang.L("Preferences"))
	s.scroll = container.NewVScroll(s.list)
	s.done = parts.NewButton("prefs/done", lang.L("Close"), "", parts.Plain, nil)
	for _, o := range []fyne.CanvasObject{s.closer, s.scroll, s.done} {
		s.d.Add(o)
	}
	s.ExtendBaseWidget(s)
	return s
}

// open lays the sheet over the window; gone is called when it has been closed.
func (s *prefSheet) open(c fyne.Canvas, gone func()) {
	s.over = parts.NewOverlay(c, s, true, func(win fyne.Size) (x, y, w, h float32) {
		return middle(win, prefWidth, sheetTop+s.list.Fit(min(prefWidth, win.Width-24))+sheetFoot)
	})
	s.over.OnDismiss = func() {
		s.over.Close()
		gone()
	}
	s.closer.OnTap, s.done.OnTap = s.over.OnDismiss, s.over.OnDismiss
	s.over.Open()
	parts.Focus(s.done)
}

// set shows preferences.
func (s *prefSheet) set(v prefs) {
	s.view = v
	s.list.set(v)
	s.Refresh()
	if s.over != nil {
		s.over.Refresh()
	}
}

// CreateRenderer implements [fyne.Widget].
func (s *prefSheet) CreateRenderer() fyne.WidgetRenderer {
	return s.d.Renderer(func(z fyne.Size) {
		body := s.layout(z, sheetTop, s.done)
		parts.Put(s.scroll, 0, body.y, z.Width, body.h)
	}, func() fyne.Size { return fyne.NewSize(300, 200) }, s)
}

// prefRow is one switch with what it means.
type prefRow struct {
	title, note *parts.Para
	toggle      *parts.Toggle
	mend        *parts.Button
}

// prefList is the sheet's body.
type prefList struct {
	widget.BaseWidget
	act    prefActions
	view   prefs
	lines  []prefLine
	height float32

	d       parts.Drawing
	trouble *callout
	rows    []*prefRow
	rule    *parts.Box
	look    *parts.Text
	themes  *parts.Segments
	tongue  *parts.Text
	tongues *parts.Segments
	later   *parts.Para // about the language
	files   *parts.Text
	folder  *parts.Text
	note    *parts.Para
	open    *parts.Button
	copy    *parts.Button
}

func newPrefList(act prefActions) *prefList {
	l := &prefList{act: act, trouble: newCallout("prefs/error", act.copy)}
	l.d.Add(l.trouble)
	for _, key := range []string{prefLogin, prefHides, prefRestore, prefNotify} {
		r := &prefRow{title: parts.NewPara(parts.Word, parts.Fg), note: parts.NewPara(parts.Caption, parts.Text3)}
		r.note.Mark = "prefs/" + key + "/note"
		r.toggle = parts.NewToggle("prefs/"+key, func(on bool) { act.choose(key, on) })
		r.mend = parts.NewButton("prefs/"+key+"/mend", "", "", parts.Plain, act.mend)
		r.mend.Small = true
		for _, o := range []fyne.CanvasObject{r.title, r.note, r.toggle, r.mend} {
			l.d.Add(o)
		}
		l.rows = append(l.rows, r)
	}
	l.rule = l.d.Box(parts.Border, parts.None, 0)
	l.look, l.tongue, l.files = l.d.Text(parts.Word, parts.Fg), l.d.Text(parts.Word, parts.Fg), l.d.Text(parts.Word, parts.Fg)
	l.look.SetText(lang.L("Theme"))
	l.tongue.SetText(lang.L("Language"))
	l.later = parts.NewPara(parts.Caption, parts.Text3)
	l.later.SetText(lang.L("Holds from the next start of Culvert on."))
	l.files.SetText(lang.L("Files"))
	l.folder = l.d.Text(parts.MonoSmall, parts.Text2).CutMiddle()
	l.note = parts.NewPara(parts.Caption, parts.Text3)
	l.note.SetText(lang.L("Profiles and settings are readable files here; they hold no secrets."))
	l.themes = parts.NewSegments("prefs/theme", themeSegments(), act.theme)
	l.tongues = parts.NewSegments("prefs/language", languageSegments(), act.language)
	l.open = parts.NewButton("prefs/open", lang.L("Open"), "folder", parts.Plain, act.open)
	l.open.Small = true
	l.copy = parts.NewButton("prefs/copy", "", "copy", parts.Ghost, func() { act.copy(l.view.folder) })
	l.copy.Tip, l.copy.Small = lang.L("Copy the folder's name"), true
	for _, o := range []fyne.CanvasObject{l.themes, l.tongues, l.later, l.note, l.copy, l.open} {
		l.d.Add(o)
	}
	l.ExtendBaseWidget(l)
	return l
}

func (l *prefList) set(v prefs) {
	l.view, l.lines = v, v.lines()
	l.trouble.error(v.err)
	for _, r := range l.rows {
		r.show(l.line(r.toggle.Mark))
	}
	l.themes.Set(v.theme)
	l.tongues.Set(v.settings.Language)
	for _, o := range []fyne.CanvasObject{l.tongue.C, l.tongues, l.later} {
		parts.Show(o, v.languages())
	}
	l.folder.SetText(v.folder)
	for _, o := range []fyne.CanvasObject{l.open, l.copy, l.note, l.files.C, l.folder.C} {
		parts.Show(o, v.folder != "")
	}
	l.Refresh()
}

// line is the switch of a mark; its key is empty where it is not offered.
func (l *prefList) line(mark string) prefLine {
	for _, line := range l.lines {
		if "prefs/"+line.key == mark {
			return line
		}
	}
	return prefLine{}
}

func (r *prefRow) show(line prefLine) {
	for _, o := range []fyne.CanvasObject{r.title, r.note, r.toggle} {
		parts.Show(o, line.key != "")
	}
	parts.Show(r.mend, line.mend != "")
	colour := parts.Text3
	if line.alert {
		colour = parts.Amber
	}
	r.title.SetText(line.title)
	r.note.Set(line.note, colour)
	r.mend.Set(line.mend, "")
	r.toggle.Set(line.on)
}

// Fit returns the height that is needed.
func (l *prefList) Fit(w float32) float32 {
	l.place(w)
	return l.height
}

// CreateRenderer implements [fyne.Widget].
func (l *prefList) CreateRenderer() fyne.WidgetRenderer {
	return l.d.Renderer(func(s fyne.Size) { l.place(s.Width) }, func() fyne.Size { return fyne.NewSize(200, l.height) }, l)
}

func (l *prefList) place(w float32) {
	c := column{x: 24, y: 18, w: w - 48}
	c.put(l.trouble, 16)
	for _, r := range l.rows {
		if r.title.Visible() {
			r.place(&c)
		}
	}
	parts.Show(l.rule.C, len(l.lines) > 0)
	if len(l.lines) > 0 {
		l.rule.Place(24, c.y, w-48, 1)
		c.y += 18
	}
	right := w - 24
	sw := l.themes.Width()
	l.look.Place(24, c.y+15, right-sw-24-12)
	parts.Put(l.themes, right-sw, c.y, sw, parts.SegmentsHeight)
	c.y += parts.SegmentsHeight + 18
	if l.view.languages() {
		l.placeLanguages(&c, right)
	}
	if l.view.folder != "" {
		l.placeFiles(&c, right)
	}
	l.height = c.y
}

// placeLanguages puts them beside their word, or below it where they need the width.
func (l *prefList) placeLanguages(c *column, right float32) {
	w := min(l.tongues.Width(), c.w)
	l.tongue.Place(c.x, c.y+15, c.w)
	if c.w-w < l.tongue.Width()+12 {
		c.y += 28
	}
	parts.Put(l.tongues, right-w, c.y, w, parts.SegmentsHeight)
	c.y += parts.SegmentsHeight + 5
	c.put(l.later, 16)
}

func (l *prefList) placeFiles(c *column, right float32) {
	ow, cw := l.open.MinSize().Width, l.copy.MinSize().Width
	left := c.x + max(l.files.Width(), l.look.Width()) + 16
	l.files.Place(c.x, c.y+13, left-c.x)
	parts.Put(l.open, right-ow, c.y, ow, 26)
	parts.Put(l.copy, right-ow-cw-4, c.y, cw, 26)
	l.folder.Place(left, c.y+13, right-ow-cw-12-left)
	c.y += 34
	c.put(l.note, 18)
}

// place puts the switch at the right of its words.
func (r *prefRow) place(c *column) {
	right := c.x + c.w
	words := c.w - parts.SwitchWidth - 20
	th, nh := r.title.Fit(words), float32(0)
	parts.Put(r.toggle, right-parts.SwitchWidth, c.y-2, parts.SwitchWidth, parts.SwitchHeight+4)
	parts.Put(r.title, c.x, c.y, words, th)
	y := c.y + th + 3
	room := words
	if r.mend.Visible() {
		mw := r.mend.MinSize().Width
		room = c.w - mw - 16
		parts.Put(r.mend, right-mw, y+2, mw, 26)
		nh = 28
	}
	h := r.note.Fit(room)
	parts.Put(r.note, c.x, y, room, h)
	c.y = y + max(h, nh) + 16
}
