package tunnels

import (
	"context"
	"fmt"
	"net"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// run is a tunnel from Start to Stop: its listeners, its connections and the
// way to its pod.
type run struct {
	t      *tunnel
	spec   Spec
	sticky map[Mapping]uint16
	cancel context.CancelFunc
	wg     sync.WaitGroup
	done   chan struct{} // closed when all goroutines have ended
	tried  chan struct{} // closed when binding has been tried once
	once   sync.Once     // to close it

	rebind  chan struct{} // 1 slot: bind again, even what is hopeless
	dropped chan dropped  // listeners that ended by themselves
	moving  chan move     // the user wants other ports
	named   chan struct{} // 1 slot: more is known of the numbers of named ports
	rewatch chan struct{} // 1 slot: the user wants the target looked up afresh
	busy    chan struct{} // 1 slot: there is a connection

	lanes atomic.Pointer[[]*lane] // see allLanes

	opened, failed atomic.Uint64
	in, out        atomic.Uint64

	mu         sync.Mutex
	candidates candidates
	serving    []*pool       // for new connections, by lane; immutable
	servingSet chan struct{} // closed and replaced when serving changes
	turn       int           // counts the connections that had a choice of pools
	preferred  string        // the UID of the pod that the user has swapped to; may be empty
	gates      map[gateKey]*gate
	rateIn     rate
	rateOut    rate
	past       []Conn // that have ended, oldest first; at most maxRecent
	held       int
	queued     int           // accepted connections that are not on their way yet
	unqueued   chan struct{} // closed and replaced when these are fewer than maxHeld again
	conns      map[uint64]*client
}

// candidates is the last word of Backend.Watch.
type candidates struct {
	Resolution
	word uint64 // counts what Watch has said; 0 before it has spoken
	err  *Error
}

// better says whether a later word gives hope after a permanent error: it came
// without trouble of its own, or with another trouble than the one before. The
// same trouble told again is no reason to bother a sign-in again.
func (c candidates) better(before candidates) bool {
	if c.word == before.word {
		return false
	}
	return c.err == nil || before.err == nil || c.err.Cause != before.err.Cause
}

// unseen is a sentence about a cluster that will hardly tell of changes any more by
// itself; empty while it may.
func (c candidates) unseen() string {
	if c.err == nil || !c.err.Permanent && c.err.Cause != CauseProtocol {
		return ""
	}
	return fmt.Sprintf("The connections go on, but changes of the target are not seen: %v. %s", c.err, c.err.Hint)
}

type dropped struct {
	binder   *binder
	listener net.Listener
}

func newRun(t *tunnel, spec Spec, sticky map[Mapping]uint16) *run {
	slot := func() chan struct{} { return make(chan struct{}, 1) }
	return &run{
		t: t, spec: spec, sticky: sticky,
		done: make(chan struct{}), tried: make(chan struct{}),
		rebind: slot(), named: slot(), rewatch: slot(), busy: slot(),
		dropped:    make(chan dropped),
		moving:     make(chan move),
		servingSet: make(chan struct{}),
		unqueued:   make(chan struct{}),
		gates:      make(map[gateKey]*gate),
		conns:      make(map[uint64]*client),
	}
}

// begin starts the run's goroutines, which end when cancel is called.
func (r *run) begin() {
	ctx, cancel := context.WithCancel(context.Background())
	r.cancel = cancel
	r.spawn("listening", func() { r.keepListening(ctx) }, nil)
	r.spawn("measuring", func() { r.keepMeasuring(ctx) }, nil)
	r.spawn("the way to the pods", func() { r.reach(ctx) }, nil)
	go r.t.m.crashes.Guard("the end of a tunnel", func() {
		defer close(r.done)
		r.wg.Wait()
	})
}

// bindingTried lets those on who wait for the first attempt to bind.
func (r *run) bindingTried() { r.once.Do(func() { close(r.tried) }) }

func (r *run) kick() {
	signal(r.rebind)
	signal(r.rewatch)
	r.tellLanes(kickedOf)
}

// signal fills a channel of one slot.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

// listen binds the mappings' addresses, tries again what could not be bound,
// and closes them all at the end.
func (r *run) listen(ctx context.Context) {
	m := r.t.m
	fs := families(r.spec.Listen)
	mappings, instead, sticky := r.t.listensOn()
	r.sticky = sticky
	var binders []*binder
	for _, mp := range mappings {
		b := newBinder(mp, fs, m, r.spec.ID)
		if port, ok := instead[mp]; ok {
			b.standIn(port)
		}
		binders = append(binders, b)
	}
	defer func() {
		for _, b := range binders {
			b.drop()
		}
	}()
	for _, b := range binders {
		r.bind(ctx, b, binders)
	}
	r.bindingTried()

	tick := time.NewTicker(rebindEvery)
	defer tick.Stop()
	for {
		force := false
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		case <-r.rebind:
			force = true
		case <-r.named:
		case d := <-r.dropped:
			d.binder.lost(d.listener)
		case mv := <-r.moving:
			r.relocate(ctx, mv, binders)
		}
		for _, b := range binders {
			if force {
				b.recall()
			}
			if b.retriable() || b.unnamed() || force && b.incomplete() {
				r.bind(ctx, b, binders)
			}
		}
	}
}

