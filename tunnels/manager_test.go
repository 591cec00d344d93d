package tunnels_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/crash"
	"culvert/tunnels/tunneltest"
	"culvert/tunnels/tunneltest/memnet"
)

// bench is a manager on a scripted cluster and network.
type bench struct {
	*testing.T
	*tunnels.Manager
	net     *tunneltest.Network
	cluster *tunneltest.Backend
	fails   bool // panics are what is tested

	mu     sync.Mutex
	events []tunnels.Event
}

// inBubble runs a test on a bench inside a synctest bubble, which also fails
// the test when a goroutine is left.
func inBubble(t *testing.T, test func(*bench)) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		b := &bench{T: t, net: new(tunneltest.Network), cluster: new(tunneltest.Backend)}
		crashes := crash.New(crash.Options{})
		crashes.Hear(func(p *crash.Panic) {
			if !b.fails {
				t.Errorf("%v\n%s", p, p.Stack)
			}
		})
		b.Manager = tunnels.NewManager(b.cluster, tunnels.Options{
			Listen: b.net.Listen, Crashes: crashes,
			Events: func(e tunnels.Event) {
				b.mu.Lock()
				defer b.mu.Unlock()
				b.events = append(b.events, e)
			},
		})
		defer func() { b.Close() }()
		test(b)
	})
}

func pod(uid string, ports ...uint16) tunnels.Endpoint {
	e := tunnels.Endpoint{Pod: "web", UID: uid, Ready: true, Since: time.Now(), Ports: make(map[tunnels.Port]tunnels.PortResult)}
	for _, p := range append(ports, 80, 81) {
		e.Ports[tunnels.Port{Number: p}] = tunnels.PortResult{Number: p}
	}
	return e
}

// run puts and starts a tunnel "t" and waits until all is quiet.
func (t *bench) run(mappings string) {
	t.Helper()
	t.put("t", mappings)
	t.start("t")
}

func (t *bench) put(id tunnels.ID, mappings string, change ...func(*tunnels.Spec)) {
	t.Helper()
	ms, err := tunnels.ParseMappings(strings.Fields(mappings))
	if err != nil {
		t.Fatal(err)
	}
	s := tunnels.Spec{ID: id, Name: "tunnel " + string(id), Target: tunnels.Target{Kind: tunnels.KindPod, Name: "web"}, Mappings: ms}
	for _, c := range change {
		c(&s)
	}
	if err := t.Put(s); err != nil {
		t.Fatal(err)
	}
}

func (t *bench) start(id tunnels.ID) {
	t.Helper()
	if err := t.Start(t.Context(), id); err != nil {
		t.Fatal(err)
	}
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

// want checks the state of the tunnel "t", and the reason when one is given.
func (t *bench) want(state tunnels.State, reason string) tunnels.Status {
	t.Helper()
	synctest.Wait()
	st := t.status("t")
	if st.State != state || reason != "" && st.Reason != reason {
		t.Fatalf("the tunnel is %v (%s; %v), want %v (%s)", st.State, st.Reason, st.Err, state, reason)
	}
	return st
}

func (t *bench) addrs(id tunnels.ID) []netip.AddrPort {
	var as []netip.AddrPort
	for _, bound := range t.status(id).Bound {
		as = append(as, bound.Addr)
	}
	return as
}

func (t *bench) dial(addr string) *memnet.Conn {
	t.Helper()
	c, err := t.net.Dial(netip.MustParseAddrPort(addr))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// echo checks that bytes go to the pod and back.
func (t *bench) echo(addr string) {
	t.Helper()
	c := t.dial(addr)
	defer c.Close()
	t.echoOn(c)
}

func (t *bench) echoOn(c net.Conn) {
	t.Helper()
	if _, err := c.Write([]byte("hello")); err != nil {
		t.Fatal(err)
	}
	got := make([]byte, 5)
	if _, err := io.ReadFull(c, got); err != nil || string(got) != "hello" {
		t.Fatalf("got %q, %v", got, err)
	}
}

func readErr(c net.Conn) error {
	_, err := c.Read(make([]byte, 1))
	return err
}

const (
	v4 = "127.0.0.1:80"
	v6 = "[::1]:80"
)

func TestStartBindsBothFamiliesAndForwards(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80 9000:81")
		st := t.want(tunnels.Ready, "")
		if got := fmt.Sprint(t.addrs("t")); got != "[127.0.0.1:80 [::1]:80 127.0.0.1:9000 [::1]:9000]" {
			t.Errorf("bound to %s", got)
		}
		if st.Pod != "web" || st.Transport != "memory" || st.Latency == 0 {
			t.Errorf("pod %q over %q in %v", st.Pod, st.Transport, st.Latency)
		}
		for _, addr := range []string{v4, v6, "[::1]:9000"} {
			t.echo(addr)
		}
		synctest.Wait()
		if st := t.status("t"); st.Conns != 0 || st.Opened != 3 || st.Failed != 0 || st.In != 15 || st.Out != 15 {
			t.Errorf("counted %+v", st)
		}
	})
}

