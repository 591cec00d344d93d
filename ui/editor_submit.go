package ui

import (
	"context"

	"fyne.io/fyne/v2"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// submit makes the tunnel, or changes it; a change that opens one that runs to
// other computers or leads it to production is asked about first.
func (e *editor) submit(start bool) {
	if e.saving {
		return
	}
	e.tried = true
	e.refused = complaints{}
	spec, bad := e.form.spec(e.old)
	bad.line, bad.profile = e.said.err, e.app.profileRefusal(e.form)
	if bad.any() {
		e.apply()
		if !e.inLine { // which tells what it lacks
			e.sheet.focusFirst(bad)
		}
		return
	}
	a := e.app
	if st, ok := a.snap.Find(e.old.ID); ok {
		a.changeAsked(st, spec, func() { e.put(spec, start) })
		return
	}
	e.put(spec, start)
}

// put hands the spec over, and leaves the sheet open until that has worked.
func (e *editor) put(spec tunnels.Spec, start bool) {
	a := e.app
	if e.saving || a.editor != e {
		return
	}
	e.endTrial()
	e.saving = true
	e.apply()
	a.spawn(func(ctx context.Context) {
		err := a.deps.Tunnels.Put(spec)
		if ctx.Err() != nil {
			return
		}
		a.do(func() { e.saved(spec, start, err) })
	})
}

// submitSheet is submit for the sheet that is open, from wherever the keyboard is in
// it.
func (a *App) submitSheet() {
	if e := a.editor; e != nil && a.window.Canvas().Overlays().Top() == fyne.CanvasObject(e.overlay) {
		e.submit(e.old.ID == "")
	}
	if t := a.taking; t != nil && a.window.Canvas().Overlays().Top() == fyne.CanvasObject(t.overlay) {
		t.submit()
	}
}

func (e *editor) saved(spec tunnels.Spec, start bool, err error) {
	e.saving = false
	if err != nil {
		e.form.blame(&e.refused, err)
		e.apply()
		return
	}
	a := e.app
	delete(a.drafts, e.key)
	if a.editor == e {
		e.end()
	}
	delete(a.failed, spec.ID)
	a.remember(spec.Target)
	a.clearHiding(spec)
	a.choose(spec.ID)
	parts.Focus(a.table.list)
	a.table.list.keyed = false
	if start {
		a.startSpecs([]tunnels.Spec{spec})
	}
	a.pump.mark()
}

// clearHiding drops the search and the filter, and unfolds the group, so that
// a new tunnel can be seen.
func (a *App) clearHiding(spec tunnels.Spec) {
	if a.filter != filterAll || a.search != "" || a.only != (only{}) {
		a.clearFilters()
	}
	if _, narrowed := a.book.chosen(); narrowed {
		a.showProfile(profileOf(spec))
	}
	delete(a.closed, a.grouped.keyOf(spec, a.names()))
}
