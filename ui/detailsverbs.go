package ui

import (
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// newDetails makes the details with all that they ask of the app.
func (a *App) newDetails() *detailsView {
	return newDetailsView(detailsActions{
		toggle:    func() { a.toggle(a.chosen) },
		open:      func() { a.openBrowser(a.chosen) },
		url:       func() { a.copyURL(a.chosen) },
		reconnect: func() { a.reconnect(a.chosen) },
		close:     a.closeDetails,
		role:      func() { a.showRole(a.chosen) },
		report:    func() { a.copyReport(a.chosen) },
		turn:      a.turnPage,
		more:      a.detailsMenu,
		copy:      a.copyText,
		tell:      a.tell,
		remedy:    a.applyRemedy,
	}, newEditPage(editActions{change: a.editPane, save: a.savePane, discard: a.discardPane, more: a.editLarge}))
}

// applyDetails draws the details of the chosen tunnel; it returns whether they are
// open.
func (a *App) applyDetails(names targetNames, now time.Time) bool {
	st, found := a.snap.Find(a.chosen)
	if !found || !a.detail {
		return false
	}
	in := a.insightOf(st, now)
	d := detailsOf(st, names, a.meter.of(a.chosen), in, a.failed[a.chosen], now)
	d.asking = a.probing[st.Spec.ID]
	if a.copied == "" {
		a.ticked = ""
	}
	d.ticked = a.ticked
	a.remedy(&d, st, names)
	a.details.apply(d, a.page, a.copied, a.frame.narrow())
	switch a.page {
	case pageConnections:
		a.details.conns.set(connsOf(st, in.open, in.ended, now))
	case pageTimeline:
		a.details.timeline.set(timelineOf(in, now))
	case pageEdit:
		a.details.editing.set(a.editViewOf(st))
	case pageOverview:
	}
	return true
}

// copyBy copies a text, which a button of the details tells for a moment.
func (a *App) copyBy(mark, text string) {
	a.ticked = mark
	a.copyText(text)
}

// turnPage opens another page of the details.
func (a *App) turnPage(page detailsPage) {
	a.page = page
	a.applyDetails(a.names(), a.deps.Now())
}

// verbs of the details' menu, beside those of a row's.
const (
	verbKubectl   = "kubectl"
	verbOC        = "oc"
	verbCulvert   = "culvert"
	verbDuplicate = "duplicate"
	verbSwap      = "swap"
	verbReport    = "report"
	verbRemove    = "remove"
)

// detailsVerbsOf are what else can be done with a tunnel, beside what the details
// have buttons for.
func detailsVerbsOf(st tunnels.Status) []verb {
	out := []verb{
		{verbKubectl, lang.L("Copy as kubectl"), "terminal", ""},
		{verbOC, lang.L("Copy as oc"), "terminal", ""},
		{verbCulvert, lang.L("Copy as culvert"), "terminal", ""},
		{verbDuplicate, lang.L("Duplicate…"), "copy", ""},
	}
	if running(st.State) && st.PodsReady > 1 && st.Spec.Policy != tunnels.PolicyRoundRobin {
		out = append(out, verb{verbSwap, lang.L("Swap pod"), "arrow-left-right", ""})
	}
	return append(out,
		verb{verbReport, lang.L("Copy redacted report"), "file-text", ""},
		verb{verbRemove, lang.L("Remove"), "trash-2", lang.L("Del")})
}

// detailsMenu opens the menu of the details at a place of the window.
func (a *App) detailsMenu(at fyne.Position) {
	st, ok := a.snap.Find(a.chosen)
	if !ok {
		return
	}
	var options []parts.Option
	for _, v := range detailsVerbsOf(st) {
		options = append(options, parts.Option{Key: v.key, Text: v.text, Icon: v.icon, Note: v.hint})
	}
	id := a.chosen
	parts.OpenMenu(a.window.Canvas(), "details-menu", at, options, func(key string) { a.detailsVerb(key, id, at) })
}

func (a *App) detailsVerb(key string, id tunnels.ID, at fyne.Position) {
	switch key {
	case verbKubectl, verbOC, verbCulvert:
		a.copyCommand(id, key)
	case verbDuplicate:
		a.duplicate(id)
	case verbSwap:
		a.chooseSwap(id, at)
	case verbReport:
		a.copyReport(id)
	case verbRemove:
		a.remove(id)
	}
}