func TestListenersAreBoundBeforeAnythingIsKnown(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.run(":80")
		st := t.want(tunnels.Starting, "looking for pod/web")
		if len(st.Bound) != 2 || t.cluster.Dialed() != 0 {
			t.Fatalf("bound %v, dialled %d times", st.Bound, t.cluster.Dialed())
		}
		c := t.dial(st.Bound[0].Addr.String())
		defer c.Close()
		t.cluster.SetPods(nil, pod("1"))
		t.echoOn(c)
	})
}

func TestRandomPortIsTheSameInBothFamiliesAndKept(t *testing.T) {
	inBubble(t, func(t *bench) {
		for p := range uint16(3) { // the first three that IPv4 gets are taken in IPv6
			if _, err := t.net.Listen(t.Context(), netip.AddrPortFrom(netip.IPv6Loopback(), 40000+p)); err != nil {
				t.Fatal(err)
			}
		}
		t.run(":80 :81")
		first := t.addrs("t")
		if len(first) != 4 || first[0].Port() != first[1].Port() || first[2].Port() != first[3].Port() || first[0].Port() == first[2].Port() {
			t.Fatalf("bound to %v", first)
		}
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		t.start("t")
		if again := t.addrs("t"); !slices.Equal(first, again) {
			t.Errorf("bound to %v, then to %v", first, again)
		}
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		if _, err := t.net.Listen(t.Context(), first[1]); err != nil {
			t.Fatal(err)
		}
		t.start("t")
		if other := t.addrs("t"); len(other) != 4 || other[0].Port() == first[0].Port() || other[0].Port() != other[1].Port() || other[2] != first[2] {
			t.Errorf("with %v taken, bound to %v", first[1], other)
		}
	})
}

type bindTrouble struct {
	name     string
	trouble  func(*bench) func() // returns what ends it
	state    tunnels.State
	reason   string
	bound    int // of the four addresses
	unbound  int
	warnings int
	cause    tunnels.Cause
	heals    bool
}

var six = netip.IPv6Loopback()

func occupy(addr string) func(*bench) func() {
	return func(t *bench) func() {
		l, err := t.net.Listen(t.Context(), netip.MustParseAddrPort(addr))
		if err != nil {
			t.Fatal(err)
		}
		return func() { l.Close() }
	}
}

func noSix(err error) func(*bench) func() {
	return func(t *bench) func() {
		t.net.Fail(six, err)
		return func() { t.net.Fail(six, nil) }
	}
}

func TestFault03PortInUse(t *testing.T) {
	testBindTrouble(t, bindTrouble{"both busy", func(t *bench) func() {
		end4, end6 := occupy(v4)(t), occupy(v6)(t)
		return func() { end4(); end6() }
	}, tunnels.NeedsUser, "port busy", 2, 2, 0, tunnels.CausePortBusy, true})
}

func TestFault04PrivilegedPort(t *testing.T) {
	testBindTrouble(t, bindTrouble{"no rights", noSix(syscall.EACCES), tunnels.Degraded, "not on [::1]:80", 2, 2, 0, tunnels.CausePrivileged, false})
}

