package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// copiedFor is how long a tick stands where something was copied.
const copiedFor = 1200 * time.Millisecond

// act runs a verb on a tunnel away from the window and keeps its error for the
// tunnel's row. doing is what the row says meanwhile.
func (a *App) act(id tunnels.ID, doing string, verb func(context.Context) error) {
	if a.busy[id] != "" {
		return
	}
	a.busy[id] = doing
	delete(a.failed, id)
	a.apply()
	a.spawn(func(ctx context.Context) {
		err := verb(ctx)
		if ctx.Err() != nil {
			return
		}
		a.do(func() {
			delete(a.busy, id)
			if err != nil {
				a.failed[id] = tunnels.AsError(err)
				a.noteFailed(id, err)
			}
			if a.startNext[id] {
				delete(a.startNext, id)
				a.start1(id)
			}
			a.draw()
		})
	})
}

// start1 starts a tunnel; one that is shown as stopped and whose stop is not quite over
// is started after that.
func (a *App) start1(id tunnels.ID) {
	st, ok := a.snap.Find(id)
	if ok && st.State == tunnels.Stopped && a.busy[id] == lang.L("Stopping…") {
		a.startNext[id] = true
		return
	}
	if ok {
		a.remember(st.Spec.Target)
	}
	a.act(id, lang.L("Starting…"), func(ctx context.Context) error { return a.deps.Tunnels.Start(ctx, id) })
}

func (a *App) stop1(id tunnels.ID) {
	a.act(id, lang.L("Stopping…"), func(ctx context.Context) error { return a.deps.Tunnels.Stop(ctx, id) })
}

// toggle starts a stopped tunnel and stops a running one.
func (a *App) toggle(id tunnels.ID) {
	st, ok := a.snap.Find(id)
	switch {
	case !ok:
	case running(st.State):
		a.stop1(id)
	default:
		a.startAsked([]tunnels.ID{id})
	}
}

// startAll starts all tunnels, or those of the profile that the window is narrowed
// to.
func (a *App) startAll() { a.startThose(a.scope()) }

func (a *App) stopAll() { a.stopThose(a.scope()) }

// reconnect asks for a new session at once.
func (a *App) reconnect(id tunnels.ID) {
	if st, ok := a.snap.Find(id); ok && running(st.State) {
		a.act(id, lang.L("Reconnecting…"), func(context.Context) error { a.deps.Tunnels.Kick(id); return nil })
	}
}

// swapPod moves a tunnel to another pod of its target.
func (a *App) swapPod(id tunnels.ID) {
	if st, ok := a.snap.Find(id); ok && running(st.State) {
		a.act(id, lang.L("Swapping…"), func(context.Context) error { return a.deps.Tunnels.Swap(id, "") })
	}
}

// extend lets a tunnel that stops by itself run for an hour more, this time.
func (a *App) extend(id tunnels.ID) {
	st, ok := a.snap.Find(id)
	if !ok || st.StopAt.IsZero() {
		return
	}
	left := min(max(st.StopAt.Sub(a.deps.Now()), 0)+time.Hour, tunnels.MaxStopAfter)
	a.act(id, lang.L("Extending…"), func(context.Context) error { return a.deps.Tunnels.Extend(id, left) })
}

// remember stores that the target's namespace was used. Where that fails only a
// line in a list is lost, and nobody has asked for it: it is not told.
func (a *App) remember(t tunnels.Target) {
	names := a.names()
	kubeContext, namespace := names.context(t), names.namespace(t)
	if kubeContext == "" || namespace == "" {
		return
	}
	a.spawn(func(context.Context) { _ = a.deps.Catalog.RememberNamespace(kubeContext, namespace) })
}

// copyText puts a text on the clipboard and shows that for a moment.
func (a *App) copyText(s string) {
	if s == "" {
		return
	}
	a.deps.App.Clipboard().SetContent(s)
	a.copied = s
	a.copies++
	turn := a.copies
	a.apply()
	a.later(copiedFor, func() {
		if a.copies == turn {
			a.copied = ""
			a.apply()
		}
	})
}

// copyAddress copies a tunnel's first bound address.
func (a *App) copyAddress(id tunnels.ID) {
	if st, ok := a.snap.Find(id); ok {
		if addr, bound := firstBound(st); bound {
			a.copyText(addr)
		}
	}
}

// later runs f on the toolkit's goroutine after a while, unless the window is
// closed before.
func (a *App) later(d time.Duration, f func()) {
	a.spawn(func(ctx context.Context) {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
			a.do(f)
		case <-ctx.Done():
		}
	})
}

// choose selects a tunnel and opens its details.
func (a *App) choose(id tunnels.ID) {
	a.chosen, a.detail = id, true
	a.apply()
	a.table.show(id)
}

// closeDetails closes the details. A field of theirs that has the keyboard gives it
// to the table: the toolkit leaves it to what is hidden, where typing would go on.
func (a *App) closeDetails() {
	a.detail = false
	if f, ok := a.window.Canvas().Focused().(fyne.CanvasObject); ok && holds(a.details, f) {
		a.window.Canvas().Unfocus()
		parts.Focus(a.table.list)
		a.table.list.keyed = false
	}
	a.apply()
}
