package tunnels_test

import (
	"context"
	"errors"
	"maps"
	"net"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
)

func mapping(t *testing.T, s string) tunnels.Mapping {
	t.Helper()
	m, err := tunnels.ParseMapping(s)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

// take makes another program listen.
func (t *bench) take(addr string) net.Listener {
	t.Helper()
	l, err := t.net.Listen(t.Context(), netip.MustParseAddrPort(addr))
	if err != nil {
		t.Fatal(err)
	}
	return l
}

func (t *bench) wantAddrs(want ...string) {
	t.Helper()
	synctest.Wait()
	var got []string
	for _, a := range t.addrs("t") {
		got = append(got, a.String())
	}
	if !slices.Equal(got, want) {
		t.Errorf("it listens on %v, want %v", got, want)
	}
}

func TestStartOn(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		m := mapping(t.T, "80")
		t.put("t", "80")
		if err := t.StartOn(t.Context(), "t", map[tunnels.Mapping]uint16{m: 5433}); err != nil {
			t.Fatal(err)
		}
		st := t.want(tunnels.Ready, "")
		t.wantAddrs("127.0.0.1:5433", "[::1]:5433")
		if st.Spec.Mappings[0] != m || !maps.Equal(st.Instead, map[tunnels.Mapping]uint16{m: 5433}) || st.Bound[0].Mapping != m {
			t.Errorf("%+v", st)
		}
		t.echo("127.0.0.1:5433")
		t.put("t", "80", func(s *tunnels.Spec) { s.Name = "a new name" })
		t.wantAddrs("127.0.0.1:5433", "[::1]:5433")
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		if st := t.status("t"); st.Instead != nil {
			t.Errorf("stopped, with %v", st.Instead)
		}
		t.start("t")
		t.wantAddrs(v4, v6)
	})
}

// TestStartOnWhileRunning: only the listeners change.
func TestStartOnWhileRunning(t *testing.T) {
	inBubble(t, func(t *bench) {
		busy := t.take("127.0.0.1:80")
		defer busy.Close()
		also := t.take("[::1]:80")
		defer also.Close()
		t.cluster.SetPods(nil, pod("1"))
		t.run("80 :81")
		t.want(tunnels.NeedsUser, "port busy")
		any1 := t.addrs("t")[0]
		c, err := t.net.Dial(any1)
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		synctest.Wait()
		dialed := t.cluster.Dialed()
		use := func(port uint16) {
			t.Helper()
			if err := t.StartOn(t.Context(), "t", map[tunnels.Mapping]uint16{mapping(t.T, "80"): port}); err != nil {
				t.Fatal(err)
			}
		}
		use(8081)
		t.want(tunnels.Ready, "")
		t.wantAddrs("127.0.0.1:8081", "[::1]:8081", any1.String(), netip.AddrPortFrom(netip.IPv6Loopback(), any1.Port()).String())
		use(8082)
		use(8082)
		t.want(tunnels.Ready, "")
		t.wantAddrs("127.0.0.1:8082", "[::1]:8082", any1.String(), netip.AddrPortFrom(netip.IPv6Loopback(), any1.Port()).String())
		t.echo("127.0.0.1:8082")
		if _, err := t.net.Dial(netip.MustParseAddrPort("127.0.0.1:8081")); err == nil {
			t.Error("8081 is still bound")
		}
		if _, err := c.Write([]byte("x")); err != nil {
			t.Errorf("the connection to the other port: %v", err)
		}
		if n := t.cluster.Dialed(); n != dialed {
			t.Errorf("%d sessions after %d", n, dialed)
		}

		// What is taken, too, is state, and tried again.
		other := t.take("127.0.0.1:8083")
		use(8083)
		if st := t.want(tunnels.Degraded, ""); len(st.Unbound) != 1 || st.Unbound[0].Addr.Port() != 8083 {
			t.Errorf("%+v", st.Unbound)
		}
		other.Close()
		t.pass(6 * time.Second)
		t.want(tunnels.Ready, "")

		// Back to what the spec says.
		busy.Close()
		also.Close()
		use(80)
		if st := t.want(tunnels.Ready, ""); st.Instead != nil || st.Bound[0].Addr.String() != v4 {
			t.Errorf("%+v", st)
		}
	})
}