func TestFault05NoIPv6(t *testing.T) {
	testBindTrouble(t,
		bindTrouble{"no address", noSix(syscall.EADDRNOTAVAIL), tunnels.Ready, "", 2, 0, 1, 0, false},
		bindTrouble{"not in the kernel", noSix(syscall.EAFNOSUPPORT), tunnels.Ready, "", 2, 0, 1, 0, false},
	)
}

func TestFault06OneFamilyTaken(t *testing.T) {
	testBindTrouble(t, bindTrouble{"one family busy", occupy(v6), tunnels.Degraded, "not on [::1]:80", 3, 1, 0, tunnels.CausePortBusy, true})
}

func testBindTrouble(t *testing.T, tests ...bindTrouble) {
	t.Helper()
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				end := tt.trouble(t)
				t.cluster.SetPods(nil, pod("1"))
				t.run("80 9000:81")
				st := t.want(tt.state, tt.reason)
				if len(st.Bound) != tt.bound || len(st.Unbound) != tt.unbound || len(st.Warnings) != tt.warnings {
					t.Fatalf("bound %v, not %v, warnings %q", st.Bound, st.Unbound, st.Warnings)
				}
				if tt.unbound > 0 && (st.Err == nil || st.Err.Cause != tt.cause || st.Err.Hint == "") {
					t.Errorf("the error is %+v", st.Err)
				}
				t.echo("127.0.0.1:9000")
				end()
				time.Sleep(6 * time.Second)
				if tt.heals {
					st := t.want(tunnels.Ready, "")
					if len(st.Bound) != 4 {
						t.Errorf("bound %v", st.Bound)
					}
				} else {
					t.want(tt.state, tt.reason)
				}
				t.Kick("t")
				synctest.Wait()
				if st := t.status("t"); len(st.Bound) != 4 || len(st.Warnings) != 0 {
					t.Errorf("after the user asked, %+v", st)
				}
				told := 0
				t.mu.Lock()
				for _, e := range t.events {
					if e.Kind == tunnels.EventWarning && e.Warning != "" {
						told++
					}
				}
				t.mu.Unlock()
				if told != tt.warnings {
					t.Errorf("warned %d times, want %d", told, tt.warnings)
				}
			})
		})
	}
}

func TestFault02SamePortInTwoTunnels(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.put("first", "80")
		t.start("first")
		t.run("80")
		st := t.want(tunnels.NeedsUser, "port busy")
		if !strings.Contains(st.Err.Error(), `your tunnel "tunnel first"`) {
			t.Errorf("the error is %v", st.Err)
		}
		if err := t.Remove(t.Context(), "first"); err != nil {
			t.Fatal(err)
		}
		time.Sleep(6 * time.Second)
		t.want(tunnels.Ready, "")
	})
}

func TestFault07BindAddressVanishes(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.net.Break(netip.MustParseAddrPort(v4))
		time.Sleep(6 * time.Second)
		t.want(tunnels.Ready, "")
		t.echo(v4)
	})
}

func TestFault17NoReadyEndpoint(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil)
		t.run("80")
		t.want(tunnels.Waiting, "there is no pod/web")
		var cs []*memnet.Conn
		for range 1024 {
			cs = append(cs, t.dial(v4))
		}
		more := make(chan *memnet.Conn)
		for range 6 { // they wait to be accepted
			go func() { more <- t.dial(v4) }()
		}
		synctest.Wait()
		if st := t.status("t"); st.Held != 1024 || st.Conns != 1024 {
			t.Fatalf("%d of %d connections are held", st.Held, st.Conns)
		}
		time.Sleep(10 * time.Second)
		if err := readErr(cs[0]); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("after the hold time the first got %v", err)
		}
		for range 6 {
			defer (<-more).Close()
		}
		synctest.Wait()
		if st := t.status("t"); st.Held != 6 {
			t.Errorf("%d connections are held, want those that were accepted late", st.Held)
		}
		kept := t.dial(v4)
		t.cluster.SetPods(nil, pod("1"))
		t.echoOn(kept)
		kept.Close()
	})
}

func TestNoHold(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.put("t", "80", func(s *tunnels.Spec) { s.Hold = -1 })
		t.start("t")
		if err := readErr(t.dial(v4)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("got %v", err)
		}
	})
}

