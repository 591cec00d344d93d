package ui

import (
	"reflect"
	"strconv"
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/lang"
	"fyne.io/fyne/v2/widget"

	"culvert/ui/parts"
)

// Sizes of the details pane.
const (
	detailsWidth  = 352 // beside the table
	detailsHeight = 196 // below it, in narrow windows
	pageSide      = 20  // room at both sides of a page
)

// detailsPage is one of the pages of the details.
type detailsPage string

const (
	pageOverview    detailsPage = "overview"
	pageConnections detailsPage = "connections"
	pageTimeline    detailsPage = "timeline"
	pageEdit        detailsPage = "edit"
)

// detailsActions are what the details ask of the app; all are about the
// selected tunnel.
type detailsActions struct {
	toggle, open, url, reconnect, close, role, report func()

	turn   func(page detailsPage)
	more   func(at fyne.Position) // the menu of all else, below the button
	copy   func(string)
	tell   func(title, text string)
	remedy func(key string)
}

// detailsView shows one tunnel: beside the table, or below it with the overview in
// two columns.
type detailsView struct {
	widget.BaseWidget
	view   detailView
	page   detailsPage
	copied string
	below  bool

	d          parts.Drawing
	back, rule *parts.Box
	under      *parts.Box // below the head, where that is one line
	glyph      *parts.Icon
	name       *parts.Text
	word       *parts.Text
	sentence   *parts.Text
	toggle     *parts.Toggle
	closer     *parts.Button
	start      *parts.Button
	open       *parts.Button
	url        *parts.Button
	reconnect  *parts.Button
	edit       *parts.Button
	more       *parts.Button
	tabs       *parts.Tabs

	trouble     *callout
	role        *parts.Button
	remedies    *remedyBar
	conflict    *conflictCard
	warning     *callout
	heading     *sectionLabel
	cards       *cardList
	facts       *factList
	curve       *rateCurve
	body        *fyne.Container
	scroll      *container.Scroll
	contentSize fyne.Size

	conns    *connsPage
	timeline *timelinePage
	editing  *editPage
}

func newDetailsView(act detailsActions, editing *editPage) *detailsView {
	v := &detailsView{page: pageOverview, editing: editing}
	v.back = v.d.Box(parts.Bg, parts.None, 0)
	v.rule = v.d.Box(parts.Border, parts.None, 0)
	v.under = v.d.Box(parts.Border, parts.None, 0)
	v.glyph = v.d.Glyph("", parts.Green, parts.Bg)
	v.name = v.d.Text(parts.Heading, parts.Fg)
	v.word = v.d.Text(parts.Secondary, parts.Green)
	v.sentence = v.d.Text(parts.Secondary, parts.Text3)
	v.buildHead(act)
	v.buildOverview(act)
	v.conns = newConnsPage(act.copy, act.tell)
	v.timeline = newTimelinePage(act.copy, act.report)
	for _, o := range []fyne.CanvasObject{
		v.toggle, v.closer, v.start, v.open, v.url, v.reconnect, v.edit, v.more, v.tabs, v.scroll, v.conns, v.timeline, v.editing,
	} {
		v.d.Add(o)
	}
	v.ExtendBaseWidget(v)
	return v
}

func (v *detailsView) buildHead(act detailsActions) {
	small := func(mark, icon, tip string, f func()) *parts.Button {
		b := parts.NewButton(mark, "", icon, parts.Plain, f)
		b.Small, b.Tip = true, tip
		return b
	}
	v.toggle = parts.NewToggle("details/toggle", func(bool) { act.toggle() })
	v.closer = parts.NewButton("details/close", "", "x", parts.Ghost, act.close)
	v.closer.Tip = lang.L("Close (Esc)")
	v.start = small("details/start-stop", "play", lang.L("Start the tunnel"), act.toggle)
	v.open = small("details/open", "external-link", lang.L("Open in the browser"), act.open)
	v.url = small("details/url", "link", lang.L("Copy the address with http:// or https://"), act.url)
	v.reconnect = small("details/reconnect", "rotate-cw", lang.L("Reconnect now (F5)"), act.reconnect)
	v.edit = small("details/edit", "pencil", lang.L("Edit"), func() { act.turn(pageEdit) })
	v.more = parts.NewButton("details/more", "", "ellipsis", parts.Ghost, nil)
	v.more.Tip = lang.L("More")
	v.more.OnTap = func() {
		at := fyne.CurrentApp().Driver().AbsolutePositionForObject(v.more)
		act.more(at.AddXY(0, v.more.Size().Height+4))
	}
	v.tabs = parts.NewTabs("details/tab", func(key string) { act.turn(detailsPage(key)) })
}

