package cli

import (
	"cmp"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"culvert/tunnels"
)

// addresses are what --address asks for.
type addresses struct {
	listen []string              // as a spec has it, each once
	spelt  map[netip.Addr]string // how the user writes them
}

// parseAddresses reads values of --address, and puts them into the order in which kubectl
// listens on them. Those that are no addresses are left to
// [tunnels.Spec.Validate].
func parseAddresses(values []string) addresses {
	a := addresses{spelt: make(map[netip.Addr]string)}
	for _, v := range values {
		v = strings.TrimSpace(v)
		addr, err := netip.ParseAddr(v)
		if err != nil {
			if !slices.Contains(a.listen, v) {
				a.listen = append(a.listen, v)
			}
			continue
		}
		addr = addr.Unmap()
		if _, again := a.spelt[addr]; !again {
			a.spelt[addr] = v
			a.listen = append(a.listen, addr.String())
		}
	}
	slices.SortFunc(a.listen, func(x, y string) int { return strings.Compare(a.spelling(x), a.spelling(y)) })
	return a
}

// host returns an address as the user writes it.
func (a addresses) host(addr netip.Addr) string {
	if s := a.spelt[addr]; s != "" {
		return s
	}
	return addr.String()
}

// spelling is host for what a spec has.
func (a addresses) spelling(listen string) string {
	if addr, err := netip.ParseAddr(listen); err == nil {
		return a.host(addr)
	}
	return listen
}

// text returns what is listened on as kubectl writes it.
func (a addresses) text(addr netip.AddrPort) string {
	return net.JoinHostPort(a.host(addr.Addr()), strconv.Itoa(int(addr.Port())))
}

// sort puts what is listened on into the order in which kubectl tells of it: the
// mappings as they were given, and of each the addresses by their letters.
func (a addresses) sort(bound []tunnels.Bound, order []tunnels.Mapping) {
	slices.SortStableFunc(bound, func(x, y tunnels.Bound) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, x.Mapping), slices.Index(order, y.Mapping)),
			strings.Compare(a.host(x.Addr.Addr()), a.host(y.Addr.Addr())),
		)
	})
}
