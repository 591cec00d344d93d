package ui

import (
	"slices"

	"culvert/tunnels"
)

// askServing asks, once, the contexts through which tunnels run for a sign of
// life, where that may be asked unasked: the table tells how they answer.
func (a *App) askServing(names targetNames) {
	for _, c := range a.browser.Contexts().items {
		if a.asked[c.Name] || !askedUnasked(c) {
			continue
		}
		serves := func(st tunnels.Status) bool { return st.State.Serving() && names.context(st.Spec.Target) == c.Name }
		if slices.ContainsFunc(a.snap, serves) {
			a.asked[c.Name] = true
			a.browser.check(c.Name)
		}
	}
}