// TestStartOnKeepsTheRandomPort: a stand-in is not remembered.
func TestStartOnKeepsTheRandomPort(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run(":80")
		before := t.addrs("t")
		if err := t.StartOn(t.Context(), "t", map[tunnels.Mapping]uint16{mapping(t.T, ":80"): 9999}); err != nil {
			t.Fatal(err)
		}
		t.wantAddrs("127.0.0.1:9999", "[::1]:9999")
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		t.start("t")
		if got := t.addrs("t"); !slices.Equal(got, before) {
			t.Errorf("it listens on %v, before on %v", got, before)
		}
	})
}

func TestStartOnWhatCannotBe(t *testing.T) {
	tests := map[string]struct {
		id    tunnels.ID
		local map[string]uint16
	}{
		"no such tunnel":          {"other", nil},
		"not a mapping of it":     {"t", map[string]uint16{"8080:80": 5433}},
		"any port":                {"t", map[string]uint16{"80": 0}},
		"that of another mapping": {"t", map[string]uint16{"80": 6000}},
		"twice the same":          {"t", map[string]uint16{"80": 5433, "6000:81": 5433}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				t.put("t", "80 6000:81")
				local := make(map[tunnels.Mapping]uint16)
				for s, port := range tt.local {
					local[mapping(t.T, s)] = port
				}
				e := tunnels.AsError(t.StartOn(t.Context(), tt.id, local))
				if e == nil || e.Cause != tunnels.CauseInvalid {
					t.Errorf("%v", e)
				}
				t.want(tunnels.Stopped, "")
			})
		})
	}
}

// TestBusyPortIsTakenWhenFree: within 5 s by itself, and at once when asked to.
func TestBusyPortIsTakenWhenFree(t *testing.T) {
	for name, kick := range map[string]bool{"by itself": false, "when asked to": true} {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				four, six := t.take(v4), t.take(v6)
				t.cluster.SetPods(nil, pod("1"))
				t.run("80")
				t.want(tunnels.NeedsUser, "port busy")
				t.pass(time.Minute + time.Second)
				four.Close()
				six.Close()
				if kick {
					t.Kick("t")
				} else {
					t.pass(5 * time.Second)
				}
				t.want(tunnels.Ready, "")
				t.echo(v4)
			})
		})
	}
}

func TestNextFree(t *testing.T) {
	tests := map[string]struct {
		listen []string
		taken  []string
		fail   map[string]error
		from   uint16
		want   uint16 // 0: an error of the cause
		cause  tunnels.Cause
	}{
		"free":                         {from: 5433, want: 5433},
		"taken in one family":          {taken: []string{"127.0.0.1:5433", "[::1]:5434"}, from: 5433, want: 5435},
		"named by a tunnel":            {from: 8000, want: 8002},
		"one address only":             {listen: []string{"127.0.0.1"}, taken: []string{"[::1]:5433"}, from: 5433, want: 5433},
		"a machine without IPv6":       {fail: map[string]error{"::1": syscall.EADDRNOTAVAIL}, from: 5433, want: 5433},
		"from nothing":                 {from: 0, want: 1},
		"the last":                     {from: 65535, want: 65535},
		"none left":                    {taken: []string{"127.0.0.1:65535"}, from: 65535, cause: tunnels.CausePortBusy},
		"not an address of ours":       {listen: []string{"192.0.2.1"}, fail: map[string]error{"192.0.2.1": syscall.EADDRNOTAVAIL}, from: 5433, cause: tunnels.CauseNoAddress},
		"no address at all":            {listen: []string{"somewhere"}, from: 5433, cause: tunnels.CauseInvalid},
		"all need rights that we lack": {fail: map[string]error{"127.0.0.1": syscall.EACCES}, from: 1, cause: tunnels.CausePortBusy},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				t.put("a", "8000:80")
				t.put("b", "8001:80")
				for _, a := range tt.taken {
					defer t.take(a).Close()
				}
				for a, err := range tt.fail {
					t.net.Fail(netip.MustParseAddr(a), err)
				}
				got, err := t.NextFree(t.Context(), tt.listen, tt.from)
				e := tunnels.AsError(err)
				if got != tt.want || (e == nil) != (tt.want != 0) || e != nil && e.Cause != tt.cause {
					t.Errorf("%d, %v; want %d", got, err, tt.want)
				}
			})
		})
	}
}

