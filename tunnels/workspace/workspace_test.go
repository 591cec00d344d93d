package workspace

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/tunneltest"
)

// bench is a workspace on a scripted cluster and network.
type bench struct {
	*testing.T
	*Workspace
	net     *tunneltest.Network
	cluster *tunneltest.Backend
	options Options

	mu     sync.Mutex
	warned []error
}

// inBubble runs a test on a workspace in memory inside a synctest bubble, which also
// fails the test when a goroutine is left.
func inBubble(t *testing.T, test func(*bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{T: t, net: new(tunneltest.Network), cluster: new(tunneltest.Backend)}
		b.cluster.SetPods(nil, tunnels.Endpoint{
			Pod: "web", UID: "1", Ready: true, Since: time.Now(),
			Ports: map[tunnels.Port]tunnels.PortResult{{Number: 80}: {Number: 80}, {Number: 81}: {Number: 81}},
		})
		b.open()
		defer func() { b.Close() }()
		test(b)
	})
}

// open opens the workspace, for the first time or once more.
func (t *bench) open() {
	t.Helper()
	t.options.Manager = tunnels.NewManager(t.cluster, tunnels.Options{Listen: t.net.Listen})
	t.options.Warn = func(err error) {
		t.mu.Lock()
		defer t.mu.Unlock()
		t.warned = append(t.warned, err)
	}
	t.Workspace = Open(t.options)
	synctest.Wait()
}

func (t *bench) ok(err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func aSpec(t testing.TB, id tunnels.ID, mappings string, change ...func(*tunnels.Spec)) tunnels.Spec {
	t.Helper()
	ms, err := tunnels.ParseMappings(strings.Fields(mappings))
	if err != nil {
		t.Fatal(err)
	}
	s := tunnels.Spec{
		ID: id, Name: "tunnel " + string(id), Mappings: ms,
		Target: tunnels.Target{Context: "staging", Kind: tunnels.KindPod, Name: "web"},
	}
	for _, c := range change {
		c(&s)
	}
	return s
}

func in(profile string) func(*tunnels.Spec) { return func(s *tunnels.Spec) { s.Profile = profile } }

// put puts a tunnel, into a profile that is made where it is missing.
func (t *bench) put(spec tunnels.Spec) {
	t.Helper()
	known := slices.ContainsFunc(t.store.Profiles(), func(p profiles.Profile) bool { return p.ID == spec.Profile })
	if !known && spec.Profile != "" && spec.Profile != "default" {
		_, err := t.CreateProfile(t.Context(), spec.Profile)
		t.ok(err)
	}
	t.ok(t.Put(spec))
}

// run puts and starts a tunnel.
func (t *bench) run(spec tunnels.Spec) {
	t.Helper()
	t.put(spec)
	t.start(spec.ID)
}

func (t *bench) start(id tunnels.ID) {
	t.Helper()
	t.ok(t.Start(t.Context(), id))
	synctest.Wait()
}

// edit changes the store as an editor does, behind the workspace's back.
func (t *bench) edit(spec tunnels.Spec) {
	t.Helper()
	t.ok(t.store.Put(t.Context(), spec))
}

// settled waits until edits have been carried out and state has been written.
func (t *bench) settled() {
	time.Sleep(settle + writeAfter + time.Second)
	synctest.Wait()
}

func (t *bench) status(id tunnels.ID) tunnels.Status {
	t.Helper()
	st, ok := t.Snapshot().Find(id)
	if !ok {
		t.Fatalf("there is no tunnel %s", id)
	}
	return st
}

func (t *bench) port(id tunnels.ID) uint16 {
	t.Helper()
	st := t.status(id)
	if len(st.Bound) == 0 {
		t.Fatalf("%s listens nowhere: it is %v (%s)", id, st.State, st.Reason)
	}
	return st.Bound[0].Addr.Port()
}

func (t *bench) order(want string) {
	t.Helper()
	var got []string
	for _, st := range t.Snapshot() {
		got = append(got, st.Spec.Profile+"/"+string(st.Spec.ID))
	}
	if strings.Join(got, " ") != want {
		t.Errorf("the order is %s, want %s", strings.Join(got, " "), want)
	}
}

// warnings returns what was told, and forgets it.
func (t *bench) warnings() string {
	t.mu.Lock()
	defer t.mu.Unlock()
	var out []string
	for _, err := range t.warned {
		out = append(out, err.Error())
	}
	t.warned = nil
	return strings.Join(out, "; ")
}

func TestTunnelsAreInTheOrderOfTheirProfiles(t *testing.T) {
	inBubble(t, func(t *bench) {
		for _, s := range []tunnels.Spec{
			aSpec(t, "c", ":80", in("shop")), aSpec(t, "a", ":80", in("data")), aSpec(t, "d", ":80", in("shop")), aSpec(t, "b", ":80", in("data")),
		} {
			t.put(s)
		}
		t.order("data/a data/b shop/c shop/d")
		t.ok(t.Move("b", "a"))
		t.order("data/b data/a shop/c shop/d")
		t.ok(t.Move("b", "c")) // right before the next profile
		t.order("data/a data/b shop/c shop/d")
		t.ok(t.Move("c", ""))
		t.order("data/a data/b shop/d shop/c")
		if err := t.Move("a", "c"); tunnels.AsError(err) == nil || tunnels.AsError(err).Hint == "" {
			t.Errorf("into the middle of another profile: %v", err)
		}
		t.put(aSpec(t, "a", ":80", in("shop")))
		t.order("data/b shop/d shop/c shop/a")
		name := "zebra"
		t.ok(t.ChangeProfile(t.Context(), "data", profiles.Change{Name: &name}))
		t.order("shop/d shop/c shop/a data/b")
		t.ok(t.Remove(t.Context(), "d"))
		t.order("shop/c shop/a data/b")
		t.settled()
		t.order("shop/c shop/a data/b")
	})
}

func TestATunnelWithoutAProfile(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.put(aSpec(t, "a", ":80"))
		t.order("default/a")
	})
}

