package attach

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"
	"testing/synctest"

	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// process is an engine that can end, or one of this process.
type process struct {
	control.Engine // what is not there panics
	gone           chan struct{}
	orderly        bool
	closed         bool

	mu      sync.Mutex
	snap    tunnels.Snapshot
	list    []profiles.Profile
	changed chan struct{}
	calls   []string
}

func newProcess(snap tunnels.Snapshot, list ...profiles.Profile) *process {
	return &process{gone: make(chan struct{}), snap: snap, list: list, changed: make(chan struct{})}
}

// end ends the process, told to or not.
func (p *process) end(orderly bool) {
	p.orderly = orderly
	close(p.gone)
}

func (p *process) isGone() bool {
	select {
	case <-p.gone:
		return true
	default:
		return false
	}
}

func (p *process) change(f func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.snap = slices.Clone(p.snap)
	f()
	close(p.changed)
	p.changed = make(chan struct{})
}

func (p *process) Watch(ctx context.Context, fn func(tunnels.Snapshot)) {
	for {
		p.mu.Lock()
		snap, changed := p.snap, p.changed
		p.mu.Unlock()
		if !p.isGone() {
			fn(snap)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

func (p *process) WatchProfiles(ctx context.Context, fn func([]profiles.Profile)) {
	p.mu.Lock()
	list := p.list
	p.mu.Unlock()
	fn(list)
	<-ctx.Done()
}

func (*process) Settings() workspace.Settings { return workspace.Settings{Quiet: true} }

func (p *process) Start(_ context.Context, id tunnels.ID) error {
	if p.isGone() {
		return control.ErrGone
	}
	p.change(func() {
		p.calls = append(p.calls, "start "+string(id))
		for i := range p.snap {
			if p.snap[i].Spec.ID == id {
				p.snap[i] = tunnels.Status{Spec: p.snap[i].Spec, State: tunnels.Ready}
			}
		}
	})
	return nil
}

func (p *process) stop(id tunnels.ID) {
	p.change(func() {
		for i := range p.snap {
			if p.snap[i].Spec.ID == id {
				p.snap[i] = tunnels.Status{Spec: p.snap[i].Spec}
			}
		}
	})
}

func (p *process) Bring(_ context.Context, g workspace.Guests) (profiles.Profile, error) {
	p.change(func() {
		p.calls = append(p.calls, "bring "+g.Path)
		for _, s := range g.Tunnels {
			if s.ID != "" || s.Profile != "" {
				panic("guests have neither ID nor profile")
			}
			s.ID, s.Profile = tunnels.ID("guest/"+s.Name), "guest"
			p.snap = append(p.snap, tunnels.Status{Spec: s})
		}
	})
	return profiles.Profile{}, nil
}

// sides are what Open opens, one after the other.
type sides struct {
	mu     sync.Mutex
	opened int
	all    []any // *process or error
	own    map[*process]bool
}

func (s *sides) open(context.Context) (Side, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	next := s.all[s.opened]
	s.opened++
	if err, ok := next.(error); ok {
		return Side{}, err
	}
	p := next.(*process)
	side := Side{Engine: p, Close: func() { p.closed = true }}
	if !s.own[p] {
		side.Gone, side.Left = p.gone, func() bool { return p.orderly }
		side.PID, side.Kubeconfigs = 7, []string{"/other"}
	}
	return side, nil
}

// shown is what somebody who watches has been told last.
type shown struct {
	mu    sync.Mutex
	snap  tunnels.Snapshot
	place Place
	told  []Place
}

func (s *shown) watch(ctx context.Context, e *Engine) (wait func()) {
	var wg sync.WaitGroup
	wg.Go(func() {
		e.Watch(ctx, func(snap tunnels.Snapshot) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.snap = snap
		})
	})
	wg.Go(func() {
		e.WatchPlace(ctx, func(p Place) {
			s.mu.Lock()
			defer s.mu.Unlock()
			s.place = p
			s.told = append(s.told, p)
		})
	})
	return wg.Wait
}

// states are the tunnels as they are shown.
func (s *shown) states() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var out []string
	for _, st := range s.snap {
		text := string(st.Spec.ID) + " " + st.State.String()
		if st.Reason != "" {
			text += ": " + st.Reason
		}
		out = append(out, text)
	}
	return out
}

func tunnel(id, profile string, state tunnels.State) tunnels.Status {
	return tunnels.Status{Spec: tunnels.Spec{ID: tunnels.ID(id), Name: id, Profile: profile}, State: state}
}

func TestHandOver(t *testing.T) {
	busy := errors.New("somebody does not answer")
	guest := profiles.Profile{ID: "guest", Name: "shop", Path: "/src/shop/.culvert.yaml", Guest: true}
	tests := []struct {
		name    string
		orderly bool
		own     bool // what comes next is of this process
		fails   []any
		want    []string
		lost    int
		calls   []string
	}{
		{
			name: "killed, and on our own then", own: true,
			want: []string{"web stopped: background ended", "redis stopped", "guest/orders stopped: background ended"}, lost: 2,
			calls: []string{"bring /src/shop/.culvert.yaml"},
		},
		{
			name: "told to end, and on our own then", orderly: true, own: true,
			want:  []string{"web stopped: background ended", "redis stopped", "guest/orders stopped: background ended"},
			calls: []string{"bring /src/shop/.culvert.yaml"},
		},
		{
			name: "another one was faster", orderly: true,
			want: []string{"web stopped: background ended", "redis stopped"},
		},
		{
			name: "it works at the third attempt", own: true, fails: []any{busy, busy},
			want: []string{"web stopped: background ended", "redis stopped", "guest/orders stopped: background ended"}, lost: 2,
			calls: []string{"bring /src/shop/.culvert.yaml"},
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				first := newProcess(tunnels.Snapshot{
					tunnel("web", "default", tunnels.Ready), tunnel("redis", "default", tunnels.Stopped), tunnel("guest/orders", "guest", tunnels.Waiting),
				}, guest)
				first.snap[2].Spec.Name = "orders"
				next := newProcess(tunnels.Snapshot{tunnel("web", "default", tunnels.Stopped), tunnel("redis", "default", tunnels.Stopped)})
				s := &sides{all: append([]any{first}, append(tt.fails, next)...), own: map[*process]bool{next: tt.own}}
				warned := 0
				e, err := New(t.Context(), s.open, func(error) { warned++ }, nil)
				if err != nil {
					t.Fatal(err)
				}
				ctx, cancel := context.WithCancel(t.Context())
				var seen shown
				wait := seen.watch(ctx, e)
				synctest.Wait()
				if got := seen.states(); got[0] != "web ready" || !seen.place.Elsewhere || seen.place.PID != 7 || e.Here() {
					t.Errorf("at first it shows %q at %+v", got, seen.place)
				}
				first.end(tt.orderly)
				if len(tt.fails) > 0 {
					synctest.Wait()
					if got := seen.states(); !slices.Equal(got, []string{"web stopped: background ended", "redis stopped", "guest/orders stopped: background ended"}) {
						t.Errorf("between the sides it shows %q", got)
					}
				}
				if err := e.Start(t.Context(), "redis"); err != nil { // waits for the next side
					t.Error(err)
				}
				next.stop("redis")
				synctest.Wait()
				if got := seen.states(); !slices.Equal(got, tt.want) {
					t.Errorf("it shows %q, want %q", got, tt.want)
				}
				if p := seen.place; p.Elsewhere == tt.own || len(p.Lost) != tt.lost || !first.closed {
					t.Errorf("it is at %+v; the first side is closed: %t", p, first.closed)
				}
				if want := append(slices.Clone(tt.calls), "start redis"); !slices.Equal(next.calls, want) {
					t.Errorf("the next side was asked to %q, want %q", next.calls, want)
				}
				if warned != min(len(tt.fails), 1) {
					t.Errorf("it warned %d times", warned)
				}
				// Who starts a tunnel is not told of its past any more.
				if err := e.Start(t.Context(), "web"); err != nil {
					t.Error(err)
				}
				synctest.Wait()
				next.stop("web")
				synctest.Wait()
				if got := seen.states(); got[0] != "web stopped" {
					t.Errorf("after another run it shows %q", got)
				}
				cancel()
				wait()
				e.Close()
				if !next.closed {
					t.Error("the side is open")
				}
			})
		})
	}
}