func TestFault34SessionEnds(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.want(tunnels.Ready, "")
		old := t.dial(v4)
		t.echoOn(old)
		synctest.Wait() // the spare session is there, and will be cut, too
		t.cluster.SetDialError(&tunnels.Error{Err: errors.New("no route"), Cause: tunnels.CauseUnreachable})
		t.cluster.Cut(errors.New("cut"))
		synctest.Wait()
		if err := readErr(old); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("a client of the lost session got %v", err)
		}
		st := t.want(tunnels.Reconnecting, "cluster unreachable")
		if len(st.Bound) != 2 || st.RetryAt.IsZero() || st.Err == nil {
			t.Errorf("reconnecting as %+v", st)
		}
		c := t.dial(v6)
		time.Sleep(time.Second)
		t.cluster.SetDialError(nil)
		t.echoOn(c)
		c.Close()
		if st := t.want(tunnels.Ready, ""); st.Reconnects != 1 || st.Failed != 1 {
			t.Errorf("%d reconnects, %d failed", st.Reconnects, st.Failed)
		}
	})
}

func TestFault27TransientErrors(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.cluster.SetDialError(&tunnels.Error{Err: errors.New("no route"), Cause: tunnels.CauseUnreachable})
		t.run("80")
		time.Sleep(time.Hour)
		if n := t.cluster.Dialed(); n < 120 || n > 260 {
			t.Errorf("%d attempts in an hour, want one per 15 to 30 s", n)
		}
		before := t.cluster.Dialed()
		t.dial(v4)
		time.Sleep(time.Second)
		if t.cluster.Dialed() == before {
			t.Error("a client that waits brought no attempt")
		}
		t.cluster.SetDialError(nil)
		t.Kick("t")
		t.want(tunnels.Ready, "")
	})
}

// TestServerThatComesBackIsFoundAtOnce by a client that has waited for some time.
func TestServerThatComesBackIsFoundAtOnce(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.cluster.SetDialError(&tunnels.Error{Err: errors.New("connection refused"), Cause: tunnels.CauseUnreachable})
		t.put("t", "80", func(s *tunnels.Spec) { s.Hold = tunnels.MaxHold })
		t.start("t")
		time.Sleep(10 * time.Minute)
		c := t.dial(v4)
		defer c.Close()
		time.Sleep(50 * time.Second)
		t.cluster.SetDialError(nil)
		began := time.Now()
		t.echoOn(c)
		if took := time.Since(began); took > time.Second {
			t.Errorf("took %v", took)
		}
	})
}

func TestFault26RetryAfter(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.cluster.SetDialError(&tunnels.Error{Err: errors.New("slow down"), RetryAfter: 20 * time.Second})
		t.run("80")
		t.dial(v4)
		time.Sleep(19 * time.Second)
		if n := t.cluster.Dialed(); n != 1 {
			t.Errorf("%d attempts within the time that the server asked for", n)
		}
		time.Sleep(2 * time.Second)
		if n := t.cluster.Dialed(); n != 2 {
			t.Errorf("%d attempts after it", n)
		}
	})
}

func TestPermanentErrorWaitsForAChange(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.cluster.SetDialError(&tunnels.Error{Err: errors.New("no"), Cause: tunnels.CauseForbidden, Permanent: true})
		t.run("80")
		t.want(tunnels.NeedsUser, "no permission")
		time.Sleep(time.Hour)
		if n := t.cluster.Dialed(); n != 1 {
			t.Errorf("%d attempts", n)
		}
		t.cluster.SetDialError(nil)
		t.cluster.SetPods(nil, pod("1"))
		t.want(tunnels.Ready, "")
	})
}

