package ui

import (
	"reflect"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// giveView is what the sheet of an export shows.
type giveView struct {
	title, about string
	form         string
	text         string // as much of it as is shown
	lost, failed string
	told         string
	copied, can  bool
}

// mostPreview is how many lines of an export are shown.
const mostPreview = 200

func (g *giving) view() giveView {
	v := giveView{
		title: lang.L("Export “{{.Name}}”", vars{"Name": g.what.Name}), form: g.form, lost: paragraph(g.lost),
		about: giveAbout(g.form), can: g.text != "" && !g.writing, copied: g.text != "" && g.app.copied == g.text,
	}
	if g.failed != nil {
		v.failed = complaint(g.failed)
	}
	v.text = firstLines(g.text, mostPreview)
	switch {
	case g.saved != "":
		v.told = lang.L("Saved as {{.File}}", vars{"File": shorterPath(g.saved, g.app.home)})
	case v.copied:
		v.told = lang.L("Copied")
	}
	return v
}

// firstLines are the first lines of a text, and how many more there are.
func firstLines(text string, most int) string {
	lines := strings.SplitAfter(text, "\n")
	if len(lines) <= most {
		return text
	}
	return strings.Join(lines[:most], "") + plural(len(lines)-most, "… and 1 more line", "… and {{.N}} more lines", nil)
}

func giveAbout(form string) string {
	switch form {
	case giveProfile:
		return lang.L("A file that Culvert reads: put it into a git checkout, or give it to somebody. There are no secrets in it.")
	case giveReport:
		return lang.L("For somebody who helps: contexts, servers, users and addresses are replaced. Names of namespaces, services and pods stay in it.")
	}
	return lang.L("A script that forwards all of them as long as it runs.")
}

// giveSheet draws it.
type giveSheet struct {
	widget.BaseWidget
	g    *giving
	view giveView
	*sheetFrame
	d      parts.Drawing
	forms  *parts.Segments
	about  *parts.Para
	lost   *callout
	failed *callout
	well   *parts.Box
	text   *selectable
	body   *fyne.Container
	scroll *container.Scroll
	told   *parts.Text
	tick   *parts.Icon
	copy   *parts.Button
	save   *parts.Button
	size   fyne.Size
}

func newGiveSheet(g *giving) *giveSheet {
	v := &giveSheet{g: g}
	v.sheetFrame = newSheetFrame(&v.d, "give")
	v.closer.OnTap = g.close
	v.forms = parts.NewSegments("give/form", []parts.Segment{
		{Key: giveProfile, Text: lang.L("Profile")},
		{Key: giveKubectl, Text: "kubectl"},
		{Key: giveOC, Text: "oc"},
		{Key: giveCulvert, Text: "culvert"},
		{Key: giveReport, Text: lang.L("Report")},
	}, g.choose)
	v.about = parts.NewPara(parts.Secondary, parts.Text2)
	v.about.Mark = "give/about"
	v.lost = newCallout("give/lost", nil)
	v.failed = newCallout("give/error", g.app.copyText)
	v.well = v.d.Box(parts.Surface, parts.Border, 6)
	v.text = newSelectable("give/text")
	v.body = parts.NewArranged(func(z fyne.Size) {
		h := v.text.Fit(z.Width - 24)
		parts.Put(v.text, 12, 10, z.Width-24, h)
		if size := fyne.NewSize(100, h+20); size != v.size {
			v.size = size
			v.scroll.Refresh()
		}
	}, func() fyne.Size { return v.size }, v.text)
	v.scroll = container.NewVScroll(v.body)
	v.tick = v.d.Icon("", parts.Green)
	v.told = v.d.Text(parts.Secondary, parts.Text2).CutMiddle()
	v.copy = parts.NewButton("give/copy", lang.L("Copy"), "copy", parts.Main, g.copyAll)
	v.save = parts.NewButton("give/save", lang.L("Save…"), "", parts.Plain, g.save)
	for _, o := range []fyne.CanvasObject{v.closer, v.forms, v.about, v.failed, v.lost, v.scroll, v.save, v.copy} {
		v.d.Add(o)
	}
	v.ExtendBaseWidget(v)
	return v
}

func (v *giveSheet) apply(view giveView) {
	if reflect.DeepEqual(v.view, view) {
		return
	}
	v.view = view
	v.title.SetText(view.title)
	v.forms.Set(view.form)
	v.about.SetText(view.about)
	v.lost.warning(view.lost)
	v.failed.error(view.failed)
	v.text.set(view.text)
	v.told.SetText(view.told)
	tick := ""
	if view.told != "" {
		tick = "check"
	}
	v.tick.Set(tick, parts.Green)
	v.copy.SetEnabled(view.can)
	v.save.SetEnabled(view.can)
	v.Refresh()
	v.body.Refresh()
	v.scroll.ScrollToTop()
}

// CreateRenderer implements [fyne.Widget].
func (v *giveSheet) CreateRenderer() fyne.WidgetRenderer {
	return v.d.Renderer(v.layout, func() fyne.Size { return fyne.NewSize(400, 300) }, v)
}

func (v *giveSheet) layout(z fyne.Size) {
	body := v.sheetFrame.layout(z, sheetTop, v.copy, v.save)
	c := column{x: 24, y: body.y + 14, w: z.Width - 48}
	parts.Put(v.forms, c.x, c.y, min(v.forms.Width(), c.w), parts.SegmentsHeight)
	c.y += parts.SegmentsHeight + 12
	c.put(v.about, 10)
	c.put(v.failed, 10)
	c.put(v.lost, 10)
	h := max(body.y+body.h-c.y-14, 40)
	v.well.Place(c.x, c.y, c.w, h)
	parts.Put(v.scroll, c.x+1, c.y+1, c.w-2, h-2)
	foot := body.y + body.h
	v.tick.Place(24, foot+31, 14)
	v.told.Place(46, foot+31, v.save.Position().X-46-12)
}
