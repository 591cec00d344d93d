package ui

import (
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// treeStamp is what the tree was drawn from: while it stays the same there is
// nothing to draw.
type treeStamp struct {
	news   uint64 // of the catalog
	turns  int    // of the user
	filter string
	second int64 // of the clock, while a line tells how long something takes
}

// drawTree shows the Cluster tree, when anything of it may have changed.
func (a *App) drawTree(now time.Time) {
	stamp := treeStamp{news: a.browser.News(), turns: a.treeTurns, filter: a.treeSearch}
	if a.tree.rows.waits {
		stamp.second = now.Unix()
	}
	if stamp == a.treeDrawn && a.tree.rows.len() > 0 {
		return
	}
	rows := newTree(a.browser, treeInput{open: a.opened, groups: a.groups, typed: a.typed, filter: a.treeSearch, now: now})
	a.treeDrawn = stamp
	a.tree.apply(rows)
}

// tapTree opens and closes contexts, namespaces and groups, and starts a tunnel
// from a target. What is open is watched, what is closed is not.
func (a *App) tapTree(r treeRow) {
	switch r.kind {
	case treeContext:
		a.openTree(podsOf{r.context, ""}, !a.opened[podsOf{r.context, ""}])
	case treeNamespace:
		a.openTree(podsOf{r.context, r.namespace}, !a.opened[podsOf{r.context, r.namespace}])
	case treeGroup:
		g := groupOf{podsOf{r.context, r.namespace}, r.group}
		a.openGroup(g, !a.groups[g])
	case treeTarget:
		a.newTunnelFor(groupOf{podsOf{r.context, r.namespace}, r.group}, r.target)
	case treeTypeName:
		a.askNamespace(r.context)
	case treeRemedy:
		a.treeRemedy(r.context)
	case treeNote, treeError:
	}
	a.apply()
}

// openTree opens or closes a context or a namespace; closing one closes what is
// in it. A namespace comes up with its services open: they are what most want.
func (a *App) openTree(key podsOf, open bool) {
	if open == a.opened[key] {
		return
	}
	a.treeTurns++
	if open {
		a.opened[key] = true
		if key.namespace == "" {
			a.looking[key] = a.browser.lookNamespaces(key.context)
		} else {
			a.openGroup(groupOf{key, serviceGroup}, true)
		}
		return
	}
	below := func(k podsOf) bool { return k == key || key.namespace == "" && k.context == key.context }
	for g := range a.groups {
		if below(g.podsOf) {
			a.openGroup(g, false)
		}
	}
	for k := range a.opened {
		if below(k) {
			delete(a.opened, k)
		}
	}
	for k, done := range a.looking {
		if below(k) {
			done()
			delete(a.looking, k)
		}
	}
}

// openGroup opens or closes a group of targets.
func (a *App) openGroup(g groupOf, open bool) {
	if open == a.groups[g] {
		return
	}
	a.treeTurns++
	if open {
		a.groups[g] = true
		a.lookingAt[g] = a.browser.lookTargets(g)
		return
	}
	a.lookingAt[g]()
	delete(a.lookingAt, g)
	delete(a.groups, g)
}

// askNamespace lets the user name a namespace that cannot be listed.
func (a *App) askNamespace(kubeContext string) {
	var o *parts.Overlay
	var field *parts.Field
	note := parts.NewPara(parts.Caption, parts.Red)
	complain := func(bad string) {
		note.SetText(bad)
		field.SetBad(bad != "")
		o.Refresh()
	}
	field = parts.NewField("namespace-name", lang.L("Name of a namespace"), "", func(text string) {
		// Nobody types a name at once: it starts empty, and goes on after a '-'.
		name := strings.TrimRight(strings.TrimSpace(text), "-")
		if name == "" {
			complain("")
			return
		}
		complain(namespaceComplaint(name))
	})
	open := func() {
		name := strings.TrimSpace(field.Text())
		if bad := namespaceComplaint(name); bad != "" {
			complain(bad)
			return
		}
		o.Close()
		if !slices.Contains(a.typed[kubeContext], name) {
			a.typed[kubeContext] = append(a.typed[kubeContext], name)
			a.treeTurns++
		}
		a.openTree(podsOf{kubeContext, ""}, true)
		a.openTree(podsOf{kubeContext, name}, true)
		a.apply()
	}
	field.Entry.OnSubmitted = func(string) { open() }
	ok := parts.NewButton("namespace-open", lang.L("Open"), "", parts.Main, open)
	cancel := parts.NewButton("namespace-cancel", lang.L("Cancel"), "", parts.Plain, func() { o.Close() })
	title := parts.NewPara(parts.Heading, parts.Fg)
	title.SetText(lang.L("Open a namespace in {{.Context}}", vars{"Context": kubeContext}))
	body := parts.NewArranged(func(s fyne.Size) {
		h := title.Fit(s.Width - 48)
		parts.Put(title, 24, 20, s.Width-48, h)
		parts.Put(field, 24, 30+h, s.Width-48, 30)
		parts.Put(note, 24, 66+h, s.Width-48, note.Fit(s.Width-48))
		w := ok.MinSize().Width
		parts.Put(ok, s.Width-24-w, s.Height-50, w, 30)
		cw := cancel.MinSize().Width
		parts.Put(cancel, s.Width-32-w-cw, s.Height-50, cw, 30)
	}, nil, title, field, note, cancel, ok)
	o = parts.NewOverlay(a.window.Canvas(), body, true, func(win fyne.Size) (x, y, w, h float32) {
		return floor((win.Width - 400) / 2), floor((win.Height - 190) / 3), 400, 190
	})
	o.Open()
	field.Focus()
}

// namespaceComplaint says what is wrong with the name of a namespace.
func namespaceComplaint(name string) string {
	if name == "" {
		return lang.L("Type the name of a namespace.")
	}
	return complaint(tunnels.ValidateNamespace(name))
}
