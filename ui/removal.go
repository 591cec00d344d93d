package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
)

// undoFor is how long removed tunnels can be brought back.
const undoFor = 12 * time.Second

// removed is a tunnel that is gone, with what it takes to bring it back as it
// was.
type removed struct {
	spec  tunnels.Spec
	ran   bool
	after []tunnels.ID // those that came after it in its profile
}

// removal is one request to remove tunnels, and how much of it is done.
type removal struct {
	left int
	gone []removed
}

// remove stops and forgets a tunnel, and offers to bring it back.
func (a *App) remove(id tunnels.ID) { a.removeAll([]tunnels.ID{id}) }

// removeAll removes tunnels and offers, once all is done, to bring them back
// together. What cannot be removed stays and says why.
func (a *App) removeAll(ids []tunnels.ID) {
	snap := a.snap
	r := &removal{}
	var todo []removed
	for i := range snap {
		id := snap[i].Spec.ID
		if !slices.Contains(ids, id) || a.busy[id] != "" {
			continue
		}
		todo = append(todo, removed{spec: snap[i].Spec, ran: running(snap[i].State), after: idsOf(inProfile(snap[i+1:], profileOf(snap[i].Spec)))})
	}
	r.left = len(todo)
	for _, t := range todo {
		a.act(t.spec.ID, lang.L("Removing…"), func(ctx context.Context) error {
			err := a.deps.Tunnels.Remove(ctx, t.spec.ID)
			if ctx.Err() == nil {
				a.do(func() { a.removedOne(r, t, err) })
			}
			return err
		})
	}
}

func idsOf(snap tunnels.Snapshot) []tunnels.ID {
	out := make([]tunnels.ID, len(snap))
	for i := range snap {
		out[i] = snap[i].Spec.ID
	}
	return out
}

// removedOne counts a removal that is over; the last one offers undo.
func (a *App) removedOne(r *removal, t removed, err error) {
	if err == nil {
		r.gone = append(r.gone, t)
		if a.chosen == t.spec.ID {
			a.closeDetails()
		}
	}
	if r.left--; r.left == 0 && len(r.gone) > 0 {
		gone := append(a.undoable.now(a.undo), r.gone...)
		a.offerUndo(removedText(gone), gone)
	}
}

// undoable are the removed tunnels that are still offered back, in one offer: what
// is removed while it stands joins them.
type undoable struct {
	turn int
	gone []removed
}

// now are those that the bar offers at this moment.
func (u undoable) now(bar *undoBar) []removed {
	if u.turn != bar.turn || !bar.Visible() {
		return nil
	}
	return slices.Clone(u.gone)
}

// removedText says what has been removed.
func removedText(gone []removed) string {
	ran := slices.ContainsFunc(gone, func(r removed) bool { return r.ran })
	name := vars{"Name": gone[0].spec.Title()}
	switch {
	case len(gone) == 1 && ran:
		return lang.L("Stopped and removed “{{.Name}}”.", name)
	case len(gone) == 1:
		return lang.L("Removed “{{.Name}}”.", name)
	case ran:
		return plural(len(gone), "Stopped and removed 1 tunnel.", "Stopped and removed {{.N}} tunnels.", nil)
	}
	return plural(len(gone), "Removed 1 tunnel.", "Removed {{.N}} tunnels.", nil)
}

// offerUndo offers for a while to bring tunnels back.
func (a *App) offerUndo(text string, gone []removed) {
	a.undoable = undoable{a.offer("trash-2", text, func() { a.bringBack(gone) }), gone}
}

// offer offers for a while to take something back.
func (a *App) offer(icon, text string, back func()) (turn int) {
	turn = a.undo.offer(icon, text, back)
	a.frame.Refresh()
	a.later(undoFor, func() {
		if a.undo.withdraw(turn) {
			a.frame.Refresh()
		}
	})
	return turn
}

// bringBack puts removed tunnels back where they were, the last one first so
// that each finds those that came after it, and starts those that ran. What
// cannot be put back is offered again.
func (a *App) bringBack(gone []removed) {
	gone = slices.SortedFunc(slices.Values(gone), func(x, y removed) int { return len(x.after) - len(y.after) })
	here := idsOf(a.snap)
	a.spawn(func(ctx context.Context) {
		var back, failed []removed
		var why error
		for _, r := range gone {
			err := a.deps.Tunnels.Put(r.spec)
			if err != nil {
				failed, why = append(failed, r), err
				continue
			}
			// A tunnel that it came before may be gone by now: then it is the last.
			_ = a.deps.Tunnels.Move(r.spec.ID, landing(r.after, here))
			back, here = append(back, r), append(here, r.spec.ID)
		}
		if ctx.Err() != nil {
			return
		}
		a.do(func() {
			a.startBroughtBack(back)
			if len(failed) > 0 {
				text := lang.L("Not brought back: {{.Why}}", vars{"Why": complaintAt(why)})
				a.offerUndo(text, failed)
			}
		})
	})
}

// landing returns the first of those that came after a tunnel and are still
// there; "" for the end.
func landing(after, here []tunnels.ID) tunnels.ID {
	for _, id := range after {
		if slices.Contains(here, id) {
			return id
		}
	}
	return ""
}

func (a *App) startBroughtBack(back []removed) {
	for _, r := range slices.Backward(back) {
		if r.ran {
			a.act(r.spec.ID, lang.L("Bringing back…"), func(ctx context.Context) error {
				return a.deps.Tunnels.Start(ctx, r.spec.ID)
			})
		}
	}
}
