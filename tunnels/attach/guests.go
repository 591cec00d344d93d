package attach

import (
	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// bringGuests brings the guests of a process that has ended to another side.
func (e *Engine) bringGuests(to Side, seen tunnels.Snapshot, kept []profiles.Profile) {
	for _, p := range kept {
		if !p.Guest {
			continue
		}
		g := workspace.Guests{Path: p.Path, Name: p.Name}
		for _, st := range seen {
			if st.Spec.Profile == p.ID {
				s := st.Spec
				s.ID, s.Profile = "", ""
				g.Tunnels = append(g.Tunnels, s)
			}
		}
		if _, err := to.Bring(e.ctx, g); err != nil && e.ctx.Err() == nil {
			e.warn(err)
		}
	}
}
