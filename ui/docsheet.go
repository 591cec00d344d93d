package ui

import (
	"net/url"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/docs"
	"culvert/ui/parts"
)

// docSheet shows the documents, one at a time.
type docSheet struct {
	widget.BaseWidget
	*sheetFrame
	all  []docs.Document
	past []docLink // where one came from, the last one last
	here docLink
	web  func(*url.URL)

	d      parts.Drawing
	choice *parts.Picker
	page   *docPage
	back   *parts.Button
	done   *parts.Button
}

func newDocSheet(all []docs.Document, copyText func(string), web func(*url.URL)) *docSheet {
	s := &docSheet{all: all, web: web}
	s.sheetFrame = newSheetFrame(&s.d, "documents")
	s.title.SetText(lang.L("Documentation"))
	s.choice = parts.NewPicker("documents/choice", "", func(key string) { s.goTo(docLink{name: key}) })
	s.page = newDocPage(copyText)
	s.back = parts.NewButton("documents/back", lang.L("Back"), "", parts.Plain, s.goBack)
	s.done = parts.NewButton("documents/done", lang.L("Close"), "", parts.Plain, nil)
	for _, o := range []fyne.CanvasObject{s.closer, s.choice, s.page, s.back, s.done} {
		s.d.Add(o)
	}
	s.ExtendBaseWidget(s)
	return s
}

// open lays the sheet over the window. The keyboard scrolls at once.
func (s *docSheet) open(c fyne.Canvas) {
	o := parts.NewOverlay(c, s, true, func(win fyne.Size) (x, y, w, h float32) { return middle(win, 820, win.Height-48) })
	s.closer.OnTap, s.done.OnTap = o.Close, o.Close
	o.Open()
	parts.Focus(s.page)
}

// goTo follows a link and remembers where one was.
func (s *docSheet) goTo(to docLink) {
	if to.url != nil {
		s.web(to.url)
		return
	}
	s.past = append(s.past, s.here)
	s.follow(to)
}

func (s *docSheet) goBack() {
	if n := len(s.past); n > 0 {
		to := s.past[n-1]
		s.past = s.past[:n-1]
		s.follow(to)
	}
}

// follow shows a document from one of its headings on.
func (s *docSheet) follow(to docLink) {
	for _, d := range s.all {
		if d.Name != to.name {
			continue
		}
		if s.here.name != to.name {
			s.page.show(d.Sections, func(link *url.URL) (func(), bool) {
				target, ok := docLinkOf(link, d.Name, s.all)
				return func() { s.goTo(target) }, ok
			})
		}
		s.here = to
		s.page.scrollTo(to.anchor)
	}
	s.choice.Set(docOptions(s.all), s.here.name, "", false)
	parts.Show(s.back, len(s.past) > 0)
	s.Refresh()
}

// CreateRenderer implements [fyne.Widget].
func (s *docSheet) CreateRenderer() fyne.WidgetRenderer {
	return s.d.Renderer(func(z fyne.Size) {
		body := s.layout(z, sheetTop, s.done, s.back)
		left := 24 + s.title.Width() + 20
		w := min(320, z.Width-left-60)
		parts.Put(s.choice, left, 13, w, 30)
		parts.Put(s.page, 0, body.y, z.Width, body.h)
	}, func() fyne.Size { return fyne.NewSize(400, 300) }, s)
}
