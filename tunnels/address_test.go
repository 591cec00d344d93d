package tunnels

import (
	"net/netip"
	"slices"
	"testing"
)

func TestListenAddrs(t *testing.T) {
	addrs := func(texts ...string) (out []netip.Addr) {
		for _, s := range texts {
			out = append(out, netip.MustParseAddr(s))
		}
		return out
	}
	for _, tt := range []struct {
		name    string
		listen  []string
		want    []netip.Addr
		exposed []string
	}{
		{"nothing", nil, addrs("127.0.0.1", "::1"), nil},
		{"localhost", []string{"localhost"}, addrs("127.0.0.1", "::1"), nil},
		{"one of loopback", []string{"127.0.0.2"}, addrs("127.0.0.2"), nil},
		{"all", []string{"0.0.0.0", "::"}, addrs("0.0.0.0", "::"), []string{"0.0.0.0", "::"}},
		{"mapped", []string{"::ffff:10.1.2.3"}, addrs("10.1.2.3"), []string{"::ffff:10.1.2.3"}},
		{"mapped loopback", []string{"::ffff:127.0.0.1"}, addrs("127.0.0.1"), nil},
		{"several", []string{"10.1.2.3", "localhost"}, addrs("10.1.2.3", "127.0.0.1", "::1"), []string{"10.1.2.3"}},
		{"no address", []string{"example"}, nil, nil},
	} {
		t.Run(tt.name, func(t *testing.T) {
			if got := ListenAddrs(tt.listen); !slices.Equal(got, tt.want) {
				t.Errorf("it listens on %v, want %v", got, tt.want)
			}
			if got := Exposed(tt.listen); !slices.Equal(got, tt.exposed) {
				t.Errorf("others connect on %v, want %v", got, tt.exposed)
			}
		})
	}
}

func TestOverlap(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want bool
	}{
		{"127.0.0.1", "127.0.0.1", true},
		{"127.0.0.1", "127.0.0.2", false},
		{"127.0.0.1", "0.0.0.0", true},
		{"::1", "0.0.0.0", false},
		{"::", "::1", true},
	} {
		a, b := netip.MustParseAddr(tt.a), netip.MustParseAddr(tt.b)
		if Overlap(a, b) != tt.want || Overlap(b, a) != tt.want {
			t.Errorf("%s and %s: want %t", a, b, tt.want)
		}
	}
}

func TestReachable(t *testing.T) {
	for from, to := range map[string]string{"0.0.0.0": "127.0.0.1", "::": "::1", "10.1.2.3": "10.1.2.3", "::1": "::1"} {
		if got := Reachable(netip.MustParseAddr(from)); got != netip.MustParseAddr(to) {
			t.Errorf("%s is reached as %s", from, got)
		}
	}
}
