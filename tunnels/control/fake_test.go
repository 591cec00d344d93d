package control

import (
	"context"
	"errors"
	"sync"
	"testing"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// fake is an engine that remembers what it was asked, and tells what it is given.
type fake struct {
	tunnels  *latest[tunnels.Snapshot]
	profiles *latest[[]profiles.Profile]
	follows  chan struct{} // a slot for each Follow that has begun
	freed    chan struct{} // a slot for each hold that was released

	mu       sync.Mutex
	settings workspace.Settings
	calls    []call
	err      error // that calls return
	fns      map[int]func(tunnels.Event)
	released int
	hang     chan struct{} // nil, or what Start waits for
}

// call is one call, with its arguments in a line.
type call struct {
	name string
	args []any
}

func newFake() *fake {
	f := &fake{
		tunnels: newLatest[tunnels.Snapshot](), profiles: newLatest[[]profiles.Profile](),
		follows: make(chan struct{}, 2*maxStreams), freed: make(chan struct{}, 2*maxStreams), fns: make(map[int]func(tunnels.Event)),
	}
	f.tunnels.set(nil)
	f.profiles.set(nil)
	return f
}

func (f *fake) note(name string, args ...any) error {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.calls = append(f.calls, call{name, args})
	return f.err
}

// last returns the latest call.
func (f *fake) last() call {
	f.mu.Lock()
	defer f.mu.Unlock()
	if len(f.calls) == 0 {
		return call{}
	}
	return f.calls[len(f.calls)-1]
}

func (f *fake) fail(err error) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.err = err
}

// happen tells the followers of an event.
func (f *fake) happen(e tunnels.Event) {
	f.mu.Lock()
	fns := make([]func(tunnels.Event), 0, len(f.fns))
	for _, fn := range f.fns {
		fns = append(fns, fn)
	}
	f.mu.Unlock()
	for _, fn := range fns {
		fn(e)
	}
}

// What the fake returns of everything.
var (
	someEvent = tunnels.Event{Time: time.Unix(1_700_000_000, 5), Tunnel: "t1", Kind: tunnels.EventLost, State: tunnels.Waiting, Err: errSome}
	someConn  = tunnels.Conn{ID: 9, State: tunnels.ConnOpen, Pod: "web-0", Err: errSome}
	someTest  = tunnels.PortTest{Pod: "web-0", Took: time.Second, Err: errSome}
	errSome   = &tunnels.Error{Op: "dial web", Err: errors.New("no route"), Hint: "Wait.", Raw: "x", Cause: tunnels.CauseUnreachable, Permanent: true, RetryAfter: 3}
	someProf  = profiles.Profile{ID: "dev x/ü", Name: "Dev", Tags: []string{"a"}, Tunnels: []tunnels.Spec{someSpec("t1")}}
	someFile  = profiles.DeletedFile{Base: "dev.yaml", Data: []byte("x"), Mode: 0o600}
)

func someSpec(id tunnels.ID) tunnels.Spec {
	return tunnels.Spec{
		ID: id, Name: "Web", Target: tunnels.Target{Context: "dev", Kind: tunnels.KindService, Name: "web"},
		Mappings: []tunnels.Mapping{{Local: 6000, Remote: tunnels.Port{Number: 80}}, {Local: tunnels.SamePort, Remote: tunnels.Port{Name: "http"}}},
	}
}

func someStatus(id tunnels.ID) tunnels.Status {
	return tunnels.Status{Spec: someSpec(id), State: tunnels.Degraded, Err: errSome, Since: time.Unix(1_700_000_000, 0)}
}

func (f *fake) Put(spec tunnels.Spec) error                       { return f.note("Put", spec) }
func (f *fake) Add(_ context.Context, specs []tunnels.Spec) error { return f.note("Add", specs) }
func (f *fake) Remove(_ context.Context, id tunnels.ID) error     { return f.note("Remove", id) }
func (f *fake) Move(id, before tunnels.ID) error                  { return f.note("Move", id, before) }
func (f *fake) Stop(_ context.Context, id tunnels.ID) error       { return f.note("Stop", id) }
func (f *fake) Kick(id tunnels.ID)                                { _ = f.note("Kick", id) }
func (f *fake) Swap(id tunnels.ID, pod string) error              { return f.note("Swap", id, pod) }

func (f *fake) Extend(id tunnels.ID, d time.Duration) error          { return f.note("Extend", id, d) }
func (f *fake) Watch(ctx context.Context, fn func(tunnels.Snapshot)) { f.tunnels.watch(ctx, fn) }
func (f *fake) Dismiss(_ context.Context, id string) error           { return f.note("Dismiss", id) }

func (f *fake) Start(ctx context.Context, id tunnels.ID) error {
	if f.hang != nil {
		select {
		case <-f.hang:
		case <-ctx.Done():
			return ctx.Err()
		}
	}
	return f.note("Start", id)
}