func TestWhatCannotBeWrittenIsNotDone(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.run(aSpec(t, "a", ":80"))
		wrong := aSpec(t, "a", ":80")
		wrong.Mappings = nil
		unwritten := aSpec(t, "b", ":80", in("none"))
		for what, do := range map[string]func() error{
			"a spec that is wrong":        func() error { return t.Put(wrong) },
			"a profile that is not there": func() error { return t.Put(unwritten) },
			"no tunnel to remove":         func() error { return t.Remove(t.Context(), "x") },
			"no tunnel to move":           func() error { return t.Move("x", "") },
			"several of which one fails":  func() error { return t.Add(t.Context(), []tunnels.Spec{aSpec(t, "c", ":80"), unwritten}) },
		} {
			if err := do(); tunnels.AsError(err) == nil {
				t.Errorf("%s: no error", what)
			}
			t.order("default/a")
			if st := t.status("a"); st.State != tunnels.Ready {
				t.Errorf("%s: the tunnel is %v", what, st.State)
			}
		}
		t.settled()
		t.order("default/a")
	})
}

func TestAdd(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.put(aSpec(t, "a", ":80", in("b")))
		_, err := t.CreateProfile(t.Context(), "a")
		t.ok(err)
		t.ok(t.Add(t.Context(), []tunnels.Spec{aSpec(t, "x", ":80", in("b")), aSpec(t, "y", ":80", in("a"))}))
		t.order("a/y b/a b/x")
	})
}

func TestEdits(t *testing.T) {
	before := aSpec(t, "a", ":80", in("dev"))
	tests := map[string]struct {
		edit  func(*tunnels.Spec)
		state tunnels.State
		why   string
		cut   bool // the sessions so far
	}{
		"another name":                   {func(s *tunnels.Spec) { s.Name = "b" }, tunnels.Ready, "", false},
		"other tags and autostart":       {func(s *tunnels.Spec) { s.Tags, s.AutoStart = []string{"x"}, true }, tunnels.Ready, "", false},
		"localhost, written out":         {func(s *tunnels.Spec) { s.Listen = []string{"localhost"} }, tunnels.Ready, "", false},
		"another port of the pod":        {func(s *tunnels.Spec) { s.Mappings[0].Remote.Number = 81 }, tunnels.Ready, "", true},
		"another local port":             {func(s *tunnels.Spec) { s.Mappings[0].Local = 6000 }, tunnels.Ready, "", false},
		"another target":                 {func(s *tunnels.Spec) { s.Target.Name = "api" }, tunnels.Ready, "", true},
		"an address of this computer":    {func(s *tunnels.Spec) { s.Listen = []string{"127.0.0.2"} }, tunnels.Ready, "", true},
		"an address of other computers":  {func(s *tunnels.Spec) { s.Listen = []string{"localhost", "0.0.0.0"} }, tunnels.Stopped, opensUp, true},
		"an address of them, in IPv6":    {func(s *tunnels.Spec) { s.Listen = []string{"::"} }, tunnels.Stopped, opensUp, true},
		"another context":                {func(s *tunnels.Spec) { s.Target.Context = "production" }, tunnels.Stopped, leadsElsewhere, true},
		"the context that is current":    {func(s *tunnels.Spec) { s.Target.Context = "" }, tunnels.Stopped, leadsElsewhere, true},
		"another context and other port": {func(s *tunnels.Spec) { s.Target.Context, s.Mappings[0].Local = "production", 6000 }, tunnels.Stopped, leadsElsewhere, true},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				t.run(before)
				session := t.cluster.Last()
				spec := before
				spec.Mappings = slices.Clone(before.Mappings)
				tt.edit(&spec)
				t.edit(spec)
				t.settled()
				st := t.status("a")
				if st.State != tt.state || tt.why != "" && st.Reason != tt.why {
					t.Errorf("it is %v (%s), want %v (%s)", st.State, st.Reason, tt.state, tt.why)
				}
				if bare(st.Spec).Title() != spec.Title() || st.Spec.Target != spec.Target || !slices.Equal(st.Spec.Mappings, spec.Mappings) {
					t.Errorf("its spec is %+v, want %+v", st.Spec, spec)
				}
				if cut := !slices.Contains(t.cluster.Live(), session); cut != tt.cut {
					t.Errorf("the session was cut: %v, want %v", cut, tt.cut)
				}
				if told := t.warnings(); !strings.Contains(told, tt.why) || (tt.why == "") != (told == "") {
					t.Errorf("told is %q", told)
				}
			})
		})
	}
}

