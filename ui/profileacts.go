package ui

import (
	"context"
	"net/url"
	"path/filepath"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// startProfile starts what does not run of a profile.
func (a *App) startProfile(id string) { a.startThose(inProfile(a.snap, id)) }

// startThose starts those of some tunnels that do not run.
func (a *App) startThose(snap tunnels.Snapshot) {
	var ids []tunnels.ID
	for _, st := range snap {
		if !running(st.State) {
			ids = append(ids, st.Spec.ID)
		}
	}
	a.startAsked(ids)
}

// stopProfile stops what runs of a profile.
func (a *App) stopProfile(id string) { a.stopThose(inProfile(a.snap, id)) }

func (a *App) stopThose(snap tunnels.Snapshot) {
	for _, st := range snap {
		if running(st.State) {
			a.stop1(st.Spec.ID)
		}
	}
}

// restartProfile stops what runs of a profile and starts it again; what is stopped
// stays so.
func (a *App) restartProfile(id string) {
	var specs []tunnels.Spec
	for _, st := range inProfile(a.snap, id) {
		if running(st.State) {
			specs = append(specs, st.Spec)
		}
	}
	a.askBefore(dangersOf(specs, a.names(), a.browser.Contexts()), func() {
		for _, s := range specs {
			a.act(s.ID, lang.L("Restarting…"), func(ctx context.Context) error {
				if err := a.deps.Tunnels.Stop(ctx, s.ID); err != nil {
					return err
				}
				return a.deps.Tunnels.Start(ctx, s.ID)
			})
		}
	})
}

// hushProfile has the user notified of a profile's tunnels, or not any more.
func (a *App) hushProfile(id string) {
	p, ok := a.book.find(id)
	if !ok || a.unchangeable(id) {
		return
	}
	quiet := !p.Quiet
	a.spawn(func(ctx context.Context) {
		err := a.deps.Profiles.ChangeProfile(ctx, id, profiles.Change{Quiet: &quiet})
		if err != nil && ctx.Err() == nil {
			a.do(func() { a.tell(lang.L("The profile cannot be changed"), complaintAt(err)) })
		}
	})
}

// openProfileFile opens a profile's file, or the folder in which it is, with what the
// desktop has for that.
func (a *App) openProfileFile(id string, folder bool) {
	p, ok := a.book.find(id)
	if !ok || p.Path == "" {
		return
	}
	path := p.Path
	if folder {
		path = filepath.Dir(path)
	}
	a.openPath(path)
}

// openPath opens a file or a folder with what the desktop has for it.
func (a *App) openPath(path string) {
	u := fileURL(path)
	a.spawn(func(ctx context.Context) {
		err := a.deps.App.OpenURL(u)
		if err != nil && ctx.Err() == nil {
			a.do(func() {
				a.tell(lang.L("The desktop cannot open this"), joined(sentence(err.Error()), lang.L("It is at {{.Path}}.", vars{"Path": path})))
			})
		}
	})
}

// fileURL is the address of a file, on Windows too.
func fileURL(path string) *url.URL {
	slashed := filepath.ToSlash(path)
	if filepath.VolumeName(path) != "" {
		slashed = "/" + slashed
	}
	return &url.URL{Scheme: "file", Path: slashed}
}

// deleteProfile asks, deletes a profile with its tunnels, and offers to bring it back.
// Guests go from the list only.
func (a *App) deleteProfile(id string) {
	v, ok := a.profileView(id)
	if !ok {
		return
	}
	q := question{mark: "delete-profile", title: lang.L("Delete “{{.Name}}”?", vars{"Name": v.name}), text: deleteText(v), ok: lang.L("Delete")}
	if v.guest {
		q.title, q.text, q.ok = lang.L("Remove “{{.Name}}” from the list?", vars{"Name": v.name}), removeGuestsText(v), lang.L("Remove")
	}
	q.do = func(ctx context.Context) (string, error) {
		var ran []tunnels.ID
		if snap := a.latest.Load(); snap != nil {
			ran = runningIn(*snap, id)
		}
		gone, err := a.deps.Profiles.DeleteProfile(ctx, id)
		if err == nil {
			a.do(func() { a.offerProfile(gone, v.name, ran, nil) })
		}
		return "", err
	}
	a.ask(q)
}

// deleteText says what goes with a profile.
func deleteText(v profileView) string {
	out := lang.L("It has no tunnels.")
	if v.total > 0 {
		out = plural(v.total, "Its tunnel goes with it.", "Its {{.N}} tunnels go with it.", nil)
	}
	if v.running > 0 {
		out = joined(out, plural(v.running, "One runs now and is stopped.", "{{.N}} run now and are stopped.", nil))
	}
	return joined(out, lang.L("For a moment it can be undone."))
}

// runningIn are the tunnels of a profile that run.
func runningIn(snap tunnels.Snapshot, id string) []tunnels.ID {
	var out []tunnels.ID
	for _, st := range inProfile(snap, id) {
		if running(st.State) {
			out = append(out, st.Spec.ID)
		}
	}
	return out
}

// offerProfile offers for a while to bring a deleted profile back; why says what has
// kept it from coming back before.
func (a *App) offerProfile(gone profiles.Deleted, name string, ran []tunnels.ID, why error) {
	text := lang.L("Deleted “{{.Name}}”.", vars{"Name": name})
	switch {
	case gone.Profile.Guest:
		text = lang.L("Removed “{{.Name}}” from the list.", vars{"Name": name})
	case len(ran) > 0:
		text = plural(len(ran), "Stopped 1 tunnel and deleted “{{.Name}}”.", "Stopped {{.N}} tunnels and deleted “{{.Name}}”.", vars{"Name": name})
	}
	if why != nil {
		text = lang.L("Not brought back: {{.Why}}", vars{"Why": complaintAt(why)})
	}
	a.offer("trash-2", text, func() {
		a.spawn(func(ctx context.Context) {
			err := a.deps.Profiles.RestoreProfile(ctx, gone)
			if ctx.Err() == nil {
				a.do(func() { a.profileBack(gone, name, ran, err) })
			}
		})
	})
}

// profileBack starts what ran before a profile was deleted; where the profile has not
// come back it is offered again.
func (a *App) profileBack(gone profiles.Deleted, name string, ran []tunnels.ID, err error) {
	if err != nil {
		a.offerProfile(gone, name, ran, err)
		return
	}
	for _, id := range ran {
		a.act(id, lang.L("Bringing back…"), func(ctx context.Context) error { return a.deps.Tunnels.Start(ctx, id) })
	}
}