// TestRefusalAfterLossMayPass: an API server that has just started refuses those who have
// every right, until it has read who has which.
func TestRefusalAfterLossMayPass(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.want(tunnels.Ready, "")
		time.Sleep(time.Second)
		forbidden := &tunnels.Error{Err: errors.New("no"), Cause: tunnels.CauseForbidden, Permanent: true}
		t.cluster.SetDialError(forbidden)
		t.cluster.Cut(errors.New("the API server has ended"))
		if st := t.want(tunnels.Reconnecting, "no permission"); st.Err == nil || st.Err.Cause != tunnels.CauseForbidden {
			t.Errorf("the error is %v", st.Err)
		}
		time.Sleep(5 * time.Second)
		t.cluster.SetDialError(nil)
		time.Sleep(10 * time.Second)
		t.want(tunnels.Ready, "")

		t.cluster.SetDialError(forbidden) // now the right was taken away
		t.cluster.Cut(errors.New("the API server has ended"))
		time.Sleep(2 * time.Minute)
		t.want(tunnels.NeedsUser, "no permission")
		dialled := t.cluster.Dialed()
		time.Sleep(time.Hour)
		if n := t.cluster.Dialed() - dialled; n != 0 {
			t.Errorf("%d attempts when it is sure", n)
		}
	})
}

func TestWatchTrouble(t *testing.T) {
	tests := []struct {
		name   string
		err    *tunnels.Error
		state  tunnels.State
		reason string
	}{
		{"unreachable", &tunnels.Error{Err: errors.New("x"), Cause: tunnels.CauseUnreachable}, tunnels.Reconnecting, "cluster unreachable"},
		{"no such pod", &tunnels.Error{Err: errors.New("x"), Cause: tunnels.CauseNotFound}, tunnels.Waiting, "not found"},
		{"forbidden", &tunnels.Error{Err: errors.New("x"), Cause: tunnels.CauseForbidden, Permanent: true}, tunnels.NeedsUser, "no permission"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				t.cluster.SetPods(tt.err)
				t.run("80")
				if st := t.want(tt.state, tt.reason); st.Err != tt.err || len(st.Bound) != 2 {
					t.Errorf("got %+v", st)
				}
				watched := t.cluster.Watched()
				t.Kick("t")
				synctest.Wait()
				if t.cluster.Watched() != watched+1 {
					t.Error("the user's wish did not look the target up afresh")
				}
				t.cluster.SetPods(nil, pod("1"))
				t.want(tunnels.Ready, "")
				t.cluster.SetPods(&tunnels.Error{Err: errors.New("x"), Cause: tunnels.CauseUnreachable})
				t.want(tunnels.Ready, "")
				t.echo(v4)
			})
		})
	}
}

func TestFault19SameNameNewUID(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run(":80")
		first := t.want(tunnels.Ready, "").Bound
		old := t.dial(first[0].Addr.String())
		t.echoOn(old)

		dying := pod("1")
		dying.Terminating = true
		t.cluster.SetPods(nil, dying)
		t.want(tunnels.Waiting, "web is terminating")
		t.echoOn(old)
		late := t.dial(first[1].Addr.String())
		t.cluster.SetPods(nil)
		t.want(tunnels.Waiting, "there is no pod/web")
		if err := readErr(old); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("a client of the old pod got %v", err)
		}
		starting := pod("2")
		starting.Ready, starting.Reason = false, "Pending: ContainerCreating"
		t.cluster.SetPods(nil, starting)
		t.want(tunnels.Waiting, "Pending: ContainerCreating")
		t.cluster.SetPods(nil, pod("2"))
		st := t.want(tunnels.Ready, "")
		t.echoOn(late)
		late.Close()
		if !slices.Equal(st.Bound, first) || t.cluster.Last().Endpoint.UID != "2" {
			t.Errorf("bound to %v, then %v", first, st.Bound)
		}
	})
}

func TestFault32BlackHole(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		s := t.cluster.Last()
		s.AnswerEvery(5)
		time.Sleep(5 * time.Minute)
		t.want(tunnels.Ready, "")
		s.Mute(true)
		s.Stall(time.Second)
		time.Sleep(time.Minute)
		s.Block(time.Second)
		s.Stall(0)
		time.Sleep(time.Minute)
		t.want(tunnels.Ready, "")
		if t.cluster.Last() != s {
			t.Fatal("a session that is only held up was given up")
		}
		s.Block(0)
		time.Sleep(30 * time.Second)
		synctest.Wait()
		select {
		case <-s.Done():
		default:
			t.Fatal("a session that answers nothing lives on")
		}
		t.want(tunnels.Ready, "")
		if t.cluster.Last() == s {
			t.Error("there is no new session")
		}
		if t.cluster.Doubts() == 0 {
			t.Error("the cluster's own connections are not doubted")
		}
	})
}

