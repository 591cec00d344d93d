package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/control"
)

// upHere runs tunnels in this process until ctx is done.
func upHere(ctx context.Context, d Deps, f upFlags, args []string) error {
	inner, fail := context.WithCancelCause(ctx)
	defer fail(nil)
	d.begin("up")
	to := d
	if screenOf(d) == nil {
		to.Out = &outlet{w: d.Out, fail: fail}
	}
	tell, err := newTeller(to, f)
	if err != nil {
		return err
	}
	r, err := d.own(f.kubeconfig, true, tell.warn, tell.event)
	if err != nil {
		return err
	}
	defer r.Close()
	ids, err := gather(inner, d, r, f, args)
	if err == nil {
		err = tell.begin(inner, r, ids)
	}
	if err == nil {
		err = start(inner, r, ids)
	}
	if err != nil {
		if ctx.Err() != nil {
			return nil
		}
		return err
	}
	var wg sync.WaitGroup
	defer wg.Wait()
	h := &here{r: r, ids: ids, flags: f, fail: fail, look: lookOf(d), notes: tell.lastNotes, known: tell.known}
	if !f.json && !f.quiet {
		h.screen = screenOf(d)
	}
	wg.Go(func() { h.wait(inner, d) }) // until inner is done, at the latest
	r.watchAndTick(inner, h.screen != nil, h.show)
	return h.end(d, ended(inner, ctx))
}

// here is what up shows of tunnels in this process.
type here struct {
	r      *Running
	ids    []tunnels.ID
	flags  upFlags
	fail   context.CancelCauseFunc // ends it all
	look   look
	screen *screen // nil where lines are told
	notes  func() []string
	known  func(tunnels.Status) bool // its trouble has been told
	served bool                      // one of them was ready once

	reached atomic.Bool // what --wait waits for
}

// wait does what --wait asks for.
func (h *here) wait(ctx context.Context, d Deps) {
	if h.flags.wait == 0 {
		h.reached.Store(true)
		return
	}
	var slow func(string) // a table shows it, and lines tell why
	if h.flags.json && !h.flags.quiet {
		slow = d.toStderr
	}
	err := await(ctx, h.r, h.ids, toBeReady, h.flags.wait, slow)
	if err == nil {
		h.reached.Store(true)
		if h.flags.json {
			err = report(ctx, d, h.r, h.flags, h.ids, true)
		}
	}
	if v, ok := errors.AsType[*vain](err); ok {
		v.known = h.known
	}
	if err != nil {
		h.fail(err)
	}
}

// show shows tunnels as they are, and ends it all when nothing of them can go on.
func (h *here) show(snapshot tunnels.Snapshot) {
	statuses := chosen(snapshot, h.ids)
	if h.screen != nil {
		h.look.width = h.screen.width()
		lines := liveLines(h.look, statuses, time.Now())
		for _, note := range h.notes() {
			lines = append(lines, h.look.below(note)...)
		}
		lines = append(lines, "", "Ctrl+C stops them.")
		_ = h.screen.draw(lines) // a terminal that is gone ends us by its signal
	}
	for _, st := range statuses {
		h.served = h.served || st.State.Serving()
	}
	if h.reached.Load() {
		if err := noMore(statuses, h.served, h.known); err != nil {
			h.fail(err)
		}
	}
}

// end tells why it has ended.
func (h *here) end(d Deps, err error) error {
	if errors.Is(err, errAllStopped) {
		if !h.flags.quiet {
			fmt.Fprintln(d.Err, "All tunnels have been stopped.")
		}
		return nil
	}
	return err
}

// errAllStopped ends a verb whose tunnels have stopped by themselves.
var errAllStopped = errors.New("all tunnels have been stopped")