// TestAnEditedContextOfAStoppedTunnel: nothing runs, so there is nothing to be told.
func TestAnEditedContextOfAStoppedTunnel(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.put(aSpec(t, "a", ":80"))
		t.edit(aSpec(t, "a", ":80", func(s *tunnels.Spec) { s.Target.Context = "production" }))
		t.settled()
		if st := t.status("a"); st.Spec.Target.Context != "production" || st.State != tunnels.Stopped || st.Reason != "" || t.warnings() != "" {
			t.Errorf("it is %v (%s) and leads to %s", st.State, st.Reason, st.Spec.Target.Context)
		}
	})
}

func TestTunnelsThatAnEditorAddsAndRemoves(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.run(aSpec(t, "a", ":80", in("dev")))
		t.put(aSpec(t, "b", ":80", in("dev")))
		t.edit(aSpec(t, "c", ":80", in("dev"), func(s *tunnels.Spec) { s.AutoStart = true }))
		t.settled()
		t.order("dev/a dev/b dev/c")
		if st := t.status("c"); st.State != tunnels.Stopped {
			t.Errorf("the new one is %v", st.State)
		}
		for _, id := range []tunnels.ID{"a", "b"} {
			t.ok(t.store.Remove(t.Context(), id))
		}
		t.settled()
		t.order("dev/c")
		if len(t.cluster.Live()) > 0 {
			t.Error("a session is left")
		}
		if told := t.warnings(); !strings.Contains(told, `"tunnel a" is no longer in its file`) || strings.Contains(told, "tunnel b") {
			t.Errorf("told is %q", told)
		}
	})
}

// TestAnEditInTwoSteps: an editor may empty a file before it fills it.
func TestAnEditInTwoSteps(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.run(aSpec(t, "a", ":80"))
		session := t.cluster.Last()
		t.ok(t.store.Remove(t.Context(), "a"))
		time.Sleep(settle * 2 / 3)
		t.edit(aSpec(t, "a", ":80", func(s *tunnels.Spec) { s.Name = "edited" }))
		t.settled()
		if st := t.status("a"); st.State != tunnels.Ready || st.Spec.Name != "edited" || t.cluster.Last() != session {
			t.Errorf("it is %v and called %q", st.State, st.Spec.Name)
		}
	})
}

func TestDeleteAndRestoreAProfile(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.run(aSpec(t, "a", ":80", in("dev")))
		t.run(aSpec(t, "b", ":80", in("ops")))
		port := t.port("a")
		d, err := t.DeleteProfile(t.Context(), "dev")
		t.ok(err)
		t.order("ops/b")
		if told := t.warnings(); told != "" {
			t.Errorf("told is %q", told)
		}
		t.ok(t.RestoreProfile(t.Context(), d))
		t.order("dev/a ops/b")
		if st := t.status("a"); st.State != tunnels.Stopped {
			t.Errorf("it comes back %v", st.State)
		}
		t.start("a")
		if got := t.port("a"); got != port {
			t.Errorf("it listens on %d, before on %d", got, port)
		}
	})
}