func TestNewSessionThatAnswersNoPingIsNotReady(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.cluster.MuteNew(true)
		t.run("80")
		t.want(tunnels.Starting, "opening a session")
		time.Sleep(9 * time.Second)
		t.want(tunnels.Starting, "opening a session")
		time.Sleep(1500 * time.Millisecond)
		t.want(tunnels.Reconnecting, "")
		t.cluster.MuteNew(false)
		t.Kick("t")
		t.want(tunnels.Ready, "")
	})
}

func TestRefusedPortHarmsNobodyElse(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80 81")
		other := t.dial(v4)
		t.echoOn(other)
		t.echo("127.0.0.1:81")
		t.cluster.Refuse(81, &tunnels.Error{Err: errors.New("nothing listens on 81"), Cause: tunnels.CauseRefused})
		asked := time.Now()
		if err := readErr(t.dial("[::1]:81")); !errors.Is(err, syscall.ECONNRESET) || time.Since(asked) != time.Second {
			t.Errorf("the refused client got %v after %v", err, time.Since(asked))
		}
		if st := t.want(tunnels.Degraded, "pod refuses 81"); st.Failed != 1 || st.Reconnects != 0 {
			t.Errorf("%d failed, %d sessions", st.Failed, t.cluster.Dialed())
		}
		t.echoOn(other)
		t.echo(v4)
		t.want(tunnels.Degraded, "pod refuses 81")
		t.cluster.Refuse(81, nil)
		t.echo("127.0.0.1:81")
		t.want(tunnels.Ready, "")
		other.Close()
	})
}

func TestFault13PortsThatCannotBeForwarded(t *testing.T) {
	udp := &tunnels.Error{Err: errors.New("81 is a UDP port"), Cause: tunnels.CauseInvalid, Permanent: true}
	inBubble(t, func(t *bench) {
		e := pod("1")
		e.Ports[tunnels.Port{Number: 81}] = tunnels.PortResult{Err: udp}
		e.Ports[tunnels.Port{Number: 80}] = tunnels.PortResult{Number: 80, Warning: "web does not declare 80"}
		t.cluster.SetPods(nil, e)
		t.run("80 81")
		if st := t.want(tunnels.Degraded, "invalid"); st.Err != udp || len(st.Warnings) != 1 {
			t.Errorf("got %+v", st)
		}
		t.echo(v4)
		if err := readErr(t.dial("127.0.0.1:81")); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("got %v", err)
		}
		t.put("t", "81")
		t.want(tunnels.NeedsUser, "invalid")
	})
}

func TestFault22SandboxGone(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.cluster.Refuse(80, &tunnels.Error{Err: errors.New("sandbox is not running"), Cause: tunnels.CausePodGone})
		old := t.cluster.Last()
		c := t.dial(v4)
		synctest.Wait()
		t.cluster.Refuse(80, nil)
		t.echoOn(c)
		c.Close()
		t.want(tunnels.Ready, "")
		select {
		case <-old.Done():
		default:
			t.Error("the session to the pod that is gone lives on")
		}
		if t.cluster.Doubts() == 0 {
			t.Error("the watch, which has not told of it, is not doubted")
		}
	})
}

func TestClientThatLeavesBeforeItIsRefusedClearsNothing(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.cluster.Refuse(80, &tunnels.Error{Err: errors.New("nothing listens on 80"), Cause: tunnels.CauseRefused})
		readErr(t.dial(v4))
		t.want(tunnels.Degraded, "pod refuses 80")
		t.cluster.Refuse(80, nil)
		t.cluster.Serve = func(_ uint16, c *memnet.Conn) { io.Copy(io.Discard, c) }
		c := t.dial(v4)
		synctest.Wait()
		c.SetLinger(0)
		c.Close()
		t.want(tunnels.Degraded, "pod refuses 80")
	})
}