// noMore returns why tunnels need not be kept any longer: all are stopped, or none
// has ever served and all need the user.
func noMore(statuses []tunnels.Status, served bool, known func(tunnels.Status) bool) error {
	stopped, stuck := 0, 0
	for _, st := range statuses {
		switch st.State {
		case tunnels.Stopped:
			stopped++
		case tunnels.NeedsUser:
			stuck++
		case tunnels.Ready, tunnels.Starting, tunnels.Waiting, tunnels.Degraded, tunnels.Reconnecting:
		}
	}
	switch {
	case stopped == len(statuses):
		return errAllStopped
	case served || stopped+stuck < len(statuses):
		return nil
	}
	v := &vain{snapshot: statuses, ids: idsOfAll(statuses), goal: toBeReady, lost: true, known: known}
	return errors.New("no tunnel can run: " + strings.Join(v.lines(), "; "))
}

func idsOfAll(statuses []tunnels.Status) []tunnels.ID {
	var out []tunnels.ID
	for _, st := range statuses {
		out = append(out, st.Spec.ID)
	}
	return out
}

// watchAndTick is Watch that, where tick is set, also calls fn each second with what
// was last, since times are shown. It is never called concurrently.
func (r *Running) watchAndTick(ctx context.Context, tick bool, fn func(tunnels.Snapshot)) {
	if !tick {
		r.Watch(ctx, fn)
		return
	}
	snapshots := make(chan tunnels.Snapshot)
	var wg sync.WaitGroup
	defer wg.Wait()
	wg.Go(func() { // until ctx is done, or nobody is there
		defer close(snapshots)
		r.Watch(ctx, func(s tunnels.Snapshot) {
			select {
			case snapshots <- s:
			case <-ctx.Done():
			}
		})
	})
	every := time.NewTicker(time.Second)
	defer every.Stop()
	var last tunnels.Snapshot
	for known := false; ; {
		select {
		case s, ok := <-snapshots:
			if !ok {
				return
			}
			last, known = s, true
		case <-every.C:
		case <-ctx.Done():
			return
		}
		if known {
			fn(last)
		}
	}
}

// mostNotes is how many warnings a table shows.
const mostNotes = 3

// teller tells of the events of tunnels in this process as they come: in lines, in
// JSON, or not at all. Its methods may be called from any goroutine.
type teller struct {
	quiet bool
	table bool // warnings are shown below it
	warns func(error)

	mu    sync.Mutex
	lines *printer // nil where nothing is told
	specs map[tunnels.ID]tunnels.Spec
	notes []string
}

// newTeller returns what tells of up's tunnels: nothing where a table does, or a list
// of all ports once they are ready.
func newTeller(d Deps, f upFlags) (*teller, error) {
	p, err := newPrinter(d, f.output)
	if err != nil {
		return nil, err
	}
	p.named = true
	t := &teller{lines: p, quiet: f.quiet, warns: d.warn, table: !f.json && !f.quiet && screenOf(d) != nil}
	if f.json && f.wait > 0 || f.quiet && !f.json || t.table {
		t.lines = nil
	}
	return t, nil
}

func (t *teller) warn(err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.quiet:
	case t.table && t.specs != nil:
		t.notes = append(t.notes, plain(err.Error()))
		t.notes = t.notes[max(0, len(t.notes)-mostNotes):]
	default:
		t.warns(err)
	}
}

// lastNotes returns the warnings for the table.
func (t *teller) lastNotes() []string {
	t.mu.Lock()
	defer t.mu.Unlock()
	return slices.Clone(t.notes)
}

// begin says of which tunnels to tell from now on.
func (t *teller) begin(ctx context.Context, engine control.Engine, ids []tunnels.ID) error {
	s, _, err := engine.List(ctx)
	if err != nil {
		return err
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	t.specs = make(map[tunnels.ID]tunnels.Spec)
	for _, st := range chosen(s, ids) {
		t.specs[st.Spec.ID] = st.Spec
	}
	return nil
}

// known says that what is wrong with a tunnel has been told.
func (t *teller) known(st tunnels.Status) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.lines != nil && !t.lines.json && st.Err != nil && t.lines.hasTold(st.Spec.ID, st.Err)
}

func (t *teller) event(e tunnels.Event) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if spec, ok := t.specs[e.Tunnel]; ok && t.lines != nil {
		t.lines.event(spec, e)
	}
}
