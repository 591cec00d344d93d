package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/driver/desktop"
	"fyne.io/fyne/v2/widget"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// Sizes of the window.
const (
	windowWidth  = 1080
	windowHeight = 680
	leastWidth   = 720
	leastHeight  = 480
	narrowWindow = 840 // below it the rail folds and the details go below the table
)

// build makes the window and its views.
func (a *App) build() {
	a.window = a.deps.App.NewWindow(Title)
	a.window.SetIcon(parts.AppIcon())
	a.window.SetMaster()
	a.window.SetPadded(false)
	a.top = newTopBar(topActions{
		startAll: a.startAll, stopAll: a.stopAll, add: a.newTunnel,
		search:      func(s string) { a.search = s; a.apply() },
		leaveSearch: func() { parts.Focus(a.table.list) },
	})
	a.tree = newTreeView(a.tapTree, a.treeMenu, a.typedKey)
	a.rail = newRail(a.tree, railActions{
		filter: func(f filter) { a.filter = f; a.apply() },
		fold:   a.foldRail,
		search: func(s string) { a.treeSearch = s; a.apply() },
		menu:   a.clusterMenu,
	}, a.can())
	a.table = newTableView(tableActions{
		rowActions: rowActions{
			choose: a.tapRow,
			toggle: func(v rowView) { a.toggle(v.id) },
			copy:   func(_ rowView, s string) { a.copyText(s) },
			more:   func(v rowView) { a.choose(v.id) },
			menu:   func(v rowView, at fyne.Position) { a.rowMenu(v.id, at) },
		},
		selectID: func(id tunnels.ID) { a.chosen = id; a.apply() },
		key:      a.typedKey,
	})
	a.details = newDetailsView(detailsActions{
		toggle:    func() { a.toggle(a.chosen) },
		reconnect: func() { a.reconnect(a.chosen) },
		edit:      func() { a.edit(a.chosen) },
		remove:    func() { a.remove(a.chosen) },
		close:     a.closeDetails,
		role:      func() { a.showRole(a.chosen) },
		copy:      a.copyText,
		remedy:    a.applyRemedy,
	})
	a.strip = newStrip(a.deps.Demo)
	a.welcome = newWelcome(welcomeActions{
		add: a.newTunnel, browse: a.browse, clear: a.clearFilters, cluster: a.addCluster, imports: a.importFile,
		context: a.contextVerb, menu: a.contextMenu,
	})
	a.frame = newFrame(a)
	a.undo = newUndoBar(a.frame.Refresh)
	a.frame.fill()
	a.window.SetContent(a.frame)
	a.window.Resize(fyne.NewSize(windowWidth, windowHeight))
	a.window.CenterOnScreen()
	a.shortcuts()
	a.apply()
}

// apply draws everything from the latest snapshot, the catalog and what the
// user has chosen. Views touch only what differs.
func (a *App) apply() {
	now := a.deps.Now()
	a.meter.update(a.snap, now)
	names := a.names()
	t := tallyOf(a.snap)
	a.top.apply(t)
	a.rail.apply(t, a.filter)
	a.drawTree(now)
	rows := tableRows(tableInput{
		snap: a.snap, rates: &a.meter, filter: a.filter, search: a.search, closed: a.closed,
		defaults: names, busy: a.busy, failed: a.failed, now: now,
	})
	a.table.apply(rows, a.chosen, a.copied)
	st, found := a.snap.Find(a.chosen)
	open := found && a.detail
	if open {
		d := detailsOf(st, names, a.meter.of(a.chosen), a.failed[a.chosen], now)
		a.remedy(&d, st, names)
		a.details.apply(d, a.copied, a.frame.narrow())
	}
	a.strip.apply(t, a.meter.total())
	view := welcomeOf(a.browser, t, len(rows), a.filter, a.search)
	a.dress(&view)
	a.welcome.apply(view)
	a.checkOnce(view)
	a.frame.apply(open, view.kind != welcomeNone)
	a.table.settle()
	if a.editor != nil {
		a.editor.apply()
	}
	a.applyAccess()
}

// names says what targets leave to the kubeconfig.
func (a *App) names() targetNames {
	n := targetNames{namespaces: make(map[string]string), places: make(map[string]int)}
	for i, c := range a.browser.Contexts().items {
		n.namespaces[c.Name], n.places[c.Name] = c.Namespace, i
		if c.Current {
			n.current = c.Name
		}
	}
	return n
}

func (a *App) tapRow(v rowView) {
	if v.group {
		a.closed[v.context] = !a.closed[v.context]
		a.apply()
		return
	}
	if a.chosen == v.id && a.detail {
		a.closeDetails()
		return
	}
	a.choose(v.id)
}

