package control

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// TestRemoteCalls: every call arrives with its arguments, what it returns comes back,
// and so do its errors.
func TestRemoteCalls(t *testing.T) {
	d, f := dir(t), newFake()
	engineAt(t, d, f, nil)
	r := remoteAt(t, d)
	ctx := t.Context()
	timed, cancel := context.WithTimeout(ctx, long)
	defer cancel()
	id := tunnels.ID("a b/ü?#%2F..")
	spec := someSpec(id)
	name, quiet, tags := "N", true, []string{}
	change := profiles.Change{Name: &name, Quiet: &quiet, Tags: &tags}
	deleted, err := profiles.DeletedOf(someProf, someFile)
	if err != nil {
		t.Fatal(err)
	}
	guests := workspace.Guests{Path: "/p/.culvert.yaml", Name: "p", Tunnels: []tunnels.Spec{someSpec("")}}
	ports := map[tunnels.Mapping]uint16{spec.Mappings[0]: 7000, spec.Mappings[1]: 7001}
	tests := []struct {
		name string
		do   func() (any, error)
		args []any
		want any
	}{
		{"Put", func() (any, error) { return nil, r.Put(spec) }, []any{spec}, nil},
		{"Add", func() (any, error) { return nil, r.Add(ctx, []tunnels.Spec{spec}) }, []any{[]tunnels.Spec{spec}}, nil},
		{"Remove", func() (any, error) { return nil, r.Remove(ctx, id) }, []any{id}, nil},
		{"Move", func() (any, error) { return nil, r.Move(id, "b") }, []any{id, tunnels.ID("b")}, nil},
		{"Start", func() (any, error) { return nil, r.Start(ctx, id) }, []any{id}, nil},
		{"StartOn", func() (any, error) { return nil, r.StartOn(ctx, id, ports) }, []any{id, ports}, nil},
		{"StartOn", func() (any, error) { return nil, r.StartOn(ctx, id, nil) }, []any{id, map[tunnels.Mapping]uint16(nil)}, nil},
		{"Stop", func() (any, error) { return nil, r.Stop(ctx, id) }, []any{id}, nil},
		{"Swap", func() (any, error) { return nil, r.Swap(id, "web-1") }, []any{id, "web-1"}, nil},
		{"Extend", func() (any, error) { return nil, r.Extend(id, time.Hour) }, []any{id, time.Hour}, nil},
		{"NextFree", func() (any, error) { return r.NextFree(ctx, []string{"::1"}, 80) }, []any{[]string{"::1"}, uint16(80)}, uint16(81)},
		{"Test", func() (any, error) { return r.Test(ctx, spec) }, []any{spec, false}, []tunnels.PortTest{someTest}},
		{"Test", func() (any, error) { return r.Test(timed, spec) }, []any{spec, true}, []tunnels.PortTest{someTest}},
		{"CreateProfile", func() (any, error) { return r.CreateProfile(ctx, "N") }, []any{"N"}, someProf},
		{"ChangeProfile", func() (any, error) { return nil, r.ChangeProfile(ctx, "i/d", change) }, []any{"i/d", change}, nil},
		{"ChangeProfile", func() (any, error) { return nil, r.ChangeProfile(ctx, "", profiles.Change{}) }, []any{"", profiles.Change{}}, nil},
		{"DuplicateProfile", func() (any, error) { return r.DuplicateProfile(ctx, "d", "N") }, []any{"d", "N"}, someProf},
		{"DeleteProfile", func() (any, error) { return r.DeleteProfile(ctx, "d") }, []any{"d"}, deleted},
		{"RestoreProfile", func() (any, error) { return nil, r.RestoreProfile(ctx, deleted) }, []any{deleted}, nil},
		{"SetSettings", func() (any, error) { return nil, r.SetSettings(ctx, workspace.Settings{Quiet: true}) }, []any{workspace.Settings{Quiet: true}}, nil},
		{"Bring", func() (any, error) { return r.Bring(ctx, guests) }, []any{guests}, someProf},
		{"Dismiss", func() (any, error) { return nil, r.Dismiss(ctx, "g/1") }, []any{"g/1"}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f.fail(nil)
			got, err := tt.do()
			last := f.last()
			if err != nil || last.name != tt.name || !alike(last.args, tt.args) || tt.want != nil && !alike(got, tt.want) {
				t.Errorf("got %+v, %v, of %+v", got, err, last)
			}
			f.fail(errSome)
			if _, err := tt.do(); !sameError(err, errSome) {
				t.Errorf("the error is %+v", err)
			}
			f.fail(errors.New("just so"))
			if _, err := tt.do(); err == nil || err.Error() != "just so" || errors.Is(err, ErrGone) {
				t.Errorf("another error is %v", err)
			}
		})
	}
	f.fail(nil)
	if got := r.Timeline(id); !alike(got, []tunnels.Event{someEvent}) || f.last().args[0] != id {
		t.Errorf("the timeline is %+v", got)
	}
	if got := r.Connections(id); !alike(got, []tunnels.Conn{someConn}) {
		t.Errorf("the connections are %+v", got)
	}
	if got := r.Recent(id); !alike(got, []tunnels.Conn{someConn, someConn}) {
		t.Errorf("recent are %+v", got)
	}
	if r.Kick(id); f.last().name != "Kick" || f.last().args[0] != id {
		t.Errorf("kicked %+v", f.last())
	}
	f.tunnels.set(tunnels.Snapshot{someStatus("t1"), someStatus("t2")})
	f.profiles.set([]profiles.Profile{someProf})
	all, ps, err := r.List(ctx)
	if err != nil || !alike(all, tunnels.Snapshot{someStatus("t1"), someStatus("t2")}) || !alike(ps, []profiles.Profile{someProf}) {
		t.Errorf("listed %+v, %+v, %v", all, ps, err)
	}
}

