package tunnels_test

import (
	"errors"
	"net/netip"
	"slices"
	"strings"
	"syscall"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
)

// named is what a service means whose port http has a number, and which sends it
// to port 80 of its pods.
func named(number uint16, pods ...tunnels.Endpoint) tunnels.Resolution {
	http := tunnels.Port{Name: "http"}
	for _, e := range pods {
		e.Ports[http] = tunnels.PortResult{Number: 80}
	}
	r := tunnels.Resolution{Endpoints: pods}
	if number != 0 {
		r.Locals = map[tunnels.Port]uint16{http: number}
	}
	return r
}

func TestSamePortIsBoundOnceItIsKnownAndKept(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.runOn(tunnels.PolicySticky, "http :81")
		if st := t.want(tunnels.Starting, ""); len(st.Bound) != 2 || len(st.Unbound) != 0 {
			t.Fatalf("before anything is known it listens on %v, and not on %v", st.Bound, st.Unbound)
		}
		t.cluster.SetFound(nil, named(8000))
		synctest.Wait()
		if got := t.addrs("t"); !slices.Contains(got, netip.MustParseAddrPort("[::1]:8000")) || len(got) != 4 {
			t.Fatalf("without a pod it listens on %v", got)
		}
		c := t.dial("127.0.0.1:8000") // it waits
		t.cluster.SetFound(nil, named(8000, pod("1")))
		t.echoOn(c)
		t.cluster.SetFound(nil, named(9000, pod("1")))
		synctest.Wait()
		t.echo("127.0.0.1:8000")
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		t.start("t")
		t.echo("127.0.0.1:8000")
		t.put("t", "http :81", func(s *tunnels.Spec) {
			s.Target = tunnels.Target{Kind: tunnels.KindService, Name: "other"}
		})
		synctest.Wait()
		t.echo("127.0.0.1:9000") // another target may have another number
	})
}

func TestSamePortThatIsTaken(t *testing.T) {
	tests := map[string]struct {
		mappings string
		taken    error
		state    tunnels.State
		text     string
	}{
		"by another program": {"http", syscall.EADDRINUSE, tunnels.NeedsUser, "another program uses port 8000"},
		"by the tunnel":      {"8000:80 http", nil, tunnels.NeedsUser, "another port of this tunnel"},
		"for administrators": {"http", syscall.EACCES, tunnels.NeedsUser, "only administrators"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				for _, a := range []string{"127.0.0.1", "::1"} {
					t.net.Fail(netip.MustParseAddr(a), tt.taken)
				}
				t.cluster.SetFound(nil, named(8000, pod("1")))
				t.runOn(tunnels.PolicySticky, tt.mappings)
				st := t.want(tt.state, "")
				if st.Err == nil || !strings.Contains(st.Err.Error(), tt.text) {
					t.Fatalf("the trouble is %v", st.Err)
				}
				for _, a := range []string{"127.0.0.1", "::1"} {
					t.net.Fail(netip.MustParseAddr(a), nil)
				}
				if errors.Is(tt.taken, syscall.EADDRINUSE) {
					time.Sleep(5 * time.Second) // it is tried again
					t.want(tunnels.Ready, "")
					t.echo("127.0.0.1:8000")
				}
			})
		})
	}
}
