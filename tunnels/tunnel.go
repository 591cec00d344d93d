package tunnels

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"
)

// tunnel is one entry of the manager, running or not.
type tunnel struct {
	m  *Manager
	id ID
	// turn has one slot, held by whoever starts, stops or replaces.
	turn chan struct{}

	mu      sync.Mutex
	spec    Spec
	removed bool
	run     *run // nil while stopped
	facts   facts
	state   State
	reason  string
	err     *Error
	since   time.Time
	started moment             // the run
	stopAt  deadline           // of the run
	ended   time.Duration      // how long the last run was when it stopped by itself; 0 after a Stop
	why     string             // what stopped the last run, as a phrase; empty after a Stop
	instead map[Mapping]uint16 // the ports of the run that stand in for the spec's; nil for none; immutable
	sticky  map[Mapping]uint16 // the ports of last time of mappings that name none
	warned  []string           // what has been told of since Start
	past    timeline
	moved   Event // the bytes of the last run
}

func newTunnel(m *Manager, spec Spec) *tunnel {
	return &tunnel{
		m:      m,
		id:     spec.ID,
		turn:   make(chan struct{}, 1),
		spec:   spec,
		since:  time.Now(),
		sticky: make(map[Mapping]uint16),
	}
}

// take waits for the turn; release gives it back.
func (t *tunnel) take(ctx context.Context) error {
	select {
	case t.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *tunnel) release() { <-t.turn }

func (t *tunnel) start(ctx context.Context) error {
	if err := t.take(ctx); err != nil {
		return err
	}
	defer t.release()
	return t.startTurn(ctx, nil)
}

// startTurn starts the tunnel, with ports that stand in for the spec's; the caller
// has the turn.
func (t *tunnel) startTurn(ctx context.Context, instead map[Mapping]uint16) error {
	r, err := t.begun(instead)
	if err != nil {
		return err
	}
	select {
	case <-r.tried:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// begun returns the run, which it begins where there is none.
func (t *tunnel) begun(instead map[Mapping]uint16) (*run, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.removed {
		return nil, errRemoved
	}
	if t.run != nil {
		return t.run, nil
	}
	r := newRun(t, t.spec, maps.Clone(t.sticky))
	t.setInsteadLocked(instead)
	t.run = r
	t.facts = facts{standing: standing{phase: Starting, reason: "opening the local ports"}}
	t.warned = nil
	t.started, t.ended, t.why = t.m.clock(), 0, ""
	t.armLocked(t.spec.StopAfter)
	t.settleLocked()
	r.begin()
	return r, nil
}

func (t *tunnel) halt(ctx context.Context) error {
	if err := t.take(ctx); err != nil {
		return err
	}
	done := t.haltTurn()
	select {
	case <-done:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// haltTurn ends the run and then gives back the turn, which the caller has. The
// returned channel is closed when all that has happened.
func (t *tunnel) haltTurn() <-chan struct{} {
	r := t.running()
	done := make(chan struct{})
	go t.m.crashes.Guard("stopping a tunnel", func() {
		defer close(done)
		defer t.release()
		t.end(r)
	})
	return done
}

// end ends a run, if there is one, and waits for it.
func (t *tunnel) end(r *run) {
	if r == nil {
		return
	}
	r.cancel()
	<-r.done
	t.mu.Lock()
	defer t.mu.Unlock()
	t.run = nil
	t.stopAt, t.instead = deadline{}, nil
	t.facts = facts{}
	t.moved = Event{In: r.in.Load(), Out: r.out.Load()}
	t.settleLocked()
}

func (t *tunnel) remove(ctx context.Context) error {
	if err := t.take(ctx); err != nil {
		return err
	}
	t.noteRemoved()
	select {
	case <-t.haltTurn():
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func (t *tunnel) noteRemoved() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.removed = true
}

// replace takes a new spec and restarts a running tunnel where it has to or, when
// why is not empty, stops it and says so.
func (t *tunnel) replace(ctx context.Context, spec Spec, why string) error {
	if err := t.take(ctx); err != nil {
		return err
	}
	defer t.release()
	old, r, err := t.respecify(spec, why)
	if err != nil {
		return err
	}
	t.m.feed.notify()
	switch {
	case why != "":
		t.end(r)
		return nil
	case r == nil, sameWay(old, spec):
		return nil
	case onlyLocals(old, spec):
		return r.moveTo(ctx, move{mappings: spec.Mappings})
	}
	t.end(r)
	return t.startTurn(ctx, nil)
}

// respecify takes a new spec, and returns the one before and the run, which knows nothing of
// it.
func (t *tunnel) respecify(spec Spec, why string) (old Spec, r *run, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.removed {
		return Spec{}, nil, errRemoved
	}
	old, r = t.spec, t.run
	t.spec = spec
	if r != nil && why != "" {
		t.why = why
	} else if r != nil && old.StopAfter != spec.StopAfter {
		t.armLocked(spec.StopAfter)
	}
	for m := range t.sticky {
		if !slices.Contains(spec.Mappings, m) || m.Local == SamePort && old.Target != spec.Target {
			delete(t.sticky, m)
		}
	}
	return old, r, nil
}

// Restarts says whether Put has to stop and start a running tunnel to change its
// spec from one to another, which cuts its connections.
func Restarts(from, to Spec) bool { return !sameWay(from, to) && !onlyLocals(from, to) }

// sameWay says whether two specs differ in nothing that a running tunnel
// depends on.
func sameWay(a, b Spec) bool {
	return a.Target == b.Target && a.Via == b.Via && a.Policy == b.Policy && a.Hold == b.Hold &&
		slices.Equal(families(a.Listen), families(b.Listen)) && slices.Equal(a.Mappings, b.Mappings)
}

// onlyLocals says whether two specs differ in nothing else that a running tunnel
// depends on than in local ports that have numbers in the second one.
func onlyLocals(a, b Spec) bool {
	same := func(x, y Mapping) bool { return x.Remote == y.Remote && (x.Local == y.Local || y.Local.Fixed() != 0) }
	if !slices.EqualFunc(a.Mappings, b.Mappings, same) {
		return false
	}
	b.Mappings = a.Mappings
	return sameWay(a, b)
}

func (t *tunnel) kick() {
	if r := t.running(); r != nil {
		r.kick()
	}
}

// update changes the facts and, with them, the state. It is the only way to
// either while the tunnel runs.
func (t *tunnel) update(change func(*facts)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.run == nil {
		return
	}
	change(&t.facts)
	t.settleLocked()
}

// updateRefused remembers that the pod refuses a port or, with a nil err, that
// it does not.
func (t *tunnel) updateRefused(p Port, err *Error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.run != nil && t.facts.setRefused(p, err) {
		t.settleLocked()
	}
}

// settleLocked enters the state that follows from the facts.
func (t *tunnel) settleLocked() {
	state, reason, err := Stopped, t.why, (*Error)(nil)
	if t.ended > 0 {
		reason = "stopped by itself after " + roundly(t.ended)
	}
	if t.run != nil {
		state, reason, err = t.facts.state(t.spec.Mappings)
	}
	now := time.Now()
	if state != t.state {
		t.since = now
	}
	if state != t.state || reason != t.reason {
		e := Event{Time: now, Tunnel: t.id, Kind: EventState, State: state, Reason: reason, Pod: t.facts.pod, Err: err}
		if state.Serving() {
			e.Numbers = t.facts.numbers
		}
		if state == Stopped {
			e.In, e.Out = t.moved.In, t.moved.Out
		}
		t.tellLocked(e)
	}
	t.state, t.reason, t.err = state, reason, err
	for _, w := range t.facts.allWarnings() {
		if !slices.Contains(t.warned, w) {
			t.warned = append(t.warned, w)
			t.tellLocked(Event{Time: now, Tunnel: t.id, Kind: EventWarning, State: state, Reason: reason, Warning: w})
		}
	}
	t.m.feed.notify()
}

// emit adds an event about the run that calls it.
func (t *tunnel) emit(e Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	e.Time, e.Tunnel, e.State, e.Reason = time.Now(), t.id, t.state, t.reason
	t.tellLocked(e)
}

func (t *tunnel) tellLocked(e Event) {
	t.past.add(e)
	t.m.followers.add(e)
}

// listensOn returns what a run listens on that begins to do so: the mappings, the ports
// that stand in for theirs, and those of last time of mappings that name none.
func (t *tunnel) listensOn() (ms []Mapping, instead, sticky map[Mapping]uint16) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.spec.Mappings, maps.Clone(t.instead), maps.Clone(t.sticky)
}

// remember keeps a random port for the next start.
func (t *tunnel) remember(m Mapping, port uint16) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.sticky[m] = port
}

func (t *tunnel) status() Status {
	st, r := t.shown()
	if r != nil {
		r.count(&st)
	}
	return st
}

// shown returns the status without what the run counts, and the run.
func (t *tunnel) shown() (Status, *run) {
	t.mu.Lock()
	defer t.mu.Unlock()
	st := Status{Spec: t.spec, State: t.state, Reason: t.reason, Err: t.err, Since: t.since, StopAt: t.stopAt.shown(), Instead: t.instead}
	if t.run == nil {
		st.Ended = t.ended
	}
	t.facts.fill(&st)
	return st, t.run
}

// running returns the run; nil while the tunnel is stopped.
func (t *tunnel) running() *run {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.run
}