// bind tries one binder, serves its new listeners and tells how all stand.
func (r *run) bind(ctx context.Context, b *binder, all []*binder) {
	before := b.unbound()
	fresh := b.bind(ctx, r.localFor(b.mapping))
	r.tellBound(all)
	for _, u := range b.unbound() {
		if slices.ContainsFunc(before, func(o Unbound) bool { return o.Addr == u.Addr && o.Err.Error() == u.Err.Error() }) {
			continue // told already
		}
		r.t.emit(Event{Kind: EventUnbound, Mapping: u.Mapping, Addr: u.Addr, Err: u.Err})
	}
	for _, l := range fresh {
		addr := addrOf(l)
		if b.mapping.Local.Fixed() == 0 && !b.instead {
			r.t.remember(b.mapping, addr.Port())
		}
		r.t.emit(Event{Kind: EventBound, Mapping: b.mapping, Addr: addr})
		r.spawn("accepting connections", func() {
			defer func() {
				select {
				case r.dropped <- dropped{b, l}:
				case <-ctx.Done():
				}
			}()
			r.acceptFrom(ctx, b, l)
		}, nil)
	}
}

// acceptFrom accepts until the listener is closed. A panic costs the one connection; one of
// the listener closes it, and it is bound anew a little later.
func (r *run) acceptFrom(ctx context.Context, b *binder, l net.Listener) {
	p := r.contain("accepting connections", func() {
		acceptLoop(ctx, l, func(c net.Conn) {
			if p := r.contain("accepting a connection", func() { r.accept(ctx, c, *b.serves.Load()) }); p != nil {
				reset(c)
			}
		})
	})
	if p == nil {
		return
	}
	_ = l.Close() // it is given up
	select {
	case <-time.After(acceptMax):
	case <-ctx.Done():
	}
}

// tellBound tells on what the tunnel listens.
func (r *run) tellBound(all []*binder) {
	var f facts
	for _, b := range all {
		f.bound = append(f.bound, b.bound()...)
		f.unbound = append(f.unbound, b.unbound()...)
		f.warnings = append(f.warnings, b.warnings()...)
	}
	slices.Sort(f.warnings)
	f.warnings = slices.Compact(f.warnings)
	r.t.update(func(now *facts) {
		now.bound, now.unbound, now.warnings, now.broken = f.bound, f.unbound, f.warnings, nil
	})
}

// watch keeps the candidates up to date.
func (r *run) watch(ctx context.Context, c *crew) {
	ports := remotesOf(r.spec.Mappings)
	var b backoff
	for ctx.Err() == nil {
		watchCtx, stop := context.WithCancel(ctx)
		ended := make(chan struct{})
		var err error // once ended is closed
		c.spawn("the watch of a target", func() {
			defer close(ended)
			if p := r.contain("the watch of a target", func() {
				err = r.t.m.backend.Watch(watchCtx, r.spec.Target, ports, func(found Resolution, err error) {
					r.setCandidates(found, AsError(err))
				})
			}); p != nil {
				err = PanicError(p)
			}
		})
		afresh := false
		select {
		case <-ended:
		case <-r.rewatch:
			afresh = true
		case <-ctx.Done():
		}
		stop()
		<-ended
		if ctx.Err() != nil {
			return
		}
		if afresh {
			b.reset()
			continue
		}
		e := AsError(err)
		if e == nil {
			e = &Error{Op: "look up " + r.spec.Target.String(), Err: fmt.Errorf("the cluster stopped telling about it"), Cause: CauseUnreachable}
		}
		r.setCandidates(Resolution{}, e)
		var again <-chan time.Time
		if !e.Permanent {
			again = time.After(max(b.next(e, false), backoffFirst))
		}
		select {
		case <-again:
		case <-r.rewatch:
			b.reset()
		case <-ctx.Done():
		}
	}
}

func (r *run) setCandidates(found Resolution, err *Error) {
	r.noteCandidates(found, err)
	if len(found.Locals) > 0 {
		signal(r.named)
	}
	if found.Partial {
		return
	}
	r.tellLanes(changedOf)
	r.t.m.feed.notify()
}

func (r *run) noteCandidates(found Resolution, err *Error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if found.Partial {
		r.candidates.Locals = found.Locals
		return
	}
	r.candidates = candidates{found, r.candidates.word + 1, err}
	if e, ok := findUID(found.Endpoints, r.preferred); err == nil && (!ok || !e.usable()) {
		r.preferred = "" // the user's choice is over with the pod's readiness
	}
}

// localFor returns the port that a mapping of AnyPort or SamePort had last time
// or is to have, 0 when that is not known.
func (r *run) localFor(m Mapping) uint16 {
	if port := r.sticky[m]; port != 0 || m.Local != SamePort {
		return port
	}
	return r.lastCandidates().Locals[m.Remote]
}

func (r *run) lastCandidates() candidates {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.candidates
}