func sameError(err error, want *tunnels.Error) bool {
	var got *tunnels.Error
	return errors.As(err, &got) && alike(got, want)
}

// watched collects what a watch tells.
func watched[T any](t *testing.T, watch func(context.Context, func(T))) <-chan T {
	t.Helper()
	out := make(chan T, 1000)
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan struct{})
	go func() {
		defer close(done)
		watch(ctx, func(v T) { out <- v })
	}()
	t.Cleanup(func() {
		cancel()
		<-done
	})
	return out
}

// await returns the first value that will do.
func await[T any](t *testing.T, from <-chan T, ok func(T) bool) T {
	t.Helper()
	limit := time.NewTimer(long)
	defer limit.Stop()
	for {
		select {
		case v := <-from:
			if ok(v) {
				return v
			}
		case <-limit.C:
			t.Fatal("it is not told")
		}
	}
}

// TestRemoteWatch: changes arrive, all watchers share one stream, and what has not
// changed is not made again.
func TestRemoteWatch(t *testing.T) {
	d, f := dir(t), newFake()
	s := engineAt(t, d, f, func(s *Server) { s.limits.look = time.Millisecond })
	r := remoteAt(t, d)
	f.tunnels.set(tunnels.Snapshot{someStatus("a"), someStatus("b"), someStatus("c")})
	f.profiles.set([]profiles.Profile{someProf})
	one, other := watched(t, r.Watch), watched(t, r.Watch)
	before := await(t, one, func(s tunnels.Snapshot) bool { return len(s) == 3 })
	await(t, other, func(s tunnels.Snapshot) bool { return len(s) == 3 })
	if len(s.streams) != 1 {
		t.Errorf("there are %d streams", len(s.streams))
	}
	changed := someStatus("c")
	changed.Conns = 7
	f.tunnels.set(tunnels.Snapshot{changed, someStatus("new"), someStatus("a")})
	after := await(t, one, func(s tunnels.Snapshot) bool { return s[0].Conns == 7 })
	if !alike(after, tunnels.Snapshot{changed, someStatus("new"), someStatus("a")}) {
		t.Errorf("told %+v", after)
	}
	if after[2].Err != before[0].Err || &after[2].Spec.Mappings[0] != &before[0].Spec.Mappings[0] {
		t.Error("what has not changed was made again")
	}
	f.tunnels.set(tunnels.Snapshot{someStatus("a"), changed})
	await(t, other, func(s tunnels.Snapshot) bool { return len(s) == 2 && s[1].Conns == 7 && s[0].Spec.ID == "a" })
	f.tunnels.set(nil)
	await(t, other, func(s tunnels.Snapshot) bool { return len(s) == 0 })

	ps := watched(t, r.WatchProfiles)
	await(t, ps, func(p []profiles.Profile) bool { return alike(p, []profiles.Profile{someProf}) })
	f.profiles.set(nil)
	await(t, ps, func(p []profiles.Profile) bool { return p == nil })

	if err := f.SetSettings(t.Context(), workspace.Settings{Restore: true}); err != nil { // by somebody else
		t.Fatal(err)
	}
	for deadline := time.Now().Add(long); !r.Settings().Restore; {
		_, _, changed := r.settings.get()
		select {
		case <-changed:
		case <-time.After(time.Until(deadline)):
			t.Fatal("the settings are not told")
		}
	}
}