func (a *App) clearFilters() {
	a.filter, a.search = filterAll, ""
	a.top.search.SetText("")
	a.apply()
}

func (a *App) foldRail() {
	folded := !a.rail.folded
	a.railChoice = &folded
	a.frame.Refresh()
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

// shortcuts are the keys of the window; those without a modifier reach
// typedKey, from the window or from a list that has no use for them.
func (a *App) shortcuts() {
	c := a.window.Canvas()
	ctrl := func(key fyne.KeyName, f func()) {
		c.AddShortcut(&desktop.CustomShortcut{KeyName: key, Modifier: fyne.KeyModifierShortcutDefault}, func(fyne.Shortcut) {
			if c.Overlays().Top() == nil {
				f()
			}
		})
	}
	ctrl(fyne.KeyN, a.newTunnel)
	ctrl(fyne.KeyF, a.top.search.Focus)
	ctrl(fyne.KeyE, func() { a.edit(a.chosen) })
	c.AddShortcut(&fyne.ShortcutCopy{}, func(fyne.Shortcut) {
		if c.Overlays().Top() == nil {
			a.copyAddress(a.chosen)
		}
	})
	c.SetOnTypedKey(a.typedKey)
}

// typedKey handles the keys without a modifier.
func (a *App) typedKey(e *fyne.KeyEvent) {
	if e.Name == fyne.KeyEscape {
		switch {
		case parts.Dismiss(a.window.Canvas()):
		case a.detail:
			a.closeDetails()
		case a.search != "" || a.filter != filterAll:
			a.clearFilters()
		}
		return
	}
	if a.window.Canvas().Overlays().Top() != nil {
		return
	}
	switch e.Name {
	case fyne.KeySpace, fyne.KeyReturn, fyne.KeyEnter:
		a.toggle(a.chosen)
	case fyne.KeyF5:
		a.reconnect(a.chosen)
	case fyne.KeyDelete:
		a.remove(a.chosen)
	case fyne.KeyDown, fyne.KeyUp:
		parts.Focus(a.table.list)
		a.table.list.TypedKey(e)
	default: // the others mean nothing here
	}
}

// frame arranges the views in the window.
type frame struct {
	widget.BaseWidget
	app     *App
	d       parts.Drawing
	details bool
	empty   bool
}

func newFrame(a *App) *frame {
	f := &frame{app: a}
	f.ExtendBaseWidget(f)
	return f
}

// fill takes in the views, in the order of the Tab key.
func (f *frame) fill() {
	a := f.app
	for _, o := range []fyne.CanvasObject{a.top, a.rail, a.table.obj, a.welcome, a.details, a.undo, a.strip} {
		f.d.Add(o)
	}
}

// apply opens and closes the details and the empty state.
func (f *frame) apply(details, empty bool) {
	if f.details != details || f.empty != empty {
		f.details, f.empty = details, empty
		f.Refresh()
	}
}

func (f *frame) narrow() bool { return f.Size().Width < narrowWindow }

// CreateRenderer implements [fyne.Widget].
func (f *frame) CreateRenderer() fyne.WidgetRenderer {
	return f.d.Renderer(f.layout, func() fyne.Size { return fyne.NewSize(leastWidth, leastHeight) }, f)
}

func (f *frame) layout(s fyne.Size) {
	a := f.app
	narrow := s.Width < narrowWindow
	folded := narrow
	if a.railChoice != nil {
		folded = *a.railChoice
	}
	a.rail.setFolded(folded)
	parts.Put(a.top, 0, 0, s.Width, topHeight)
	parts.Put(a.strip, 0, s.Height-stripHeight, s.Width, stripHeight)
	top, bottom := float32(topHeight), s.Height-stripHeight
	if a.undo.Visible() {
		bottom -= undoHeight
		parts.Put(a.undo, 0, bottom, s.Width, undoHeight)
	}
	left := a.rail.width()
	parts.Put(a.rail, 0, top, left, bottom-top)
	right := s.Width
	parts.Show(a.details, f.details)
	if f.details && narrow {
		h := min(detailsHeight, (bottom-top)*0.55)
		bottom -= h
		parts.Put(a.details, left, bottom, right-left, h)
	} else if f.details {
		right -= detailsWidth
		parts.Put(a.details, right, top, detailsWidth, bottom-top)
	}
	parts.Show(a.welcome, f.empty)
	parts.Show(a.table.obj, !f.empty)
	parts.Put(a.table.obj, left, top, right-left, bottom-top)
	parts.Put(a.welcome, left, top, right-left, bottom-top)
}