func (f *fake) StartOn(_ context.Context, id tunnels.ID, local map[tunnels.Mapping]uint16) error {
	return f.note("StartOn", id, local)
}

func (f *fake) NextFree(_ context.Context, listen []string, from uint16) (uint16, error) {
	return from + 1, f.note("NextFree", listen, from)
}

func (f *fake) Test(ctx context.Context, spec tunnels.Spec) ([]tunnels.PortTest, error) {
	_, bounded := ctx.Deadline()
	return []tunnels.PortTest{someTest}, f.note("Test", spec, bounded)
}

func (f *fake) Timeline(id tunnels.ID) []tunnels.Event {
	_ = f.note("Timeline", id)
	return []tunnels.Event{someEvent}
}

func (f *fake) Connections(id tunnels.ID) []tunnels.Conn {
	_ = f.note("Connections", id)
	return []tunnels.Conn{someConn}
}

func (f *fake) Recent(id tunnels.ID) []tunnels.Conn {
	_ = f.note("Recent", id)
	return []tunnels.Conn{someConn, someConn}
}

func (f *fake) WatchProfiles(ctx context.Context, fn func([]profiles.Profile)) {
	f.profiles.watch(ctx, fn)
}

func (f *fake) CreateProfile(_ context.Context, name string) (profiles.Profile, error) {
	return someProf, f.note("CreateProfile", name)
}

func (f *fake) ChangeProfile(_ context.Context, id string, c profiles.Change) error {
	return f.note("ChangeProfile", id, c)
}

func (f *fake) DuplicateProfile(_ context.Context, id, name string) (profiles.Profile, error) {
	return someProf, f.note("DuplicateProfile", id, name)
}

func (f *fake) DeleteProfile(_ context.Context, id string) (profiles.Deleted, error) {
	if err := f.note("DeleteProfile", id); err != nil {
		return profiles.Deleted{}, err
	}
	return profiles.DeletedOf(someProf, someFile)
}

func (f *fake) RestoreProfile(_ context.Context, d profiles.Deleted) error {
	return f.note("RestoreProfile", d)
}

func (f *fake) Settings() workspace.Settings {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.settings
}

func (f *fake) SetSettings(_ context.Context, s workspace.Settings) error {
	f.mu.Lock()
	f.settings = s
	f.mu.Unlock()
	return f.note("SetSettings", s)
}

func (f *fake) List(context.Context) (tunnels.Snapshot, []profiles.Profile, error) {
	s, _, _ := f.tunnels.get()
	ps, _, _ := f.profiles.get()
	return s, ps, f.note("List")
}

func (f *fake) Follow(ctx context.Context, fn func(tunnels.Event)) error {
	f.mu.Lock()
	n := len(f.follows) + len(f.fns) + 1
	for f.fns[n] != nil {
		n++
	}
	f.fns[n] = fn
	f.mu.Unlock()
	f.follows <- struct{}{}
	<-ctx.Done()
	f.mu.Lock()
	defer f.mu.Unlock()
	delete(f.fns, n)
	return nil
}

func (f *fake) Bring(_ context.Context, g workspace.Guests) (profiles.Profile, error) {
	return someProf, f.note("Bring", g)
}

func (f *fake) Hold(_ context.Context, ids []tunnels.ID) (func(context.Context) error, error) {
	if err := f.note("Hold", ids); err != nil {
		return nil, err
	}
	return func(context.Context) error {
		f.mu.Lock()
		f.released++
		f.mu.Unlock()
		err := f.note("release")
		f.freed <- struct{}{}
		return err
	}, nil
}

// engineAt claims the role of the tunnels, and serves the engine until the test ends.
func engineAt(t *testing.T, dir string, e Engine, change func(*Server)) *Server {
	t.Helper()
	s, c, err := Claim(t.Context(), Options{
		Role: RoleTunnels, Dir: dir, Version: "1.2", patience: long, Warn: func(err error) { t.Log(err) },
		About: func() About { return About{Kind: KindWindow, Kubeconfigs: []string{"/home/kim/.kube/config"}} },
	})
	if err != nil || c != nil {
		t.Fatalf("it is not first: %v, %v", c, err)
	}
	if change != nil {
		change(s)
	}
	done := make(chan struct{})
	go func() {
		defer close(done)
		s.ServeEngine(e)
	}()
	t.Cleanup(func() {
		s.Close()
		<-done
	})
	return s
}

// remoteAt returns the engine of the first.
func remoteAt(t *testing.T, dir string) *Remote {
	t.Helper()
	s, c, err := Claim(t.Context(), Options{Role: RoleTunnels, Dir: dir, patience: long})
	if err != nil || s != nil {
		t.Fatalf("it is not second: %v, %v", s, err)
	}
	r := c.Engine()
	t.Cleanup(r.Close)
	return r
}
