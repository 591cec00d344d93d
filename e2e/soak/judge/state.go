package judge

import (
	"fmt"
	"time"
)

const (
	// Lag is how long what is shown may differ from what is so.
	Lag = 2 * time.Second
	// SilentLag is how long a tunnel may be shown as serving when nothing of its end has
	// reached the client: Culvert pings every 10 s and gives a session up after 15 s of
	// silence (tunnels/liveness.go), and Lag.
	SilentLag = 25*time.Second + Lag
	// slowProbe is how long a probe is out before it stands against those that have
	// succeeded before.
	slowProbe = time.Second
)

// tunnel is what is known of one.
type tunnel struct {
	name    string
	known   bool // the following four are
	serving bool
	state   string
	reason  string
	since   time.Time // when serving was last changed

	out      map[uint64]time.Time // when probes began that have not ended
	good     time.Time            // when the latest began that has succeeded
	bad      time.Time            // when the first began after that, that has failed; zero if none
	answered time.Time            // when the last success came
	proved   time.Time            // the first success of those that speak against not serving
	proves   time.Time            // the last one

	lie      time.Time // since when what is shown is not so; zero if it is
	lieReady bool      // it is shown as serving

	history []moment // the last states that were shown
}

// moment is when a state was shown; an empty one is nothing.
type moment struct {
	state string
	at    time.Time
}

// kept is how many moments are remembered.
const kept = 64

func (t *tunnel) remember(state string, at time.Time) {
	if n := len(t.history); n > 0 && t.history[n-1].state == state {
		return
	}
	t.history = append(t.history, moment{state, at})
	t.history = t.history[max(0, len(t.history)-kept):]
}

// WasShown says whether a tunnel was shown in a state at any moment of a time, or before by
// as much as the machine was late in it.
func (j *Judge) WasShown(name, state string, from, to time.Time) bool {
	j.mu.Lock()
	defer j.mu.Unlock()
	from = from.Add(-j.late.during(from, to))
	t := j.tunnels[name]
	if t == nil {
		return false
	}
	for i, m := range t.history {
		over := i+1 < len(t.history) && !t.history[i+1].at.After(from)
		if m.state == state && !m.at.After(to) && !over {
			return true
		}
	}
	return false
}

func (t *tunnel) shown() string {
	switch {
	case !t.known:
		return "unknown"
	case t.reason != "":
		return t.state + " (" + t.reason + ")"
	}
	return t.state
}

// Show notes what is shown of a tunnel from now on.
func (j *Judge) Show(name, state, reason string, serving bool, at time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.tunnels[name]
	if t == nil {
		return
	}
	j.lookLocked(t, at)
	if changed := !t.known || t.serving != serving; changed {
		j.endLieLocked(t, at)
		t.since = at
		t.proved = time.Time{}
	}
	t.known, t.serving, t.state, t.reason = true, serving, state, reason
	t.remember(state, at)
	j.lookLocked(t, at)
}

// Hide notes that nothing is shown any more, as when `status` has ended.
func (j *Judge) Hide(at time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	for _, t := range j.tunnels {
		j.lookLocked(t, at)
		j.endLieLocked(t, at)
		t.known = false
		t.remember("", at)
	}
}

// ProbeBegan notes that a probe begins: a new connection with an echo.
func (j *Judge) ProbeBegan(name string, id uint64, at time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.tunnels[name]
	if t.out == nil {
		t.out = make(map[uint64]time.Time)
	}
	t.out[id] = at
}

// ProbeForgotten notes that nobody waits for a probe any more.
func (j *Judge) ProbeForgotten(name string, id uint64) {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.tunnels[name]
	delete(t.out, id)
	if t.lieReady {
		t.lie, t.lieReady = time.Time{}, false
	}
}

// ProbeEnded notes how a probe ended. One that failed counts as a connection, too.
func (j *Judge) ProbeEnded(name string, id uint64, at time.Time, err error) {
	j.mu.Lock()
	defer j.mu.Unlock()
	t := j.tunnels[name]
	j.lookLocked(t, at)
	began := t.out[id]
	delete(t.out, id)
	j.figures.Probes++
	if err != nil {
		j.figures.ProbesFailed++
		j.open = append(j.open, doubt{
			Violation: Violation{at, Connection, name, fmt.Sprintf("a probe of %s has failed: %v", clock(began), err)},
			from:      began, to: at,
		})
		if began.After(t.good) && (t.bad.IsZero() || began.Before(t.bad)) {
			t.bad = began
		}
		if began.After(t.proved) {
			j.disproveLocked(t)
		}
		j.lookLocked(t, at)
		return
	}
	j.recoverLocked(name, began, at)
	if gap := at.Sub(t.answered); !t.answered.IsZero() && gap > j.figures.Gap {
		j.figures.Gap, j.figures.GapOf = gap, fmt.Sprintf("%s until %s", name, clock(at))
	}
	t.answered = at
	if t.lieReady {
		j.endLieLocked(t, at)
	}
	if began.After(t.good) {
		t.good = began
	}
	if !t.bad.After(t.good) {
		t.bad = time.Time{}
	}
	if t.known && !t.serving && !began.Before(t.since) {
		if t.proved.IsZero() {
			t.proved = at
		}
		t.proves = at
	}
	j.lookLocked(t, at)
}

// lookLocked finds out whether what is shown is so, and since when not.
func (j *Judge) lookLocked(t *tunnel, now time.Time) {
	if !t.known {
		return
	}
	if !t.serving {
		j.lookNotServingLocked(t, now)
		return
	}
	failing := t.bad
	for _, began := range t.out {
		if began.After(t.good) && (failing.IsZero() || began.Before(failing)) {
			failing = began
		}
	}
	if failing.IsZero() {
		return
	}
	for _, later := range []time.Time{t.since, t.answered} { // what came since was an answer, or nothing was promised before
		if failing.Before(later) {
			failing = later
		}
	}
	t.lie, t.lieReady = failing, true
}

// lookNotServingLocked finds out whether successes speak against what is shown. They do
// from the first to the last, as long as nothing else comes between.
func (j *Judge) lookNotServingLocked(t *tunnel, now time.Time) {
	if t.proved.IsZero() {
		return
	}
	for _, began := range t.out {
		if began.After(t.proved) && now.Sub(began) > slowProbe {
			j.disproveLocked(t)
			return
		}
	}
	t.lie, t.lieReady = t.proved, false
}

// disproveLocked ends what successes prove: one that has none has come between.
func (j *Judge) disproveLocked(t *tunnel) {
	if !t.lieReady {
		j.endLieLocked(t, t.proves)
	}
	t.proved = time.Time{}
}

// endLieLocked judges a lie that has ended.
func (j *Judge) endLieLocked(t *tunnel, at time.Time) {
	if t.lie.IsZero() {
		return
	}
	from, ready := t.lie, t.lieReady
	t.lie, t.lieReady = time.Time{}, false
	if !ready {
		at = t.proves
	}
	took := at.Sub(from)
	if took <= 0 {
		return
	}
	if took > Lag {
		text := fmt.Sprintf("it was shown as %s for %.1f s although probes had no answer", t.shown(), took.Seconds())
		if !ready {
			text = fmt.Sprintf("it was shown as %s for %.1f s although probes succeeded", t.shown(), took.Seconds())
		}
		machine := took-j.late.during(from, at) <= Lag
		j.open = append(j.open, doubt{Violation{at, State, t.name, text}, from, at, true, ready, machine})
		return
	}
	if took > j.figures.Lag {
		j.figures.Lag, j.figures.LagOf = took, fmt.Sprintf("%s at %s", t.name, clock(from))
	}
}
