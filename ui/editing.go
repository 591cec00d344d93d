package ui

import (
	"context"

	"culvert/tunnels"
)

// paneEdit is what somebody types into the Edit page of one tunnel. It stays when
// another tunnel is chosen.
type paneEdit struct {
	form    form
	tried   bool // the user asked to save it: now all that is wrong is told
	saving  bool
	refused complaints
}

// editViewOf returns what the Edit page shows of a tunnel.
func (a *App) editViewOf(st tunnels.Status) editView {
	if p, ok := a.book.guest(st.Spec); ok {
		return editView{guest: guestRefusal(p), hasFile: p.Path != ""}
	}
	fresh := formOf(st.Spec, a.names())
	e, ok := a.paneEdits[st.Spec.ID]
	if !ok {
		e = &paneEdit{form: fresh}
	}
	v := editView{
		form: e.form, title: st.Spec.Target.Name, manyPods: e.form.manyPods(), changed: e.form != fresh, saving: e.saving,
		bad: paneComplaints(e.form), warning: paragraph(e.form.warnings(a.snap)),
	}
	v.profiles, v.bad.profile = a.profileChoices(e.form.profile), a.profileRefusal(e.form)
	spec, bad := paneSpec(e.form, st.Spec)
	bad.profile = v.bad.profile
	if e.tried {
		v.bad = bad
	}
	if e.refused.any() {
		v.bad = e.refused
	}
	if v.changed && !bad.any() {
		v.note = savingNote(st, spec)
	}
	return v
}

// editPane changes what is typed for the chosen tunnel.
func (a *App) editPane(change func(*form)) {
	st, ok := a.snap.Find(a.chosen)
	if !ok {
		return
	}
	fresh := formOf(st.Spec, a.names())
	e := a.paneEdits[a.chosen]
	if e == nil {
		e = &paneEdit{form: fresh}
	}
	if e.saving {
		return
	}
	change(&e.form)
	e.refused = complaints{}
	if a.paneEdits[a.chosen] = e; e.form == fresh {
		delete(a.paneEdits, a.chosen)
	}
	a.applyDetails(a.names(), a.deps.Now())
}

// discardPane forgets what is typed for the chosen tunnel.
func (a *App) discardPane() {
	if e := a.paneEdits[a.chosen]; e != nil && !e.saving {
		delete(a.paneEdits, a.chosen)
		a.applyDetails(a.names(), a.deps.Now())
	}
}

// savePane changes the chosen tunnel as typed. The fields stay until that has
// worked.
func (a *App) savePane() {
	st, ok := a.snap.Find(a.chosen)
	e := a.paneEdits[a.chosen]
	if !ok || e == nil || e.saving {
		return
	}
	e.tried = true
	spec, bad := paneSpec(e.form, st.Spec)
	bad.profile = a.profileRefusal(e.form)
	if bad.any() {
		a.applyDetails(a.names(), a.deps.Now())
		a.details.editing.focus(bad)
		return
	}
	a.changeAsked(st, spec, func() { a.putPane(spec, e) })
}

func (a *App) putPane(spec tunnels.Spec, e *paneEdit) {
	e.saving = true
	a.applyDetails(a.names(), a.deps.Now())
	a.spawn(func(ctx context.Context) {
		err := a.deps.Tunnels.Put(spec)
		if ctx.Err() != nil {
			return
		}
		a.do(func() { a.paneSaved(spec, e, err) })
	})
}

func (a *App) paneSaved(spec tunnels.Spec, e *paneEdit, err error) {
	e.saving = false
	if err != nil {
		e.form.blame(&e.refused, err)
	} else {
		delete(a.paneEdits, spec.ID)
		delete(a.failed, spec.ID)
	}
	a.draw()
}

// editLarge goes on in the large sheet, with what is typed.
func (a *App) editLarge() {
	if e := a.paneEdits[a.chosen]; e != nil && !e.saving {
		a.drafts["edit "+string(a.chosen)] = e.form
		delete(a.paneEdits, a.chosen)
	}
	a.edit(a.chosen)
}