// TestManyTunnels: a whole profile crosses, however large its tunnels are.
func TestManyTunnels(t *testing.T) {
	d, f := dir(t), newFake()
	engineAt(t, d, f, nil)
	r := remoteAt(t, d)
	var specs []tunnels.Spec
	var all tunnels.Snapshot
	for i := range 500 {
		st := someStatus(tunnels.ID(fmt.Sprint("t", i)))
		st.Spec.Target.Kind, st.Spec.Target.Name = tunnels.KindSelector, "app="+strings.Repeat("x", 4000)
		specs, all = append(specs, st.Spec), append(all, st)
	}
	if err := r.Add(t.Context(), specs); err != nil || len(f.last().args[0].([]tunnels.Spec)) != 500 {
		t.Errorf("added: %v", err)
	}
	f.tunnels.set(all)
	await(t, watched(t, r.Watch), func(s tunnels.Snapshot) bool { return alike(s, all) })
	if got, _, err := r.List(t.Context()); err != nil || !alike(got, all) {
		t.Errorf("listed %d, %v", len(got), err)
	}
	specs[0].Tags = []string{strings.Repeat("x", maxList)}
	if err := r.Put(specs[0]); err == nil || errors.Is(err, ErrGone) || !strings.Contains(err.Error(), "too large") {
		t.Errorf("too much is %v", err)
	}
}

// TestRemoteFollow: events arrive in order.
func TestRemoteFollow(t *testing.T) {
	d, f := dir(t), newFake()
	s := engineAt(t, d, f, nil)
	r := remoteAt(t, d)
	events := watched(t, func(ctx context.Context, fn func(tunnels.Event)) { _ = r.Follow(ctx, fn) })
	<-f.follows
	for i := range 100 {
		e := someEvent
		e.Times = i + 1
		f.happen(e)
	}
	for i := range 100 {
		e := await(t, events, func(tunnels.Event) bool { return true })
		if want := someEvent; e.Times != i+1 || !reflect.DeepEqual(e.Time, want.Time) || e.Err.Error() != want.Err.Error() {
			t.Fatalf("event %d is %+v", i, e)
		}
	}
	s.Close()
	await(t, r.Gone(), func(struct{}) bool { return true })
	if err := r.Follow(t.Context(), func(tunnels.Event) {}); !errors.Is(err, ErrGone) {
		t.Errorf("after the end: %v", err)
	}
}

// TestRemoteHold: what is held is released once, by whom it may be.
func TestRemoteHold(t *testing.T) {
	d, f := dir(t), newFake()
	s := engineAt(t, d, f, nil)
	r := remoteAt(t, d)
	release, err := r.Hold(t.Context(), []tunnels.ID{"a", "b"})
	if err != nil || !alike(f.last(), call{"Hold", []any{[]tunnels.ID{"a", "b"}}}) {
		t.Fatalf("held %+v, %v", f.last(), err)
	}
	for range 2 {
		if err := release(t.Context()); err != nil {
			t.Error(err)
		}
	}
	if f.released != 1 {
		t.Errorf("released %d times", f.released)
	}
	f.fail(errSome)
	if _, err := r.Hold(t.Context(), nil); !sameError(err, errSome) {
		t.Errorf("the error is %v", err)
	}
	f.fail(nil)
	other := remoteAt(t, d) // which ends without a word
	if _, err := other.Hold(t.Context(), []tunnels.ID{"a"}); err != nil {
		t.Fatal(err)
	}
	other.Close()
	await(t, f.freed, func(struct{}) bool { return f.last().name == "release" && f.released == 2 })
	s.Close()
}

// TestRemoteGone: the end is told in time, and nothing after it.
func TestRemoteGone(t *testing.T) {
	for name, end := range map[string]func(*Server){"it leaves": (*Server).Leave, "it has left": (*Server).Close} {
		t.Run(name, func(t *testing.T) {
			d, f := dir(t), newFake()
			s := engineAt(t, d, f, nil)
			r := remoteAt(t, d)
			told := watched(t, r.Watch)
			await(t, told, func(tunnels.Snapshot) bool { return true })
			end(s)
			await(t, r.Gone(), func(struct{}) bool { return true })
			if err := r.Put(someSpec("t")); !errors.Is(err, ErrGone) {
				t.Errorf("then a call is %v", err)
			}
			if _, err := r.Hold(t.Context(), nil); !errors.Is(err, ErrGone) {
				t.Errorf("then a hold is %v", err)
			}
			if r.Timeline("t") != nil || r.Connections("t") != nil {
				t.Error("it tells of what it cannot know")
			}
			if len(told) > 0 {
				t.Error("it tells something that nobody has said")
			}
		})
	}
}
