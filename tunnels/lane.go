package tunnels

import "slices"

// maxLanes is how many pods a tunnel of PolicyRoundRobin goes to at a time. Each
// costs the API server a session or more.
const maxLanes = 8

// lane is one way of a run to its target: to one pod after the other or, of a
// tunnel that goes to several pods at a time, to one of these. Its methods
// belong to the goroutine that supervises it, unless they say otherwise.
type lane struct {
	r    *run
	crew *crew
	uid  string // of the only pod it leads to; empty for whichever is best

	changed chan struct{} // 1 slot: the candidates or their error changed, or the user's preference
	kicked  chan struct{} // 1 slot: the user wants another attempt now
	woken   chan struct{} // 1 slot: the machine may have slept, or changed its network
	wanted  chan struct{} // 1 slot: a client has begun to wait

	pools  int  // that have served so far
	gently bool // the pod that is being left may be alive: its connections may end by themselves

	now     standing // guarded by tunnel.mu
	serving *pool    // for new connections; nil while there is none; guarded by run.mu
}

// newLane returns a lane that the run knows from now on. It and drop are for the
// goroutine of supervise alone.
func (r *run) newLane(uid string, c *crew) *lane {
	slot := func() chan struct{} { return make(chan struct{}, 1) }
	l := &lane{
		r: r, crew: c, uid: uid, changed: slot(), kicked: slot(), woken: slot(), wanted: slot(),
		now: standing{phase: Starting},
	}
	r.setLanes(append(r.allLanes(), l))
	return l
}

// drop takes a lane that has ended out of what the run shows.
func (l *lane) drop() {
	l.r.setLanes(slices.DeleteFunc(l.r.allLanes(), func(o *lane) bool { return o == l }))
	l.r.t.update(func(f *facts) { f.standing = joined(l.r.allLanes()) })
}

// update changes how the lane stands and, with it, the tunnel's state. It may be
// called from any goroutine.
func (l *lane) update(change func(*standing)) {
	l.r.t.update(func(f *facts) {
		change(&l.now)
		f.standing = joined(l.r.allLanes())
	})
}

// pick returns the endpoint for the lane's next session: the best one but for
// avoid, which is taken only where there is no other, or the lane's own.
func (l *lane) pick(c candidates, avoid string) (Endpoint, bool) {
	if l.uid == "" {
		return l.r.pick(c, avoid)
	}
	e, ok := findUID(c.Endpoints, l.uid)
	return e, ok && e.usable()
}

// allLanes returns a copy of the lanes, oldest first.
func (r *run) allLanes() []*lane {
	if p := r.lanes.Load(); p != nil {
		return slices.Clone(*p)
	}
	return nil
}

func (r *run) setLanes(ls []*lane) { r.lanes.Store(&ls) }

// tellLanes fills one slot of every lane. It may be called from any goroutine.
func (r *run) tellLanes(slot func(*lane) chan struct{}) {
	for _, l := range r.allLanes() {
		signal(slot(l))
	}
}

func changedOf(l *lane) chan struct{} { return l.changed }
func kickedOf(l *lane) chan struct{}  { return l.kicked }
func wokenOf(l *lane) chan struct{}   { return l.woken }
func wantedOf(l *lane) chan struct{}  { return l.wanted }