func (v *detailsView) buildOverview(act detailsActions) {
	v.trouble = newCallout("details/error", act.copy)
	v.trouble.grown = func() { v.body.Refresh() }
	v.role = parts.NewButton("details/role", lang.L("Show the Role…"), "list", parts.Plain, act.role)
	v.role.Small = true
	v.role.Hide()
	v.remedies = newRemedyBar(act.remedy)
	v.conflict = newConflictCard(act.remedy)
	v.warning = newCallout("details/warning", nil)
	v.heading = newSectionLabel(lang.L("Listening on"))
	v.cards = newCardList(act.copy)
	v.cards.reveal = v.reveal
	v.facts = newFactList(act.copy)
	v.facts.reveal = v.reveal
	v.curve = newRateCurve()
	v.body = parts.NewArranged(v.layoutBody, func() fyne.Size { return v.contentSize },
		v.trouble, v.conflict, v.role, v.remedies, v.warning, v.heading, v.cards, v.facts, v.curve)
	v.scroll = container.NewVScroll(v.body)
}

// apply shows a tunnel; it draws only when something differs.
func (v *detailsView) apply(view detailView, page detailsPage, copied string, below bool) {
	if reflect.DeepEqual(v.view, view) && v.copied == copied && v.below == below && v.page == page {
		return
	}
	top := v.view.id != view.id
	v.view, v.page, v.copied, v.below = view, page, copied, below
	v.glyph.Set(view.look.glyph, view.look.colour)
	v.name.SetText(view.name)
	colour := view.look.word
	if colour == parts.Fg {
		colour = parts.Green
	}
	word, rest, more := strings.Cut(view.sentence, " · ")
	if more {
		rest = "· " + rest
	}
	v.word.Set(word, colour)
	v.sentence.SetText(rest)
	v.toggle.Set(view.on)
	v.open.SetEnabled(view.usable && !view.asking)
	v.url.SetEnabled(view.usable && !view.asking)
	v.reconnect.SetEnabled(view.canKick)
	tick(v.url, view.ticked)
	tick(v.more, view.ticked)
	v.tabs.Compact(below)
	v.tabs.Set(v.pages(), string(page))
	v.applyOverview()
	if top {
		v.scroll.Offset = fyne.Position{}
	}
	v.Refresh()
	v.body.Refresh()
	v.scroll.Refresh()
}

// tick has a button show that something was copied by it.
func tick(b *parts.Button, ticked string) {
	colour := fyne.ThemeColorName("")
	if b.Mark == ticked {
		colour = parts.Green
	}
	b.Tint(colour)
}

func (v *detailsView) pages() []parts.Tab {
	conns := parts.Tab{Key: string(pageConnections), Text: lang.L("Connections"), Counts: true}
	if v.view.conns > 0 {
		conns.Count = strconv.Itoa(v.view.conns)
	}
	return []parts.Tab{
		{Key: string(pageOverview), Text: lang.L("Overview")},
		conns,
		{Key: string(pageTimeline), Text: lang.L("Timeline")},
		{Key: string(pageEdit), Text: lang.L("Edit")},
	}
}

func (v *detailsView) applyOverview() {
	view := v.view
	v.trouble.error(view.trouble)
	v.trouble.setRaw(view.raw)
	parts.Show(v.role, view.role)
	v.remedies.set(view.remedies)
	v.conflict.set(view.conflict)
	warnings := make([]string, 0, len(view.warnings))
	for _, w := range view.warnings {
		warnings = append(warnings, sentence(w))
	}
	v.warning.warning(paragraph(warnings))
	heading := lang.L("Listening on")
	if !view.on {
		heading = lang.L("Will listen on")
	}
	v.heading.set(heading)
	v.cards.set(view.cards, v.copied, v.below)
	v.facts.set(view.facts, v.copied)
	v.curve.set(view.rate, view.curve)
}

// reveal scrolls the overview so that some lines of one of its blocks can be seen.
func (v *detailsView) reveal(o fyne.CanvasObject, y, h float32) {
	top := o.Position().Y + y
	switch offset := v.scroll.Offset.Y; {
	case top < offset:
		v.scroll.ScrollToOffset(fyne.NewPos(0, max(top-8, 0)))
	case top+h > offset+v.scroll.Size().Height:
		v.scroll.ScrollToOffset(fyne.NewPos(0, top+h-v.scroll.Size().Height+8))
	}
}

// sectionLabel is the small head of a section.
type sectionLabel struct {
	widget.BaseWidget
	d    parts.Drawing
	text *parts.Text
}

func newSectionLabel(s string) *sectionLabel {
	l := &sectionLabel{}
	l.text = l.d.Text(parts.Label, parts.Text3)
	l.text.SetText(s)
	l.ExtendBaseWidget(l)
	return l
}

func (l *sectionLabel) set(s string) { l.text.SetText(s) }

// Fit returns the height that is needed.
func (l *sectionLabel) Fit(float32) float32 { return 18 }

// CreateRenderer implements [fyne.Widget].
func (l *sectionLabel) CreateRenderer() fyne.WidgetRenderer {
	return l.d.Renderer(func(s fyne.Size) { l.text.Place(0, floor(s.Height/2), s.Width) },
		func() fyne.Size { return fyne.NewSize(20, 18) }, l)
}
