package attach

import (
	"context"
	"slices"
	"sync"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/crash"
	"culvert/tunnels/profiles"
)

// endedReason is why a tunnel is stopped whose process has ended. It is short: the
// table has little room.
const endedReason = "background ended"

// openAgain is how long one waits after a side could not be opened.
const openAgain = time.Second

// Side is an engine to pass to, and what there is to know of it.
type Side struct {
	control.Engine
	// Gone is closed when the engine has ended by itself; nil for one of this process.
	Gone <-chan struct{}
	// Left says, once Gone is closed, whether the engine was told to end. It is set where
	// Gone is.
	Left func() bool
	// Close ends an engine of this process, and lets go of another one.
	Close func()
	// PID and Kubeconfigs are those of the process in which another engine is.
	PID         int
	Kubeconfigs []string
}

// own says whether the engine is in this process.
func (s Side) own() bool { return s.Gone == nil }

// Open opens the side that there is now. It blocks for a few seconds at most.
type Open func(ctx context.Context) (Side, error)

// Place says where the tunnels run.
type Place struct {
	// Elsewhere says that they run in another process, and go on when this one ends.
	Elsewhere bool
	// PID and Kubeconfigs are that process's.
	PID         int
	Kubeconfigs []string
	// Lost are the tunnels that ran in a process which has ended without a word. They are
	// stopped.
	Lost []tunnels.ID
}

// Engine passes to the side that there is. All methods may be called from any
// goroutine.
type Engine struct {
	open    Open
	warn    func(error)
	crashes *crash.Reporter
	ctx     context.Context // ends with Close
	cancel  context.CancelFunc
	wg      sync.WaitGroup
	closed  sync.Once

	mu    sync.Mutex
	side  Side
	next  chan struct{} // closed when another side has taken its place
	place Place
	ended map[tunnels.ID]bool // they stopped with their process, and nobody has started them
	seen  tunnels.Snapshot    // as another process told last
	kept  []profiles.Profile  // likewise
}

var _ control.Engine = (*Engine)(nil)

// New returns an engine that passes to what open opens. It opens a side before it
// returns; when it cannot, there is no engine. warn is told of what goes wrong later, from
// any goroutine; crashes contains panics. Close it at the end.
func New(ctx context.Context, open Open, warn func(error), crashes *crash.Reporter) (*Engine, error) {
	side, err := open(ctx)
	if err != nil {
		return nil, err
	}
	inner, cancel := context.WithCancel(context.Background())
	e := &Engine{open: open, warn: warn, crashes: crashes, ctx: inner, cancel: cancel, side: side, place: placeOf(side), next: make(chan struct{})}
	e.wg.Go(crashes.Contained("following tunnels elsewhere", e.keepRunning, nil))
	return e, nil
}

// Close closes the side. Watches are told nothing any more.
func (e *Engine) Close() {
	e.closed.Do(func() {
		e.cancel()
		e.wg.Wait()
		side, _ := e.now()
		side.Close()
	})
}

// Here returns whether the tunnels run in this process now.
func (e *Engine) Here() bool {
	side, _ := e.now()
	return side.own()
}

// now returns the side that there is, and what is closed when there is another one.
func (e *Engine) now() (Side, <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.side, e.next
}

func placeOf(s Side) Place {
	return Place{Elsewhere: !s.own(), PID: s.PID, Kubeconfigs: s.Kubeconfigs}
}

// set has another side take the place of the present one.
func (e *Engine) set(s Side, p Place) {
	e.mu.Lock()
	defer e.mu.Unlock()
	close(e.next)
	e.side, e.place, e.next = s, p, make(chan struct{})
}

// keepRunning runs until that is over; after a panic it begins anew.
func (e *Engine) keepRunning() {
	for e.crashes.Contain("following tunnels elsewhere", e.run) != nil {
		select {
		case <-time.After(openAgain):
		case <-e.ctx.Done():
			return
		}
	}
}