func TestNextFreeOfTheMachine(t *testing.T) {
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	taken := l.Addr().(*net.TCPAddr).AddrPort().Port()
	m := tunnels.NewManager(nil, tunnels.Options{})
	defer m.Close()
	got, err := m.NextFree(t.Context(), nil, taken)
	if err != nil || got <= taken {
		t.Errorf("%d, %v; %d is taken", got, err, taken)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := m.NextFree(ctx, nil, taken); !errors.Is(err, context.Canceled) {
		t.Errorf("%v after it was cancelled", err)
	}
}

// TestPutOfLocalPorts: who saves another number keeps the connections.
func TestPutOfLocalPorts(t *testing.T) {
	inBubble(t, func(t *bench) {
		busy := t.take(v4)
		also := t.take(v6)
		t.cluster.SetPods(nil, pod("1"))
		t.run("80 8081:81")
		t.want(tunnels.NeedsUser, "port busy")
		if err := t.StartOn(t.Context(), "t", map[tunnels.Mapping]uint16{mapping(t.T, "80"): 5433, mapping(t.T, "8081:81"): 5434}); err != nil {
			t.Fatal(err)
		}
		t.want(tunnels.Ready, "")
		c, err := t.net.Dial(netip.MustParseAddrPort("127.0.0.1:5433"))
		if err != nil {
			t.Fatal(err)
		}
		defer c.Close()
		synctest.Wait()
		dialed := t.cluster.Dialed()

		t.put("t", "5433:80 8081:81") // the first one is saved, the second one stands in still
		st := t.want(tunnels.Ready, "")
		t.wantAddrs("127.0.0.1:5433", "[::1]:5433", "127.0.0.1:5434", "[::1]:5434")
		if st.Bound[0].Mapping != mapping(t.T, "5433:80") || len(st.Instead) != 1 || st.Instead[mapping(t.T, "8081:81")] != 5434 {
			t.Errorf("%+v, instead %v", st.Bound, st.Instead)
		}
		d, err := t.net.Dial(netip.MustParseAddrPort("127.0.0.1:5433"))
		if err != nil {
			t.Fatal(err)
		}
		defer d.Close()
		synctest.Wait()
		if conns := t.Connections("t"); len(conns) != 2 || conns[1].Mapping != mapping(t.T, "5433:80") {
			t.Errorf("%+v", conns)
		}

		t.put("t", "6000:80 5433:81") // one takes what the other one leaves
		t.want(tunnels.Ready, "")
		t.wantAddrs("127.0.0.1:6000", "[::1]:6000", "127.0.0.1:5433", "[::1]:5433")
		t.echo("127.0.0.1:6000")
		if _, err := c.Write([]byte("x")); err != nil || t.cluster.Dialed() != dialed {
			t.Errorf("the connection: %v; %d sessions after %d", err, t.cluster.Dialed(), dialed)
		}

		t.put("t", "80 5433:81") // taken: as at a start
		t.want(tunnels.NeedsUser, "port busy")
		busy.Close()
		also.Close()
		t.pass(6 * time.Second)
		t.want(tunnels.Ready, "")
		t.echo(v4)
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		t.start("t")
		t.wantAddrs(v4, v6, "127.0.0.1:5433", "[::1]:5433")
	})
}
