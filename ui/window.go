package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// build makes the window and its views.
func (a *App) build() {
	size := a.memory.size() // before anything is laid out, and its size noted
	a.window = a.deps.App.NewWindow(Title)
	a.window.SetIcon(parts.AppIcon())
	a.window.SetMaster()
	a.window.SetPadded(false)
	a.top = newTopBar(topActions{
		startAll: a.startAll, stopAll: a.stopAll, add: a.newTunnel,
		search:      func(s string) { a.search = s; a.apply() },
		leaveSearch: func() { parts.Focus(a.table.list) },
		menu:        a.windowMenu,
		profiles:    a.openChooser,
	}, a.hasProfiles())
	a.banner = newBannerBar(a.bannerAct, a.dismissBanner)
	a.tree = newTreeView(a.tapTree, a.treeMenu, a.typedKey)
	a.rail = newRail(a.tree, railActions{
		filter: a.chooseFilter,
		tag:    a.onlyTag,
		tags:   a.tagMenu,
		fold:   a.foldRail,
		search: func(s string) { a.treeSearch = s; a.apply() },
		menu:   a.clusterMenu,
	}, a.can())
	if a.hasProfiles() {
		a.rail.addProfiles(a.railProfiles())
	}
	a.table = newTableView(a.tableActions())
	a.details = a.newDetails()
	a.strip = newStrip(a.onlyState)
	a.welcome = newWelcome(welcomeActions{
		browse: a.browse, paste: a.pasteCommand, clear: a.clearFilters, add: a.newTunnel, bring: a.importHere, cluster: a.addCluster, imports: a.importFile,
		context: a.contextVerb, menu: a.contextMenu, production: func(name string) { a.contextVerb(verbMark, name) },
	})
	a.frame = newFrame(a)
	a.undo = newUndoBar(a.frame.Refresh)
	a.frame.fill()
	a.importProfile = func(id string) { a.openTaking(id) }
	a.exportProfile = a.giveProfile
	a.window.SetOnDropped(func(at fyne.Position, uris []fyne.URI) { a.guard("the window", func() { a.dropped(at, uris) }) })
	a.window.SetContent(a.frame)
	a.window.Resize(size)
	a.window.CenterOnScreen()
	a.shortcuts()
	a.table.show(a.chosen)
	a.apply()
}

// apply draws everything from the latest snapshot, the catalog and what the
// user has chosen. Views touch only what differs. Of a hidden window only the tray
// is drawn.
func (a *App) apply() {
	now := a.deps.Now()
	a.meter.update(a.snap, now)
	a.guard("the tray", a.applyTray)
	if a.hidden {
		return
	}
	names := a.names()
	all, scope := tallyOf(a.snap), a.scope()
	t := tallyOf(scope)
	a.guard("the top bar", func() { a.top.apply(t, all.total) })
	a.guard("the rail", func() { a.rail.apply(all.total, t, tagsOf(scope, names), a.narrowing()) })
	a.guard("the profiles", func() { a.applyProfiles(all) })
	a.guard("the tree", func() { a.drawTree(now) })
	a.applyMiddle(names, all, now)
	a.guard("the status line", func() { a.strip.apply(t, a.meter.total(scope), a.only, a.whereText()) })
	a.guard("the banner", a.applyBanner)
	if a.chosen != a.kept.Chosen || a.detail != a.kept.Details {
		a.keepSoon()
	}
	if a.editor != nil {
		a.guard("the editor", a.editor.apply)
	}
	a.guard("the contexts", a.applyAccess)
	if a.taking != nil {
		a.guard("the import", a.taking.apply)
	}
}

// applyMiddle draws the table, or what stands in its place, and the details. What cannot be
// drawn stays as it was.
func (a *App) applyMiddle(names targetNames, all tally, now time.Time) {
	rows, open := len(a.table.state.rows), a.frame.details
	a.guard("the table", func() { rows = len(a.applyTable(names, now)) })
	a.guard("the details", func() { open = a.applyDetails(names, now) })
	view := welcomeOf(a.browser, all, rows, a.narrowing())
	a.dress(&view)
	view.imports = a.importProfile != nil
	a.guard("the first steps", func() {
		a.welcome.apply(view)
		a.checkOnce(view)
	})
	a.guard("the frame", func() {
		a.frame.apply(open, view.kind != welcomeNone)
		a.table.settle()
	})
}

// names says what targets leave to the kubeconfig.
func (a *App) names() targetNames {
	n := targetNames{
		namespaces: make(map[string]string), places: make(map[string]int), production: make(map[string]bool),
		profiles: wordsOfProfiles(a.book.list),
	}
	for i, c := range a.browser.Contexts().items {
		n.namespaces[c.Name], n.places[c.Name], n.production[c.Name] = c.Namespace, i, c.Production
		if c.Current {
			n.current = c.Name
		}
	}
	return n
}

func (a *App) clearFilters() {
	a.filter, a.search, a.only = filterAll, "", only{}
	a.top.search.SetText("")
	a.apply()
}

func (a *App) foldRail() {
	folded := !a.rail.folded
	a.railChoice = &folded
	a.frame.Refresh()
	a.keepSoon()
}

// chooseFilter shows the tunnels of a filter; All lifts what narrows beside it.
func (a *App) chooseFilter(f filter) {
	a.filter = f
	a.only.byState, a.only.state = false, tunnels.Stopped
	if f == filterAll {
		a.only = only{}
		a.showProfile("")
	}
	a.apply()
}

// browse brings the Cluster tree to the eye: it opens the current context.
func (a *App) browse() {
	if a.rail.folded {
		a.foldRail()
	}
	for _, c := range a.browser.Contexts().items {
		if c.Current && !a.opened[podsOf{c.Name, ""}] {
			a.tapTree(treeRow{kind: treeContext, context: c.Name})
		}
	}
	parts.Focus(a.tree.list)
}
