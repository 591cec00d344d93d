package ui

import (
	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/ui/parts"
)

const (
	// leastProfiles is how many lines of profiles are in sight in a low window, if
	// there are as many; the others are reached by scrolling.
	leastProfiles = 2
	// treeRoom is what the profiles leave of the rail to the Cluster tree: its head and
	// three lines.
	treeRoom = 72 + 3*treeRowHeight
)

// railProfiles are what the profiles of the rail ask of the app.
func (a *App) railProfiles() profileActions {
	return profileActions{
		tap: a.tapProfile, menu: a.openProfileMenu, rename: a.renameProfile, remove: a.deleteProfile,
		add: func() { a.newProfile(a.showProfile) }, choose: a.openChooser, key: a.typedKey,
	}
}

// addProfiles gives the rail its section of profiles.
func (r *rail) addProfiles(act profileActions) {
	r.headProfiles = r.d.Text(parts.Label, parts.Text3)
	r.headProfiles.SetText(lang.L("Profiles"))
	r.profiles = newProfileList(act)
	r.profile = newRailRow("profiles-folded", lang.L("Profiles"), "bookmark", nil)
	r.profile.tap = func() { act.choose(beside(r.profile)) }
	r.addProfile = parts.NewButton("profiles/add", "", "plus", parts.Ghost, act.add)
	r.addProfile.Small, r.addProfile.Tip = true, lang.L("New profile")
	r.d.Insert(r.section, r.addProfile, r.profiles, r.profile)
}

// applyProfiles shows the profiles, where they are worth it.
func (r *rail) applyProfiles(views []profileView, shown bool) {
	alerts, chosen := 0, false
	for _, v := range views {
		chosen = chosen || v.chosen
		if v.alert() {
			alerts++
		}
	}
	n := len(views)
	r.profile.tip = ""
	if alerts > 0 {
		n = alerts
		r.profile.tip = plural(alerts, "1 profile needs attention", "{{.N}} profiles need attention", nil)
	}
	r.profile.set(n, chosen, alerts > 0)
	fewer := len(r.profiles.views) != len(views)
	r.profiles.set(views)
	if r.withProfiles != shown || fewer {
		r.withProfiles = shown
		r.Refresh()
	}
}

// showProfiles hides what of the section does not belong to the rail as it is.
func (r *rail) showProfiles() {
	if r.profiles == nil {
		return
	}
	wide, folded := !r.folded && r.withProfiles, r.folded && r.withProfiles
	parts.Show(r.headProfiles.C, wide)
	parts.Show(r.profiles, wide)
	parts.Show(r.addProfile, wide)
	parts.Show(r.profile, folded)
}

// layoutProfiles puts the section at y and returns where it ends: as many lines as
// there are, but for what tags and the Cluster tree need.
func (r *rail) layoutProfiles(s fyne.Size, y float32) float32 {
	if r.profiles == nil || !r.withProfiles {
		return y
	}
	r.headProfiles.Place(16, y+10, s.Width-32-30)
	parts.Put(r.addProfile, s.Width-38, y-3, 26, 26)
	most := s.Height - y - 34 - treeRoom
	if len(r.tags) > 0 {
		most -= 36 + r.chips.Fit(s.Width-33)
	}
	most = max(leastProfiles, floor(min(most, s.Height*0.35)/profileLineHeight))
	h := min(float32(len(r.profiles.views)), most) * profileLineHeight
	parts.Put(r.profiles, 8, y+24, s.Width-17, h)
	return y + 24 + h + 10
}

// applyProfiles draws what the window shows of profiles beside the table.
func (a *App) applyProfiles(all tally) {
	if !a.hasProfiles() {
		return
	}
	views := a.profileViews()
	a.rail.applyProfiles(views, worthShowing(a.book.list))
	a.top.applyProfiles(views, all)
}
