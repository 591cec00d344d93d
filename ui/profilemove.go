package ui

import (
	"context"
	"slices"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
)

// moving is a tunnel that goes to another profile, with what it takes to bring it
// back as it was.
type moving struct {
	id, before tunnels.ID // before is the one that it goes before; empty for the end
	name       string
	from, to   string       // profiles
	after      []tunnels.ID // those that came after it in its profile
}

// movesTo are the moves of tunnels to a profile, in the order in which they stand;
// those that are there already stay.
func movesTo(snap tunnels.Snapshot, ids []tunnels.ID, profile string, before tunnels.ID) []moving {
	var out []moving
	for i, st := range snap {
		from := profileOf(st.Spec)
		if !slices.Contains(ids, st.Spec.ID) || from == profile {
			continue
		}
		out = append(out, moving{
			id: st.Spec.ID, before: before, name: st.Spec.Title(), from: from, to: profile, after: idsOf(inProfile(snap[i+1:], from)),
		})
	}
	return out
}

// back are the moves that take moves back, the last one first so that each finds
// those that came after it.
func back(moves []moving, snap tunnels.Snapshot) []moving {
	home := make(map[tunnels.ID]string, len(snap))
	for _, st := range snap {
		home[st.Spec.ID] = profileOf(st.Spec)
	}
	var out []moving
	for _, m := range slices.Backward(moves) {
		i := slices.IndexFunc(m.after, func(id tunnels.ID) bool { return home[id] == m.from })
		before := tunnels.ID("")
		if i >= 0 {
			before = m.after[i]
		}
		out = append(out, moving{id: m.id, before: before, name: m.name, from: m.to, to: m.from})
		home[m.id] = m.from
	}
	return out
}

// movedText says what has been moved.
func movedText(moves []moving, profile string) string {
	data := vars{"Name": moves[0].name, "Profile": profile}
	if len(moves) == 1 {
		return lang.L("Moved “{{.Name}}” to {{.Profile}}.", data)
	}
	return plural(len(moves), "Moved 1 tunnel to {{.Profile}}.", "Moved {{.N}} tunnels to {{.Profile}}.", data)
}

// moveToProfile puts tunnels into another profile, before one of its tunnels or last,
// and offers to take that back. What cannot be moved stays and says why.
func (a *App) moveToProfile(ids []tunnels.ID, profile string, before tunnels.ID) {
	if text := a.book.refusal(profile); text != "" {
		a.tell(lang.L("Nothing was moved"), text)
		return
	}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id tunnels.ID) bool { return a.busy[id] != "" })
	a.carry(movesTo(a.snap, ids, profile, before), func(done []moving) {
		p, _ := a.book.find(profile)
		a.offerMoveBack(done, profileName(p))
	})
}

// offerMoveBack offers to take moves back, but those of guests: what a file has brought
// cannot be put there again, and stays where the user keeps it.
func (a *App) offerMoveBack(done []moving, to string) {
	own := slices.DeleteFunc(slices.Clone(done), func(m moving) bool {
		p, _ := a.book.find(m.from)
		return p.Guest
	})
	if len(own) == 0 {
		if a.book.shown == done[0].from {
			a.showProfile(done[0].to) // where they are now
		}
		return
	}
	a.offer("bookmark", movedText(own, to), func() { a.carry(back(own, a.snap), nil) })
}

// aimAtRail shows over which profile of the rail something is dragged, and returns
// it; empty for none.
func (a *App) aimAtRail(at fyne.Position) string {
	if a.rail.profiles == nil {
		return ""
	}
	id, _ := a.rail.profiles.at(at)
	if p, _ := a.book.find(id); p.Guest {
		id = "" // nothing can be put there
	}
	a.rail.profiles.aim(id)
	return id
}

// dropInto moves the tunnel that was dragged, and all that are picked where it is one
// of them.
func (a *App) dropInto(id tunnels.ID, profile string, before tunnels.ID) {
	ids := []tunnels.ID{id}
	if a.picked.has(id) {
		ids = a.pickedTunnels()
	}
	a.moveToProfile(ids, profile, before)
}

// carry moves tunnels one after the other, each as it is now, and then tells which
// were moved if any was; then may be nil.
func (a *App) carry(moves []moving, then func(done []moving)) {
	for _, m := range moves {
		a.busy[m.id] = lang.L("Moving…")
		delete(a.failed, m.id)
	}
	a.apply()
	a.spawn(func(ctx context.Context) {
		var done []moving
		failed := make(map[tunnels.ID]error)
		for _, m := range moves {
			if err := a.carryOne(m); err != nil {
				failed[m.id] = err
				continue
			}
			done = append(done, m)
		}
		if ctx.Err() == nil {
			a.do(func() { a.carried(moves, done, failed, then) })
		}
	})
}

// carryOne moves one tunnel and waits for that.
func (a *App) carryOne(m moving) error {
	snap := a.latest.Load()
	st, ok := snap.Find(m.id)
	if !ok {
		return nil // it was removed meanwhile: there is nothing to move
	}
	spec := st.Spec
	spec.Profile = m.to
	if err := a.deps.Tunnels.Put(spec); err != nil || m.before == "" {
		return err
	}
	// The one that it goes before may be gone by now: then it is the last.
	_ = a.deps.Tunnels.Move(m.id, m.before)
	return nil
}

// carried shows what has become of moves.
func (a *App) carried(moves, done []moving, failed map[tunnels.ID]error, then func(done []moving)) {
	for _, m := range moves {
		delete(a.busy, m.id)
		if err := failed[m.id]; err != nil {
			a.failed[m.id] = tunnels.AsError(err)
		}
	}
	if len(done) > 0 && then != nil {
		then(done)
	}
	a.draw()
}
