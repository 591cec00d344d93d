package judge

import (
	"slices"
	"time"
)

// The bounds of what a fault explains.
const (
	// Drain is how long Culvert lets connections run on a pod that it leaves (30 s,
	// tunnels/pool.go), and a little more.
	Drain = 35 * time.Second
	// Allowance is within what a tunnel has to work again after a fault's end: Culvert
	// tries at least every 10 s while a client waits (tunnels/backoff.go), and a new
	// session has 10 s to open.
	Allowance = 25 * time.Second
	// WakeLag is how long after its end a fault explains that connections wait, and what
	// was shown when Culvert itself stood still: it needs some 3 s after a wake.
	WakeLag = 5 * time.Second
	// SilentAllowance is the same after a silent fault. A connection that is cut off takes
	// the kernel's repetitions to come back, the last of which may be seconds away, and
	// Culvert's pings up to [SilentLag] to give it up.
	SilentAllowance = 45 * time.Second
)

// Fault is what is known of one when it begins.
type Fault struct {
	Name   string
	Silent bool // nothing of it reaches the client while it lasts
	Still  bool // Culvert itself does not run while it lasts
	Slow   bool // it cuts nothing, and lets everybody wait
}

// Window is a fault and what it may hurt. All tunnels are hurt when Hurt is nil.
type Window struct {
	Fault
	Began time.Time
	Ended time.Time // zero while it goes on
	Hurt  []string  `json:",omitempty"` // names of tunnels

	recovered map[string]time.Time
}

func (w *Window) hurts(tunnel string) bool {
	return w.Ended.IsZero() || w.Hurt == nil || slices.Contains(w.Hurt, tunnel)
}

// excuses says whether the fault explains that a tunnel was shown as serving and did not
// answer.
func (w *Window) excuses(tunnel string, to time.Time) bool {
	if to.Before(w.Began) {
		return false
	}
	switch {
	case w.Still, w.Slow:
		return !to.After(w.Ended.Add(WakeLag))
	case w.Silent && w.hurts(tunnel):
		return !to.After(w.Began.Add(SilentLag))
	}
	return false
}

func (w *Window) allowance() time.Duration {
	if w.Silent {
		return SilentAllowance
	}
	return Allowance
}

// late is when the window ends for a tunnel that has not recovered.
func (w *Window) late() time.Time { return w.Ended.Add(w.allowance()) }

// settled is when nothing of the fault can be left for a tunnel: it has recovered and,
// after a silent fault, pings have found all sessions that are dead.
func (w *Window) settled(tunnel string) time.Time {
	at, ok := w.recovered[tunnel]
	if !ok {
		at = w.late()
	}
	found := at
	switch {
	case w.Still:
		found = w.Ended.Add(WakeLag)
	case w.Silent:
		found = w.Began.Add(SilentLag)
	}
	if at.Before(found) {
		at = found
	}
	return at
}

// explains says whether the fault may have cut a connection of the tunnel.
func (w *Window) explains(tunnel string, opened, ended time.Time) bool {
	if !w.hurts(tunnel) || ended.Before(w.Began) {
		return false
	}
	if w.Ended.IsZero() {
		return true
	}
	recovered := w.settled(tunnel)
	last := w.Ended.Add(Drain)
	if last.Before(recovered) {
		last = recovered
	}
	// What was opened before may have waited for as long as Culvert holds it.
	return opened.Before(recovered) && ended.Before(last.Add(Hold))
}

// Hold is how long Culvert holds a connection that no session can take, if the
// tunnel does not say otherwise.
const Hold = 10 * time.Second
