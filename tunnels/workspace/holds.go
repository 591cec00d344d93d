package workspace

import (
	"context"
	"slices"
	"sync"

	"culvert/tunnels"
	"culvert/tunnels/crash"
)

// holds counts who has tunnels run for as long as they need them, see
// [Workspace.Hold].
type holds struct {
	mu  sync.Mutex
	all map[tunnels.ID]*hold
}

// hold is one tunnel's.
type hold struct {
	count    int           // who holds it
	starting int           // of the user's starts, those that are under way
	stops    bool          // it is to stop when nobody holds it any more
	stopping chan struct{} // closed when that has been done; nil while it is not due
}

func newHolds() *holds { return &holds{all: make(map[tunnels.ID]*hold)} }

// lockSettled waits until a tunnel is not being stopped because nobody holds it any
// more, and returns with the lock held but after an error.
func (h *holds) lockSettled(ctx context.Context, id tunnels.ID) error {
	for {
		h.mu.Lock()
		t := h.all[id]
		if t == nil || t.stopping == nil {
			return nil
		}
		stopping := t.stopping
		h.mu.Unlock()
		select {
		case <-stopping:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
}

// ofLocked returns a tunnel's, a new one where there is none.
func (h *holds) ofLocked(id tunnels.ID) *hold {
	if h.all[id] == nil {
		h.all[id] = new(hold)
	}
	return h.all[id]
}

// tidyLocked forgets a tunnel's when it is of no use any more.
func (h *holds) tidyLocked(id tunnels.ID) {
	if t := h.all[id]; t != nil && t.count == 0 && t.starting == 0 && t.stopping == nil {
		delete(h.all, id)
	}
}

// take counts one more who holds a tunnel; stopped says whether it runs without.
func (h *holds) take(ctx context.Context, id tunnels.ID, stopped func() bool) error {
	if err := h.lockSettled(ctx, id); err != nil {
		return err
	}
	defer h.mu.Unlock()
	t := h.ofLocked(id)
	t.count++
	if t.starting == 0 && stopped() {
		t.stops = true
	}
	return nil
}

// give takes one away who holds a tunnel, and says whether it is to be stopped: then
// stopped has to be called once it is.
func (h *holds) give(id tunnels.ID) (stop bool, stopped func()) {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.all[id]
	t.count--
	if t.count > 0 || !t.stops {
		h.tidyLocked(id)
		return false, nil
	}
	done := make(chan struct{})
	t.stopping, t.stops = done, false
	return true, func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		t.stopping = nil
		close(done)
		h.tidyLocked(id)
	}
}

// passing says whether a tunnel runs for those alone who hold it.
func (h *holds) passing(id tunnels.ID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.all[id]
	return t != nil && (t.stops || t.stopping != nil)
}

// isHeld says whether anybody holds a tunnel.
func (h *holds) isHeld(id tunnels.ID) bool {
	h.mu.Lock()
	defer h.mu.Unlock()
	t := h.all[id]
	return t != nil && t.count > 0
}

// asked takes down that the user starts a tunnel, which then goes on when nobody holds
// it any more. The returned function has to be called when it has been started.
func (h *holds) asked(ctx context.Context, id tunnels.ID) (started func(), err error) {
	if err := h.lockSettled(ctx, id); err != nil {
		return nil, err
	}
	defer h.mu.Unlock()
	t := h.ofLocked(id)
	t.starting++
	t.stops = false
	return func() {
		h.mu.Lock()
		defer h.mu.Unlock()
		t.starting--
		h.tidyLocked(id)
	}, nil
}

// Start is [tunnels.Manager.Start]. What is started by it runs until Stop, whoever
// else holds it.
func (w *Workspace) Start(ctx context.Context, id tunnels.ID) error {
	started, err := w.holds.asked(ctx, id)
	if err != nil {
		return err
	}
	defer started()
	err = w.Manager.Start(ctx, id)
	w.noteHeld(id)
	return err
}

// StartOn is [tunnels.Manager.StartOn]. What is started by it runs until Stop, whoever
// else holds it.
func (w *Workspace) StartOn(ctx context.Context, id tunnels.ID, local map[tunnels.Mapping]uint16) error {
	started, err := w.holds.asked(ctx, id)
	if err != nil {
		return err
	}
	defer started()
	err = w.Manager.StartOn(ctx, id, local)
	w.noteHeld(id)
	return err
}

// noteHeld notes of a tunnel that is held, and may have run before the user has started
// it, that it is to run.
func (w *Workspace) noteHeld(id tunnels.ID) {
	if w.holds.isHeld(id) {
		w.journal.note(w.Snapshot())
	}
}

// Hold starts those of the tunnels that do not run, and returns what is to be called
// when they are needed no longer: then those stop, and their ports are free when it
// returns, that nobody else holds and that have run for holding alone. A tunnel that
// ran before is left running, and so is one that the user starts by Start meanwhile. Stop
// stops a tunnel also while it is held, and what is removed is held no more; neither
// is an error at the end. An edit that would restart a tunnel restarts it.
//
// Of an error, as for a tunnel that does not exist, nothing is left held. A local port
// that cannot be bound is none, see [tunnels.Manager.Start].
//
// release stops tunnels also when its ctx ends earlier, and may be called several
// times: each call waits for the end.
func (w *Workspace) Hold(ctx context.Context, ids []tunnels.ID) (release func(ctx context.Context) error, err error) {
	if err := w.haveAll(ids); err != nil {
		return nil, err
	}
	held := make([]tunnels.ID, 0, len(ids))
	for _, id := range ids {
		err := w.holds.take(ctx, id, func() bool {
			st, _ := w.Snapshot().Find(id)
			return st.State == tunnels.Stopped
		})
		if err != nil {
			w.giveBack(held)
			return nil, err
		}
		held = append(held, id)
	}
	errs := make([]error, len(ids))
	var wg sync.WaitGroup
	for i, id := range ids {
		wg.Go(w.crashes.Contained("starting a tunnel", func() { errs[i] = w.Manager.Start(ctx, id) }, func(p *crash.Panic) { errs[i] = tunnels.PanicError(p) }))
	}
	wg.Wait()
	if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
		w.giveBack(held)
		return nil, errs[i]
	}
	var once sync.Once
	done := make(chan struct{})
	return func(ctx context.Context) error {
		once.Do(func() {
			go w.crashes.Guard("stopping tunnels", func() { // ends with the stops, in a second
				defer close(done)
				w.giveBack(held)
			})
		})
		select {
		case <-done:
			return nil
		case <-ctx.Done():
			return ctx.Err()
		}
	}, nil
}

// giveBack ends one hold of each tunnel, and waits for those that stop.
func (w *Workspace) giveBack(held []tunnels.ID) {
	var wg sync.WaitGroup
	for _, id := range held {
		if stop, stopped := w.holds.give(id); stop {
			wg.Go(w.crashes.Contained("stopping a tunnel", func() {
				defer stopped()
				_ = w.Stop(context.Background(), id) // it fails only for one that has been removed
			}, nil))
		}
	}
	wg.Wait()
}

// haveAll says whether the workspace is open and has all the tunnels.
func (w *Workspace) haveAll(ids []tunnels.ID) error {
	if w.ctx.Err() != nil {
		return errClosed
	}
	all := w.Snapshot()
	for _, id := range ids {
		if _, ok := all.Find(id); !ok {
			e := refusal("", "", "there is no tunnel %q", id)
			e.Cause = tunnels.CauseNotFound
			return e
		}
	}
	return nil
}