func TestFault35GoAwayDrains(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		old := t.cluster.Last()
		held := t.dial(v4)
		t.echoOn(held)
		old.Drain()
		t.echo(v4)
		if st := t.want(tunnels.Ready, ""); t.cluster.Last() == old || st.Reconnects != 0 {
			t.Fatalf("%d reconnects", st.Reconnects)
		}
		t.echoOn(held)
		held.Close()
		time.Sleep(10 * time.Second)
		synctest.Wait()
		select {
		case <-old.Done():
		default:
			t.Error("a session without streams is kept")
		}
		for _, s := range t.cluster.Live() {
			s.Drain()
		}
		time.Sleep(20 * time.Second) // without a new connection the next ping tells
		if st := t.want(tunnels.Ready, ""); st.Reconnects != 1 {
			t.Errorf("%d reconnects", st.Reconnects)
		}
	})
}

func TestSameTroubleToldAgainTriesNothing(t *testing.T) {
	signIn := func() error {
		return &tunnels.Error{Err: errors.New("expired"), Cause: tunnels.CauseSignIn, Permanent: true}
	}
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.cluster.SetDialError(signIn())
		t.cluster.SetPods(signIn(), pod("1"))
		t.cluster.Cut(nil)
		t.want(tunnels.NeedsUser, "sign in")
		dialed := t.cluster.Dialed()
		for range 10 {
			time.Sleep(20 * time.Second)
			t.cluster.SetPods(signIn(), pod("1"))
		}
		t.want(tunnels.NeedsUser, "sign in")
		if n := t.cluster.Dialed(); n != dialed {
			t.Errorf("%d attempts that could not succeed", n-dialed)
		}
		t.cluster.SetDialError(nil)
		t.cluster.SetPods(nil, pod("1"))
		if st := t.want(tunnels.Ready, ""); st.Err != nil {
			t.Errorf("ready with %v", st.Err)
		}
	})
}

func TestRemove(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		var wg sync.WaitGroup
		for range 3 {
			wg.Go(func() { _ = t.Remove(t.Context(), "t") }) // the later ones may find nothing
		}
		wg.Wait()
		t.run("80")
		t.want(tunnels.Ready, "")
		if err := t.Remove(t.Context(), "t"); err != nil || len(t.Snapshot()) != 0 {
			t.Errorf("%v, left %v", err, t.Snapshot())
		}
		if err := t.Start(t.Context(), "t"); err == nil {
			t.Error("a removed tunnel was started")
		}
	})
}

func TestSlowReceiverOfEventsDoesNotKeepCloseWaiting(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		stuck := make(chan struct{})
		m := tunnels.NewManager(new(tunneltest.Backend), tunnels.Options{
			Listen: new(tunneltest.Network).Listen,
			Events: func(tunnels.Event) { <-stuck },
		})
		spec := tunnels.Spec{ID: "t", Target: tunnels.Target{Kind: tunnels.KindPod, Name: "web"}, Mappings: []tunnels.Mapping{{Local: 80, Remote: tunnels.Port{Number: 80}}}}
		if err := errors.Join(m.Put(spec), m.Start(t.Context(), "t")); err != nil {
			t.Fatal(err)
		}
		began := time.Now()
		m.Close()
		if d := time.Since(began); d > 2*time.Second {
			t.Errorf("Close took %v", d)
		}
		close(stuck)
	})
}

func TestFault61StopDuringTransfer(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		c := t.dial(v4)
		t.echoOn(c)
		s := t.cluster.Last()
		began := time.Now()
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		if d := time.Since(began); d > time.Second {
			t.Errorf("took %v", d)
		}
		if err := readErr(c); err == nil {
			t.Error("the connection lives on")
		}
		if _, err := t.net.Dial(netip.MustParseAddrPort(v4)); err == nil {
			t.Error("the port is still bound")
		}
		<-s.Done()
		if st := t.want(tunnels.Stopped, ""); len(st.Bound) != 0 || st.Conns != 0 {
			t.Errorf("stopped as %+v", st)
		}
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Errorf("stopping twice: %v", err)
		}
	})
}