// run follows the sides, until one is of this process or Close is called.
func (e *Engine) run() {
	for {
		side, _ := e.now()
		if side.own() {
			return
		}
		e.learn(side)
		if e.ctx.Err() != nil {
			return
		}
		e.handOver(side)
	}
}

// learn keeps in mind what a side tells, until it is gone.
func (e *Engine) learn(side Side) {
	ctx, cancel := context.WithCancel(e.ctx)
	defer cancel()
	var wg sync.WaitGroup
	wg.Go(e.crashes.Contained("following tunnels elsewhere", func() {
		side.Watch(ctx, func(s tunnels.Snapshot) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.seen = s
		})
	}, nil))
	wg.Go(e.crashes.Contained("following tunnels elsewhere", func() {
		side.WatchProfiles(ctx, func(ps []profiles.Profile) {
			e.mu.Lock()
			defer e.mu.Unlock()
			e.kept = ps
		})
	}, nil))
	select {
	case <-side.Gone:
	case <-ctx.Done():
	}
	cancel()
	wg.Wait()
}

// handOver opens a side in the place of one that is gone, or gives up when Close is
// called. Meanwhile all is shown as it was, but stopped.
func (e *Engine) handOver(old Side) {
	seen, kept, ran := e.remains()
	between := &between{tunnels: stoppedAll(seen), profiles: kept, settings: old.Settings()}
	e.set(Side{Engine: between, Close: func() {}}, Place{})
	orderly := old.Left()
	old.Close()
	side, ok := e.reopen()
	if !ok {
		return
	}
	if side.own() {
		e.bringGuests(side, seen, kept)
	}
	place := placeOf(side)
	if !orderly {
		place.Lost = ran
	}
	e.set(side, place)
}

// remains returns what the side told that is gone, and notes which tunnels ran in it.
func (e *Engine) remains() (seen tunnels.Snapshot, kept []profiles.Profile, ran []tunnels.ID) {
	e.mu.Lock()
	defer e.mu.Unlock()
	for _, st := range e.seen {
		if st.State != tunnels.Stopped {
			ran = append(ran, st.Spec.ID)
		}
	}
	if e.ended == nil {
		e.ended = make(map[tunnels.ID]bool)
	}
	for _, id := range ran {
		e.ended[id] = true
	}
	return e.seen, e.kept, ran
}

// reopen opens a side, as often as it takes; false when Close is called. What goes wrong
// is told once.
func (e *Engine) reopen() (Side, bool) {
	told := ""
	for {
		side, err := e.open(e.ctx)
		if e.ctx.Err() != nil {
			if err == nil {
				side.Close()
			}
			return Side{}, false
		}
		if err == nil {
			return side, true
		}
		if told != err.Error() {
			told = err.Error()
			e.warn(err)
		}
		select {
		case <-time.After(openAgain):
		case <-e.ctx.Done():
			return Side{}, false
		}
	}
}

// stoppedAll are tunnels as they are without their process.
func stoppedAll(s tunnels.Snapshot) tunnels.Snapshot {
	out := make(tunnels.Snapshot, len(s))
	for i, st := range s {
		out[i] = st
		if st.State != tunnels.Stopped {
			out[i] = tunnels.Status{Spec: st.Spec, Reason: endedReason}
		}
	}
	return out
}

// explain says of tunnels that are stopped why they are, where their process has
// ended.
func (e *Engine) explain(s tunnels.Snapshot) tunnels.Snapshot {
	e.mu.Lock()
	defer e.mu.Unlock()
	if len(e.ended) == 0 {
		return s
	}
	out := slices.Clone(s)
	for i := range out {
		st := &out[i]
		switch {
		case !e.ended[st.Spec.ID]:
		case st.State != tunnels.Stopped:
			delete(e.ended, st.Spec.ID)
		case st.Reason == "" && st.Err == nil:
			st.Reason = endedReason
		}
	}
	return out
}
