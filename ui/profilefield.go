package ui

import (
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// home is the profile in which a new tunnel is kept at first: the one that the window
// is narrowed to, or the only one there is; empty for the one that comes by itself.
// It is none that a file has brought.
func (b *profileBook) home() string {
	if p, ok := b.chosen(); ok && !p.Guest {
		return p.ID
	}
	if kept := keptIn(b.list); len(kept) == 1 {
		return kept[0].ID
	}
	return ""
}

// profileChoices are the profiles that a tunnel can be kept in, now among them; empty
// where there are no profiles.
func (a *App) profileChoices(now string) []parts.Option {
	if !a.hasProfiles() {
		return nil
	}
	return profileOptionsFor(now, a.profileViews())
}

// profileOptionsFor are the profiles to choose from; the one that comes by itself is
// among them before it has come, and those that files have brought are not.
func profileOptionsFor(now string, views []profileView) []parts.Option {
	var out []parts.Option
	known := false
	for _, v := range views {
		if v.guest {
			continue
		}
		out = append(out, parts.Option{Key: v.id, Text: v.name, Icon: v.icon(), Dim: v.trouble != ""})
		known = known || v.id == defaultProfile
	}
	if !known && profileOf(tunnels.Spec{Profile: now}) == defaultProfile {
		out = append(out, parts.Option{Key: defaultProfile, Text: lang.L("Default"), Icon: "bookmark"})
	}
	return append(out, parts.Option{Key: profileNew, Text: lang.L("New profile…"), Icon: "plus", Rule: true})
}

// profileRefusal says why a tunnel cannot be kept in the profile of a form now.
func (a *App) profileRefusal(f form) string {
	return a.book.refusal(profileOf(tunnels.Spec{Profile: f.profile}))
}

// pickProfile does something with a profile of such choices, or with a new one once
// it is made.
func (a *App) pickProfile(key string, use func(id string)) {
	if key == profileNew {
		a.newProfile(use)
		return
	}
	use(key)
}

// chooseProfile keeps the tunnel in another profile.
func (e *editor) chooseProfile(key string) {
	e.app.pickProfile(key, func(id string) {
		e.set(func(f *form) { f.profile = id })
		e.apply()
	})
}

// chooseInPane keeps the chosen tunnel in another profile once it is saved.
func (a *App) chooseInPane(key string) {
	a.pickProfile(key, func(id string) { a.editPane(func(f *form) { f.profile = id }) })
}