func TestPutOnARunningTunnel(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run(":80")
		first := t.addrs("t")
		c := t.dial(first[0].String())
		t.echoOn(c)
		t.put("t", ":80", func(s *tunnels.Spec) { s.Name = "renamed" })
		t.echoOn(c)
		t.put("t", ":80 9000:81")
		if err := readErr(c); err == nil {
			t.Error("a connection outlived the change of its tunnel")
		}
		t.want(tunnels.Ready, "")
		if now := t.addrs("t"); len(now) != 4 || now[0] != first[0] {
			t.Errorf("bound to %v, then to %v", first, now)
		}
		if err := t.Put(tunnels.Spec{ID: "t"}); err == nil {
			t.Error("an empty spec was taken")
		}
		t.want(tunnels.Ready, "")
	})
}

func TestClosedManager(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.Close()
		if err := t.Start(t.Context(), "t"); err == nil {
			t.Error("a closed manager started a tunnel")
		}
		if st := t.status("t"); st.State != tunnels.Stopped {
			t.Errorf("the tunnel is %v", st.State)
		}
		t.events = nil
		t.Manager = tunnels.NewManager(t.cluster, tunnels.Options{})
	})
}

func TestWatchCoalesces(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		ctx, cancel := context.WithCancel(t.Context())
		var mu sync.Mutex
		var told []tunnels.Status
		done := make(chan struct{})
		go func() {
			defer close(done)
			t.Watch(ctx, func(s tunnels.Snapshot) {
				mu.Lock()
				defer mu.Unlock()
				told = append(told, s[0])
			})
		}()
		calls := func() (int, tunnels.Status) {
			synctest.Wait()
			mu.Lock()
			defer mu.Unlock()
			return len(told), told[len(told)-1]
		}
		if n, last := calls(); n != 1 || last.State != tunnels.Ready {
			t.Fatalf("%d calls, %v", n, last.State)
		}
		for range 100 {
			t.echo(v4)
			time.Sleep(10 * time.Millisecond)
		}
		if n, _ := calls(); n < 10 || n > 25 {
			t.Errorf("%d calls in a second of change", n)
		}
		c := t.dial(v4)
		t.echoOn(c)
		time.Sleep(2 * time.Second)
		before, last := calls()
		if last.In != 505 || last.Conns != 1 {
			t.Errorf("last told of %d bytes on %d connections", last.In, last.Conns)
		}
		time.Sleep(8 * time.Second)
		t.echoOn(c)
		time.Sleep(1100 * time.Millisecond)
		n, last := calls()
		if last.In != 510 || n > before+10 { // pings of a few sessions are among them
			t.Errorf("%d calls, last told of %d bytes", n-before, last.In)
		}
		c.Close()
		cancel()
		<-done
	})
}

func TestEventsAreInOrder(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run("80")
		t.echo(v4)
		time.Sleep(3 * time.Second)
		t.cluster.Cut(errors.New("cut"))
		t.want(tunnels.Ready, "")
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		t.Close()
		var got bytes.Buffer
		for _, e := range t.events {
			switch e.Kind {
			case tunnels.EventState:
				// How often it is starting for another reason is a matter of who is faster.
				if text := fmt.Sprintf("%v ", e.State); e.State != tunnels.Starting || !strings.HasSuffix(got.String(), text) {
					got.WriteString(text)
				}
			case tunnels.EventBound:
				fmt.Fprintf(&got, "bound:%v ", e.Addr)
			case tunnels.EventConn:
				fmt.Fprintf(&got, "conn:%v ", e.Mapping)
			case tunnels.EventSession:
				got.WriteString("session ")
			case tunnels.EventLost:
				fmt.Fprintf(&got, "lost(%v) ", e.Err)
			default:
				t.Errorf("event %+v", e)
			}
		}
		const want = "starting bound:127.0.0.1:80 bound:[::1]:80 starting ready session conn:80 " +
			"reconnecting lost(session to web: cut) reconnecting ready session stopped "
		if s := got.String(); s != want {
			t.Errorf("got  %s\nwant %s", s, want)
		}
		t.Manager = tunnels.NewManager(t.cluster, tunnels.Options{})
	})
}
