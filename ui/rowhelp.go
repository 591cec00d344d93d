package ui

import "culvert/tunnels"

// rowHelp are the buttons of the tunnels that need the user: what helps each best.
func (a *App) rowHelp(names targetNames) map[tunnels.ID]verb {
	out := make(map[tunnels.ID]verb)
	for i := range a.snap {
		st := &a.snap[i]
		if st.State != tunnels.NeedsUser || a.failed[st.Spec.ID] != nil {
			continue
		}
		c, _ := a.contextNamed(names.context(st.Spec.Target))
		if v, ok := firstRemedy(*st, c, a.can(), !names.guest(st.Spec)); ok {
			out[st.Spec.ID] = v
		}
	}
	return out
}

// helpRow does what a row's button says.
func (a *App) helpRow(v rowView) {
	a.chosen = v.id
	a.apply()
	a.applyRemedyTo(v.id, v.help.key)
}
