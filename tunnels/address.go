package tunnels

import (
	"net/netip"
	"slices"
)

// ListenAddrs returns the addresses that Spec.Listen means, in its order: "localhost",
// or nothing, stands for both loopback addresses. What is no address is left out, see
// [ValidateListen].
func ListenAddrs(listen []string) []netip.Addr {
	if len(listen) == 0 {
		return []netip.Addr{loopback4, loopback6}
	}
	var out []netip.Addr
	for _, l := range listen {
		if l == Localhost {
			out = append(out, loopback4, loopback6)
		} else if a, err := netip.ParseAddr(l); err == nil {
			out = append(out, a.Unmap())
		}
	}
	return out
}

// Exposed returns those of Spec.Listen on which other computers can connect.
func Exposed(listen []string) []string {
	return slices.DeleteFunc(slices.Clone(listen), func(l string) bool {
		a, err := netip.ParseAddr(l)
		return err != nil || a.Unmap().IsLoopback()
	})
}

// Overlap says whether who listens on a port of one address keeps others from
// listening on it on the other address.
func Overlap(a, b netip.Addr) bool {
	return a == b || a.Is4() == b.Is4() && (a.IsUnspecified() || b.IsUnspecified())
}

// Reachable is the address by which this machine reaches one that is listened on.
func Reachable(a netip.Addr) netip.Addr {
	switch {
	case !a.IsUnspecified():
		return a
	case a.Is4():
		return loopback4
	}
	return loopback6
}
