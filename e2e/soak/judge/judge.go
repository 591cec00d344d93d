package judge

import (
	"fmt"
	"sync"
	"time"
)

// Judge gathers what happens and finds violations. Its methods may be called from
// any goroutine.
type Judge struct {
	tell func(Violation)

	mu         sync.Mutex
	tunnels    map[string]*tunnel
	windows    []*Window
	open       []doubt // not decided yet
	violations []Violation
	late       lateness
	figures    Figures
	sockets    map[string]uint64 // the inode of each address
	closed     map[string]bool   // addresses that were told of
}

// Figures are what is counted on the way.
type Figures struct {
	Probes, ProbesFailed int           // new connections with an echo each
	Connections, Cut     int           // of the traffic; those that a fault has cut
	Bytes                int64         // that the traffic has verified, both ways
	Lag                  time.Duration // the longest that what was shown was not so
	LagOf                string        // which tunnel, when
	SilentLag            time.Duration // the same where nothing had reached the client
	SilentLagOf          string
	Gap                  time.Duration // the longest that a tunnel did not answer a probe
	GapOf                string
	Recovery             time.Duration // the longest from a fault's end until a tunnel worked
	RecoveryOf           string
	LateMachine          int           // lies that were the machine's lateness
	Lateness             time.Duration // the longest that the judge's own process was late
	Starved              time.Duration // how long Culvert or the judge was ready and did not get to run
	Control              time.Duration // the longest that a request past Culvert has taken
}

// New returns a judge of tunnels by their names. Tell is called for each violation,
// one at a time; it may be nil.
func New(names []string, tell func(Violation)) *Judge {
	if tell == nil {
		tell = func(Violation) {}
	}
	j := &Judge{tell: tell, tunnels: make(map[string]*tunnel, len(names)), closed: make(map[string]bool)}
	for _, n := range names {
		j.tunnels[n] = &tunnel{name: n}
	}
	return j
}

// Violations returns what was found so far.
func (j *Judge) Violations() []Violation {
	j.mu.Lock()
	defer j.mu.Unlock()
	return append([]Violation(nil), j.violations...)
}

// Figures returns what was counted so far.
func (j *Judge) Figures() Figures {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.figures.Lateness = j.late.longest
	return j.figures
}

// Violate notes a violation that somebody else has found.
func (j *Judge) Violate(v Violation) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.violateLocked(v)
}

func (j *Judge) violateLocked(v Violation) {
	j.violations = append(j.violations, v)
	j.tell(v)
}

// Begin notes that a fault begins. What it hurts is not known before its end; until
// then it may be anything.
func (j *Judge) Begin(f Fault, at time.Time) *Window {
	j.mu.Lock()
	defer j.mu.Unlock()
	w := &Window{Fault: f, Began: at, recovered: make(map[string]time.Time)}
	j.windows = append(j.windows, w)
	return w
}

// End notes when a fault has really begun and ended, and which tunnels it may have
// hurt; nil is all of them.
func (j *Judge) End(w *Window, began, ended time.Time, hurt []string) {
	j.mu.Lock()
	defer j.mu.Unlock()
	w.Began, w.Ended, w.Hurt = began, ended, hurt
}

// Recovered says whether all tunnels that the fault has hurt work again, or have been
// given up, and nothing of it is left.
func (j *Judge) Recovered(w *Window, now time.Time) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	if w.Ended.IsZero() {
		return false
	}
	for name := range j.tunnels {
		if w.hurts(name) && now.Before(w.settled(name)) {
			return false
		}
	}
	return true
}

// recoverLocked notes a success that proves a tunnel to have recovered.
func (j *Judge) recoverLocked(name string, began, ended time.Time) {
	for _, w := range j.windows {
		if w.Ended.IsZero() || !w.hurts(name) || began.Before(w.Ended) {
			continue
		}
		if _, ok := w.recovered[name]; ok {
			continue
		}
		w.recovered[name] = ended
		if took := ended.Sub(w.Ended); took > j.figures.Recovery {
			j.figures.Recovery, j.figures.RecoveryOf = took, fmt.Sprintf("%s after %s", name, w.Name)
		}
	}
}

// Tick decides what can be decided by now. It is to be called several times a second.
func (j *Judge) Tick(now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.late.tick(now)
	for _, w := range j.windows {
		j.overdueLocked(w, now)
	}
	j.decideLocked(now)
}

// Controlled notes that a request past Culvert, to the same cluster, has been answered. What
// it took beyond the usual is the machine's lateness.
func (j *Judge) Controlled(began, ended time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if took := ended.Sub(began); took > lateBy {
		j.late.add(began.Add(lateBy), ended)
		j.figures.Control = max(j.figures.Control, took)
	}
}

// Starved notes a time for which Culvert or the judge was ready to run and did not get to.
func (j *Judge) Starved(from, to time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.late.add(from, to)
	j.figures.Starved += to.Sub(from)
}

// StoodStill says whether a fault in which Culvert does not run was there at any moment
// of a time.
func (j *Judge) StoodStill(from, to time.Time) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, w := range j.windows {
		if w.Still && !to.Before(w.Began) && (w.Ended.IsZero() || !from.After(w.Ended.Add(WakeLag))) {
			return true
		}
	}
	return false
}

// overdueLocked finds tunnels that have not recovered in time.
func (j *Judge) overdueLocked(w *Window, now time.Time) {
	if w.Ended.IsZero() || now.Before(w.late()) {
		return
	}
	for name, t := range j.tunnels {
		if _, ok := w.recovered[name]; ok || !w.hurts(name) {
			continue
		}
		w.recovered[name] = now
		j.violateLocked(Violation{w.late(), Recovery, name, fmt.Sprintf(
			"it does not work %v after the end of %s; it is shown as %s", w.allowance(), w.Name, t.shown())})
	}
}

// AllServe wants each tunnel to be shown as serving.
func (j *Judge) AllServe(now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for name, t := range j.tunnels {
		if !t.known || !t.serving {
			j.violateLocked(Violation{now, Recovery, name, "after all faults it is shown as " + t.shown()})
		}
	}
}

// Finish decides all the rest. Nothing may be told after it.
func (j *Judge) Finish(now time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, t := range j.tunnels {
		j.lookLocked(t, now)
		j.endLieLocked(t, now)
	}
	for _, w := range j.windows {
		j.overdueLocked(w, now.Add(w.allowance()))
	}
	j.decideLocked(now.Add(time.Hour))
}
