package ui

import (
	"context"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/exchange"
	"culvert/tunnels/profiles"
)

// adder adds several tunnels or none; *workspace.Workspace implements it.
type adder interface {
	Add(ctx context.Context, specs []tunnels.Spec) error
}

// addition is what an import has added.
type addition struct {
	ids     []tunnels.ID
	profile string // made for them; empty for none
	where   string // the name of the profile in which they are
}

// submit adds what is ticked, stopped.
func (t *taking) submit() {
	a := t.app
	if !t.sheet.view.can || t.doing != "" {
		return
	}
	specs := t.chosenSpecs()
	view := t.sheet.view
	var done addition
	t.do(lang.L("Adding"), func(ctx context.Context) (err error) {
		done, err = a.addTaken(ctx, specs, view)
		return err
	}, func() {
		t.close()
		if a.book.shown != "" && done.profile != "" {
			a.showProfile(done.profile)
		}
		a.offerTakeBack(done)
	})
	t.late = func() { a.offerTakeBack(done) }
}

// chosenSpecs are the tunnels to add.
func (t *taking) chosenSpecs() []tunnels.Spec {
	var existing []tunnels.Spec
	for i := range t.app.snap {
		existing = append(existing, t.app.snap[i].Spec)
	}
	var contexts []string
	for _, c := range t.app.browser.Contexts().items {
		contexts = append(contexts, c.Name)
	}
	return t.plan.added(t.items, exchange.Judge(t.plan.planned(t.items), existing, contexts))
}

// addTaken adds tunnels to the profile that a view names. When it fails nothing is
// left.
func (a *App) addTaken(ctx context.Context, specs []tunnels.Spec, v takeView) (done addition, err error) {
	profile := v.profile
	if v.naming {
		var made profiles.Profile
		if made, err = a.deps.Profiles.CreateProfile(ctx, v.name); err != nil {
			return done, err
		}
		profile, done.profile, done.where = made.ID, made.ID, profileName(made)
	}
	for i := range specs {
		specs[i].Profile = profile
		done.ids = append(done.ids, specs[i].ID)
	}
	for _, p := range v.profiles {
		if p.Key == profile {
			done.where = p.Text
		}
	}
	if all, ok := a.deps.Tunnels.(adder); ok {
		err = all.Add(ctx, specs)
	} else {
		err = a.putAll(ctx, specs)
	}
	if err != nil && done.profile != "" {
		// It is empty, and the error is told already. ctx is done where the user has
		// closed the sheet.
		_, _ = a.deps.Profiles.DeleteProfile(a.ctx, done.profile)
	}
	return done, err
}

// putAll adds tunnels one by one, and takes them back when one cannot be.
func (a *App) putAll(ctx context.Context, specs []tunnels.Spec) error {
	for i, s := range specs {
		err := ctx.Err()
		if err == nil {
			err = a.deps.Tunnels.Put(s)
		}
		if err == nil {
			continue
		}
		for _, before := range specs[:i] {
			_ = a.deps.Tunnels.Remove(a.ctx, before.ID) // it was not running
		}
		return err
	}
	return nil
}

// offerTakeBack offers for a while to remove what was added.
func (a *App) offerTakeBack(done addition) {
	data := vars{"Profile": done.where}
	text := plural(len(done.ids), "Added 1 tunnel to “{{.Profile}}”.", "Added {{.N}} tunnels to “{{.Profile}}”.", data)
	if done.where == "" {
		text = plural(len(done.ids), "Added 1 tunnel.", "Added {{.N}} tunnels.", nil)
	}
	turn := a.undo.offer("download", text, func() { a.takeBack(done) })
	a.frame.Refresh()
	a.later(undoFor, func() {
		if a.undo.withdraw(turn) {
			a.frame.Refresh()
		}
	})
}

// takeBack removes what was added, and the profile that was made for it unless
// something else is in it by now.
func (a *App) takeBack(done addition) {
	ours := make(map[tunnels.ID]bool)
	for _, id := range done.ids {
		ours[id] = true
	}
	others := false
	for i := range a.snap {
		s := a.snap[i].Spec
		others = others || s.Profile == done.profile && !ours[s.ID]
	}
	a.spawn(func(ctx context.Context) {
		var err error
		if done.profile != "" && !others {
			_, err = a.deps.Profiles.DeleteProfile(ctx, done.profile)
		} else {
			for _, id := range done.ids {
				if failed := a.deps.Tunnels.Remove(ctx, id); failed != nil {
					err = failed
				}
			}
		}
		if err != nil && ctx.Err() == nil {
			a.do(func() { a.tell(lang.L("Not all tunnels could be removed"), complaintAt(err)) })
		}
	})
}