func TestARemovedTunnelThatComesBackHasItsPort(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.run(aSpec(t, "a", ":80"))
		t.run(aSpec(t, "b", ":80"))
		port := t.port("a")
		t.ok(t.Remove(t.Context(), "a"))
		t.run(aSpec(t, "a", ":80"))
		if got := t.port("a"); got != port {
			t.Errorf("it listens on %d, before on %d", got, port)
		}
	})
}

func TestNothingAfterClose(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.put(aSpec(t, "a", ":80"))
		t.Close()
		t.Close()
		if err := t.Put(aSpec(t, "b", ":80")); !errors.Is(err, errClosed) {
			t.Errorf("putting gives %v", err)
		}
		if err := t.Remove(t.Context(), "a"); !errors.Is(err, errClosed) {
			t.Errorf("removing gives %v", err)
		}
		if _, err := t.CreateProfile(t.Context(), "x"); !errors.Is(err, errClosed) {
			t.Errorf("creating gives %v", err)
		}
	})
}

// TestWhoWaitsForTheTurn gives up with its context.
func TestWhoWaitsForTheTurn(t *testing.T) {
	inBubble(t, func(t *bench) {
		_, release, err := t.take(t.Context())
		t.ok(err)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if err := t.Remove(ctx, "a"); !errors.Is(err, context.Canceled) {
			t.Errorf("the error is %v", err)
		}
		release()
	})
}

// TestUndoDuringARemoval: what comes back while it is being stopped is there, and
// stopped.
func TestUndoDuringARemoval(t *testing.T) {
	inBubble(t, func(t *bench) {
		spec := aSpec(t, "a", ":80")
		t.run(spec)
		port := t.port("a")
		t.ok(t.forget(t.Context(), "a"))
		done := make(chan error)
		go func() { done <- t.Put(spec) }()
		synctest.Wait()
		t.ok(t.Manager.Remove(t.Context(), "a"))
		t.left("a")
		t.ok(<-done)
		t.settled()
		t.order("default/a")
		t.start("a")
		if got := t.port("a"); got != port {
			t.Errorf("it listens on %d, before on %d", got, port)
		}
	})
}

// TestRemovedTwice: a tunnel that is leaving comes back by an edit and is removed
// once more, or comes back with others by the user.
func TestRemovedTwice(t *testing.T) {
	for what, again := range map[string]func(*bench, tunnels.Spec) error{
		"removed": func(t *bench, s tunnels.Spec) error {
			t.ok(t.store.Put(t.Context(), s)) // as an edit does
			return t.Remove(t.Context(), s.ID)
		},
		"added": func(t *bench, s tunnels.Spec) error { return t.Add(t.Context(), []tunnels.Spec{s}) },
	} {
		t.Run(what, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				s := aSpec(t, "a", "8080:80")
				t.run(s)
				t.ok(t.forget(t.Context(), s.ID))
				done := make(chan error, 1)
				go func() { done <- again(t, s) }()
				synctest.Wait()
				select {
				case err := <-done:
					t.Errorf("it has not waited: %v", err)
					done <- err
				default:
				}
				t.ok(t.Manager.Remove(t.Context(), s.ID))
				t.left(s.ID)
				t.ok(<-done)
				synctest.Wait()
				if n := len(t.store.Profiles()[0].Tunnels); n != len(t.Snapshot()) || (n == 1) != (what == "added") {
					t.Errorf("%d are kept, and there are %d", n, len(t.Snapshot()))
				}
			})
		})
	}
}

// TestClosesInTimeThatHangs: nothing that the cluster or a user's change waits for
// keeps the end waiting, and what ran is kept.
func TestClosesInTimeThatHangs(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.MuteNew(true)
		for n := range 50 {
			t.run(aSpec(t, tunnels.ID(fmt.Sprint("t", n)), fmt.Sprintf("%d:80", 9000+n)))
		}
		for n := range 50 {
			c, err := t.net.Dial(netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), uint16(9000+n)))
			t.ok(err)
			_, err = c.Write([]byte("x"))
			t.ok(err)
		}
		synctest.Wait()
		var wg sync.WaitGroup
		for n := range 50 {
			wg.Go(func() {
				_ = t.Put(aSpec(t, tunnels.ID(fmt.Sprint("t", n)), fmt.Sprintf("%d:81", 9000+n))) // it may come too late
			})
		}
		began := time.Now()
		t.Close()
		wg.Wait()
		if took := time.Since(began); took > time.Second {
			t.Errorf("it took %v", took)
		}
		ran := 0
		for _, p := range t.journal.kept {
			if p.Running {
				ran++
			}
		}
		if ran != 50 {
			t.Errorf("%d are known to have run", ran)
		}
	})
}