// TestHandOverTwice: what was faster ends too.
func TestHandOverTwice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		snap := func(s tunnels.State) tunnels.Snapshot { return tunnels.Snapshot{tunnel("web", "default", s)} }
		one, two, three := newProcess(snap(tunnels.Ready)), newProcess(snap(tunnels.Ready)), newProcess(snap(tunnels.Stopped))
		s := &sides{all: []any{one, two, three}, own: map[*process]bool{three: true}}
		e, err := New(t.Context(), s.open, func(err error) { t.Error(err) }, nil)
		if err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithCancel(t.Context())
		var seen shown
		wait := seen.watch(ctx, e)
		synctest.Wait()
		one.end(true)
		synctest.Wait()
		if got := seen.states(); got[0] != "web ready" || !seen.place.Elsewhere {
			t.Errorf("with the second it shows %q at %+v", got, seen.place)
		}
		two.end(false)
		synctest.Wait()
		if got := seen.states(); got[0] != "web stopped: background ended" || seen.place.Elsewhere || !slices.Equal(seen.place.Lost, []tunnels.ID{"web"}) {
			t.Errorf("on its own it shows %q at %+v", got, seen.place)
		}
		cancel()
		wait()
		e.Close()
	})
}

func TestCloseWhileNothingOpens(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		first := newProcess(tunnels.Snapshot{tunnel("web", "default", tunnels.Ready)})
		s := &sides{all: []any{first, errors.New("no"), errors.New("no")}}
		e, err := New(t.Context(), s.open, func(error) {}, nil)
		if err != nil {
			t.Fatal(err)
		}
		first.end(false)
		synctest.Wait()
		started := make(chan error)
		go func() { started <- e.Start(context.Background(), "web") }()
		synctest.Wait()
		e.Close()
		if err := <-started; tunnels.AsError(err).Hint == "" {
			t.Errorf("a call that waits ends with %v", err)
		}
	})
}

func TestNothingOpens(t *testing.T) {
	no := errors.New("another Culvert does not answer")
	if e, err := New(t.Context(), (&sides{all: []any{no}}).open, nil, nil); e != nil || !errors.Is(err, no) {
		t.Errorf("it is %v, %v", e, err)
	}
}
