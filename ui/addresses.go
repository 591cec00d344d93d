package ui

import (
	"net/netip"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
)

// address is one local address of a tunnel, as shown.
type address struct {
	text    string // as "127.0.0.1:6000" or "[::1]:6000"
	bound   bool   // it can be connected to; only then is it worth copying
	random  bool   // the number was chosen for the user
	trouble string // in a word why it is not bound, as "busy"; empty while stopped
	err     *tunnels.Error
	mapping tunnels.Mapping
	family  int // 4 or 6; 0 when not known
}

// addressesOf lists all addresses of a tunnel, those with random numbers first,
// else in the order of the mappings.
func addressesOf(st tunnels.Status) []address {
	var random, fixed []address
	put := func(a address) {
		a.random = a.mapping.Local == tunnels.AnyPort
		if a.random {
			random = append(random, a)
		} else {
			fixed = append(fixed, a)
		}
	}
	for _, m := range st.Spec.Mappings {
		known := false
		for _, b := range st.Bound {
			if b.Mapping == m {
				known = true
				put(address{text: b.Addr.String(), bound: true, mapping: m, family: familyOf(b.Addr)})
			}
		}
		for _, u := range st.Unbound {
			if u.Mapping == m {
				known = true
				put(address{text: unboundText(u.Addr), trouble: trouble(u.Err), err: u.Err, mapping: m, family: familyOf(u.Addr)})
			}
		}
		if !known {
			for _, a := range wantedAddresses(st.Spec, m) {
				put(a)
			}
		}
	}
	return append(random, fixed...)
}

func familyOf(a netip.AddrPort) int {
	if a.Addr().Is4() {
		return 4
	}
	return 6
}

func unboundText(a netip.AddrPort) string {
	if a.Port() != 0 {
		return a.String()
	}
	if a.Addr().Is4() {
		return a.Addr().String() + ":…"
	}
	return "[" + a.Addr().String() + "]:…"
}

// wantedAddresses are those that the tunnel will listen on once started.
func wantedAddresses(spec tunnels.Spec, m tunnels.Mapping) []address {
	var out []address
	for _, ip := range tunnels.ListenAddrs(spec.Listen) {
		a := address{mapping: m, family: 6}
		if ip.Is4() {
			a.family = 4
		}
		a.text = unboundText(netip.AddrPortFrom(ip, m.Local.Fixed()))
		out = append(out, a)
	}
	return out
}

func trouble(e *tunnels.Error) string {
	if e == nil {
		return lang.L("not bound")
	}
	switch e.Cause {
	case tunnels.CausePortBusy:
		return lang.L("busy")
	case tunnels.CausePrivileged:
		return lang.L("not allowed")
	case tunnels.CauseNoAddress:
		return lang.L("not here")
	default:
		return lang.L("not bound")
	}
}

// localLine is one of the two lines that a row gives to local addresses.
type localLine struct {
	lead    string // "and " before a second family
	to      string // "→ 9090", the port in the pod, where lines lead to different ones
	text    string
	copy    string // what a click copies; empty when there is nothing to connect to
	random  bool
	trouble string
	plain   bool // words rather than an address
}

// localLines chooses what a row shows of a tunnel's addresses: for one mapping
// both families, for several the first address of each, those with random
// numbers first. more is how many are left to the details, both families of a
// mapping being one.
func localLines(st tunnels.Status, say *phrases) (lines [2]localLine, more int) {
	all := addressesOf(st)
	stopped := st.State == tunnels.Stopped
	show := all
	if len(st.Spec.Mappings) > 1 {
		show = firstOfEach(all)
	}
	for i := range min(2, len(show)) {
		a := show[i]
		l := localLine{text: a.text, random: a.random, trouble: a.trouble}
		if a.bound {
			l.copy = a.text
		}
		if stopped {
			l.trouble = ""
			if a.random {
				l = localLine{text: say.freePort, plain: true}
			}
		}
		if len(st.Spec.Mappings) > 1 {
			l.to = "→ " + a.mapping.Remote.String()
		}
		if i == 1 && len(st.Spec.Mappings) == 1 {
			l.lead, l.random = say.and, false
		}
		lines[i] = l
	}
	if stopped && len(st.Spec.Mappings) == 1 {
		lines[1] = localLine{text: say.notListening, plain: true}
		return lines, 0
	}
	return lines, max(len(show)-2, 0)
}

// firstOfEach keeps one address of each mapping: a bound one where there is one.
func firstOfEach(all []address) []address {
	var out []address
	at := make(map[tunnels.Mapping]int)
	for _, a := range all {
		i, seen := at[a.mapping]
		switch {
		case !seen:
			at[a.mapping] = len(out)
			out = append(out, a)
		case a.bound && !out[i].bound:
			out[i] = a
		}
	}
	return out
}

// firstBound returns the address that copying a whole tunnel means.
func firstBound(st tunnels.Status) (string, bool) {
	for _, a := range addressesOf(st) {
		if a.bound {
			return a.text, true
		}
	}
	return "", false
}

// addressLines are the first bound addresses of tunnels, without those that have
// none.
func addressLines(snap tunnels.Snapshot, ids []tunnels.ID) []string {
	var lines []string
	for _, id := range ids {
		if st, ok := snap.Find(id); ok {
			if addr, bound := firstBound(st); bound {
				lines = append(lines, addr)
			}
		}
	}
	return lines
}

// portsText lists the remote ports, as "5000" or "5000,http".
func portsText(ms []tunnels.Mapping) string {
	s := ""
	seen := make(map[tunnels.Port]bool)
	for _, m := range ms {
		if seen[m.Remote] {
			continue
		}
		seen[m.Remote] = true
		if s != "" {
			s += ","
		}
		s += m.Remote.String()
	}
	return s
}
