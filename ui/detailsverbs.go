package ui

import (
	"slices"
	"time"

	"fyne.io/fyne/v2"

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
	}, newEditPage(editActions{change: a.editPane, profile: a.chooseInPane, save: a.savePane, discard: a.discardPane, more: a.editLarge, move: a.openGuestMove, open: a.openGuestFile}))
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
	d.curve = a.meter.longCurve(st.Spec.ID)
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

// canSwap says whether there is another pod that a tunnel can go to.
func canSwap(st tunnels.Status) bool {
	return running(st.State) && st.PodsReady > 1 && st.Spec.Policy != tunnels.PolicyRoundRobin
}

// detailsMenu opens the menu of the details at a place of the window.
func (a *App) detailsMenu(at fyne.Position) {
	if st, ok := a.snap.Find(a.chosen); ok {
		a.openMenu("details-menu", at, a.chosen, a.detailsMenuItems(st, at))
	}
}

// detailsMenuItems are those of the tunnel's row, but for what the details show
// buttons for.
func (a *App) detailsMenuItems(st tunnels.Status, at fyne.Position) []rowVerb {
	d := a.details
	buttons := map[string]*parts.Button{"open": d.open, "url": d.url, "reconnect": d.reconnect}
	verbs := slices.DeleteFunc(a.rowMenuItems(st, nil), func(v rowVerb) bool {
		if b := buttons[v.key]; b != nil {
			return b.Visible()
		}
		return v.key == "toggle" || v.key == "edit" // the switch and a page
	})
	for i := range verbs {
		if verbs[i].key == verbSwap {
			verbs[i].do = func(id tunnels.ID) { a.chooseSwap(id, at) }
		}
	}
	return verbs
}
