package ui

import (
	"context"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// watchProfiles follows the profiles until the window is closed.
func (a *App) watchProfiles() {
	p := a.deps.Profiles
	if p == nil {
		return
	}
	a.spawn(func(ctx context.Context) {
		p.WatchProfiles(ctx, func(list []profiles.Profile) {
			a.book.latest.Store(&list)
			a.pump.mark()
		})
	})
}

// hasProfiles says whether tunnels are kept in profiles here.
func (a *App) hasProfiles() bool { return a.deps.Profiles != nil }

// scope are the tunnels of the profile that the window is narrowed to, or all.
func (a *App) scope() tunnels.Snapshot { return a.book.of(a.snap) }

// profileViews are all profiles as the window shows them.
func (a *App) profileViews() []profileView {
	return profileViews(a.book.list, a.snap, a.book.shown)
}

// profileView returns one profile.
func (a *App) profileView(id string) (profileView, bool) {
	for _, v := range a.profileViews() {
		if v.id == id {
			return v, true
		}
	}
	return profileView{}, false
}

// showProfile narrows the window to a profile; "" shows all.
func (a *App) showProfile(id string) {
	if a.book.shown == id {
		return
	}
	a.book.shown = id
	a.keepSoon()
	a.apply()
	a.table.show(a.chosen)
}

// tapProfile narrows the window to a profile, or shows all again.
func (a *App) tapProfile(id string) {
	if id == a.book.shown {
		id = ""
	}
	a.showProfile(id)
}

// showNth narrows the window to the n-th profile as listed, from 0.
func (a *App) showNth(n int) {
	if n < len(a.book.list) {
		a.showProfile(a.book.list[n].ID)
	}
}

// importHere lets the user import tunnels into the profile that the window is
// narrowed to.
func (a *App) importHere() {
	if a.importProfile != nil {
		a.importProfile(a.book.home())
	}
}
