package ui

import (
	"strings"

	"fyne.io/fyne/v2"

	"culvert/tunnels"
)

// bulkOf returns what the bar of picked tunnels shows; copied is what was copied
// a moment ago.
func bulkOf(snap tunnels.Snapshot, p picks, copied string) bulkView {
	var v bulkView
	if !p.some() {
		return v
	}
	v.copied = copied != "" && copied == strings.Join(addressLines(snap, p.in(idsOf(snap))), "\n")
	for i := range snap {
		st := &snap[i]
		if !p.has(st.Spec.ID) {
			continue
		}
		v.count++
		if running(st.State) {
			v.canStop = true
		} else {
			v.canStart = true
		}
		v.canCopy = v.canCopy || len(st.Bound) > 0
	}
	return v
}

// pickedTunnels are those that a verb on several is for, as they are shown from
// top to bottom.
func (a *App) pickedTunnels() []tunnels.ID { return a.picked.in(shownIDs(a.table.state.rows)) }

// eachPicked does something with each picked tunnel that runs, or does not.
func (a *App) eachPicked(thatRuns bool, do func(tunnels.ID)) {
	for _, id := range a.pickedTunnels() {
		if st, ok := a.snap.Find(id); ok && running(st.State) == thatRuns {
			do(id)
		}
	}
}

func (a *App) bulkStart() {
	var ids []tunnels.ID
	a.eachPicked(false, func(id tunnels.ID) { ids = append(ids, id) })
	a.startAsked(ids)
}

func (a *App) bulkStop() { a.eachPicked(true, a.stop1) }

func (a *App) bulkReconnect() { a.eachPicked(true, a.reconnect) }

// bulkToggle starts those that are stopped; where all run it stops them.
func (a *App) bulkToggle() {
	if bulkOf(a.snap, a.picked, a.copied).canStart {
		a.bulkStart()
		return
	}
	a.bulkStop()
}

// bulkProfile opens the profiles that the picked tunnels can be moved to; nil where
// there are none.
func (a *App) bulkProfile() func(at fyne.Position) {
	if !a.hasProfiles() {
		return nil
	}
	return func(at fyne.Position) { a.openMoveMenu(a.pickedTunnels(), at) }
}

func (a *App) bulkRemove() { a.removeAll(a.pickedTunnels()) }

// copyAddresses copies the first bound address of each picked tunnel, one on
// each line, or that of the selected one.
func (a *App) copyAddresses() {
	if !a.picked.some() {
		a.copyAddress(a.chosen)
		return
	}
	lines := addressLines(a.snap, a.picked.in(idsOf(a.snap)))
	a.copyText(strings.Join(lines, "\n"))
}

// onChosen returns what a key does: one thing while several tunnels are picked,
// and another to the selected one, if it can be seen.
func (a *App) onChosen(picked func(), one func(tunnels.ID)) func() {
	return func() {
		if a.picked.some() {
			picked()
			return
		}
		if a.chosenSeen() {
			one(a.chosen)
		}
	}
}

// chosenSeen says whether the selected tunnel has its row or its details on show:
// what search, filter or a folded group hides, no key acts on.
func (a *App) chosenSeen() bool {
	return a.detail || rowOf(a.table.state.rows, a.chosen) >= 0
}
