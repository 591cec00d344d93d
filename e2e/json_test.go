package e2e

import (
	"encoding/json"
	"net/netip"
	"syscall"
	"testing"
)

// event is a line of `culvert forward -o json`, as far as scripts care most.
type event struct {
	Event, State, Target, Namespace string
	Bound                           []struct {
		Address      string
		Port, Remote uint16
	}
}

func TestJSON(t *testing.T) {
	p := command(t, "forward", "-o", "json", "podsrv", ":9006")
	var ready event
	p.await(t, "a line with the state ready", func(out, _ []string) bool {
		for _, line := range out {
			var e event
			if err := json.Unmarshal([]byte(line), &e); err != nil {
				t.Fatalf("%q is not a JSON object: %v", line, err)
			}
			if e.Event == "state" && e.State == "ready" {
				ready = e
				return true
			}
		}
		return false
	})
	if ready.Target != "pod/podsrv" || ready.Namespace != "default" {
		t.Errorf("the line is about %s in %q, want pod/podsrv in default", ready.Target, ready.Namespace)
	}
	var addrs []netip.AddrPort
	for _, b := range ready.Bound {
		addr, err := netip.ParseAddr(b.Address)
		if err != nil {
			t.Fatal(err)
		}
		addrs = append(addrs, netip.AddrPortFrom(addr, b.Port))
		wantPage(t, addrs[len(addrs)-1], "podsrv")
	}
	wantBothFamilies(t, addrs)
	p.interrupt(t, syscall.SIGTERM)
}
