package ui

import (
	"time"

	"fyne.io/fyne/v2"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// tableActions are what the table asks of the app.
func (a *App) tableActions() tableActions {
	return tableActions{
		rowActions: rowActions{
			choose: a.tapRow,
			toggle: func(v rowView) { a.toggle(v.id) },
			copy:   func(_ rowView, s string) { a.copyText(s) },
			more:   func(v rowView) { a.choose(v.id) },
			menu:   a.rowMenuAt,
			help:   a.helpRow,
			tip:    a.rowTip,
		},
		selectID: func(id tunnels.ID, extend bool) { a.stepTo(id, extend) },
		fold:     a.foldAround,
		key:      a.typedKey,
		movable:  func() bool { return a.sorting.by == ownOrder },
		order:    func() []tunnels.ID { return idsOf(a.snap) },
		move:     a.moveTunnel,
		aim:      a.aimAtRail,
		into:     a.dropInto,
		head:     headActions{sort: a.sortRowsBy, menu: a.openTableMenu},
		bulk: bulkActions{
			profile: a.bulkProfile(),
			start:   a.bulkStart, stop: a.bulkStop, reconnect: a.bulkReconnect, copy: a.copyAddresses, remove: a.bulkRemove,
			close: func() { a.leavePicks() },
		},
	}
}

// applyTable draws the table and returns its rows. Tunnels that lose their row
// are not picked any more.
func (a *App) applyTable(names targetNames, now time.Time) []rowView {
	rows := tableRows(tableInput{
		snap: a.only.of(a.scope(), names), rates: &a.meter, filter: a.filter, search: a.search,
		group: a.grouped, order: a.sorting, closed: a.closed, words: a.contextWords(),
		defaults: names, busy: a.busy, failed: a.failed, help: a.rowHelp(names), now: now,
		profiles: a.profilesByID(), whole: a.only == only{} && a.narrowing().profile == "",
	})
	if a.picked.some() {
		a.picked = a.picked.keep(shownIDs(rows))
	}
	a.askServing(names)
	a.table.apply(tableState{
		rows: rows, chosen: a.chosen, picked: a.picked, copied: a.copied, order: a.sorting, bulk: bulkOf(a.snap, a.picked, a.copied),
	})
	return rows
}

// profilesByID are the profiles as the window shows them.
func (a *App) profilesByID() map[string]profileView {
	out := make(map[string]profileView, len(a.book.list))
	for _, v := range a.profileViews() {
		out[v.id] = v
	}
	return out
}

// rowMenuAt opens the menu of a tunnel's row, or of the profile of a group's.
func (a *App) rowMenuAt(v rowView, at fyne.Position) {
	if v.group {
		a.openProfileMenu(v.key.name, at)
		return
	}
	a.rowMenu(v.id, at)
}

// contextWords says what is known of the contexts' API servers.
func (a *App) contextWords() map[string]contextWord {
	out := make(map[string]contextWord)
	for _, c := range a.browser.Contexts().items {
		if w := contextWordOf(c, a.browser.Check(c.Name)); w != (contextWord{}) {
			out[c.Name] = w
		}
	}
	return out
}

// tapRow folds a group, or selects a tunnel: with Ctrl and Shift beside others.
func (a *App) tapRow(v rowView, mods fyne.KeyModifier) {
	switch {
	case v.group:
		a.closed[v.key] = !a.closed[v.key]
		a.keepSoon()
		a.apply()
	case mods&fyne.KeyModifierShift != 0:
		a.pick(a.picked.extend(shownIDs(a.table.state.rows), v.id, a.chosen), v.id)
	case mods&fyne.KeyModifierShortcutDefault != 0:
		a.pick(a.picked.toggle(v.id, a.chosen), v.id)
	case a.picked.some():
		a.picked = picks{}
		a.choose(v.id)
	case a.chosen == v.id && a.detail:
		a.closeDetails()
	default:
		a.choose(v.id)
	}
}

// stepTo goes to another tunnel by keyboard; with extend all on the way are
// picked.
func (a *App) stepTo(id tunnels.ID, extend bool) {
	if extend {
		a.pick(a.picked.extend(shownIDs(a.table.state.rows), id, a.chosen), id)
		return
	}
	a.picked = picks{}
	a.chosen = id
	a.apply()
}

// pick shows what is picked now, with the keyboard at id.
func (a *App) pick(p picks, id tunnels.ID) {
	a.picked, a.chosen = p, id
	a.apply()
}

// pickAll picks every tunnel that is shown.
func (a *App) pickAll() {
	a.picked = a.picked.all(shownIDs(a.table.state.rows))
	a.apply()
}

// leavePicks ends picking and dragging; it returns false when there was nothing
// to end.
func (a *App) leavePicks() bool {
	if a.table.cancelDrag() {
		return true
	}
	if !a.picked.some() {
		return false
	}
	a.picked = picks{}
	a.apply()
	return true
}

// shift says whether Shift is down.
func shift() bool { return parts.Modifiers()&fyne.KeyModifierShift != 0 }
