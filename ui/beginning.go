package ui

import "culvert/tunnels"

// begin starts what is to run from the program's start on, as soon as it is known
// which contexts are production: what is harmless at once, and the rest when the
// user agrees. It does so once.
func (a *App) begin() {
	contexts := a.browser.Contexts()
	if a.begun || len(a.deps.Begin) == 0 || a.latest.Load() == nil || !contexts.loaded {
		return
	}
	a.begun = true
	var asked []tunnels.Spec
	for _, id := range a.deps.Begin {
		st, ok := a.snap.Find(id)
		switch {
		case !ok || running(st.State): // the user was faster
		case len(dangersOf([]tunnels.Spec{st.Spec}, a.names(), contexts)) > 0:
			asked = append(asked, st.Spec)
		default:
			a.start1(id)
		}
	}
	if len(asked) > 0 {
		a.startSpecs(asked)
	}
}
