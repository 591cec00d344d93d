package cli

import (
	"fmt"
	"net"
	"net/netip"
	"strconv"
	"strings"

	"culvert/tunnels"
)

// variable is one that tells a program where a tunnel is.
type variable struct{ name, value string }

// envPrefix begins the names of all variables.
const envPrefix = "CULVERT_"

// variables returns the environment that tells of tunnels' addresses, in their order.
// For each mapping that is listened on there are CULVERT_NAME_REMOTE_ADDR, _HOST and
// _PORT, and for the first also CULVERT_NAME_ADDR, _HOST and _PORT. It is an error
// when two tunnels would have the same variable.
func variables(statuses []tunnels.Status) ([]variable, error) {
	var out []variable
	owner := make(map[string]tunnels.Spec)
	for _, st := range statuses {
		for _, v := range variablesOf(st) {
			other, taken := owner[v.name]
			switch {
			case taken && other.ID == st.Spec.ID:
				continue // two mappings to one port: the first counts
			case taken:
				return nil, &tunnels.Error{
					Err: fmt.Errorf("the tunnels %s and %s would both be %s in the environment",
						quote(other.Title()), quote(st.Spec.Title()), v.name),
					Hint:  "Give one of them another name.",
					Cause: tunnels.CauseInvalid, Permanent: true,
				}
			}
			owner[v.name] = st.Spec
			out = append(out, v)
		}
	}
	return out, nil
}

// variablesOf returns the variables of one tunnel; some may be there twice.
func variablesOf(st tunnels.Status) []variable {
	var out []variable
	base := envPrefix + envName(st.Spec.Title())
	first := true
	for _, m := range st.Spec.Mappings {
		addr, ok := addressOf(st, m)
		if !ok {
			first = false // what is missing is not another's
			continue
		}
		if first {
			out = append(out, threeOf(base, addr)...)
			first = false
		}
		out = append(out, threeOf(base+"_"+envName(m.Remote.String()), addr)...)
	}
	return out
}

func threeOf(base string, addr netip.AddrPort) []variable {
	host, port := addr.Addr().String(), strconv.Itoa(int(addr.Port()))
	return []variable{{base + "_ADDR", net.JoinHostPort(host, port)}, {base + "_HOST", host}, {base + "_PORT", port}}
}

// envName puts a name in capitals, with an underscore for whatever else is not a
// letter from A to Z or a digit.
func envName(s string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z':
			return r - 'a' + 'A'
		case r >= 'A' && r <= 'Z', r >= '0' && r <= '9':
			return r
		}
		return '_'
	}, s)
}

// addressOf returns where a program on this machine reaches a mapping: the first
// address that is listened on. All addresses at once are those of this machine too.
func addressOf(st tunnels.Status, m tunnels.Mapping) (netip.AddrPort, bool) {
	for _, b := range st.Bound {
		if b.Mapping == m {
			return netip.AddrPortFrom(tunnels.Reachable(b.Addr.Addr()), b.Addr.Port()), true
		}
	}
	return netip.AddrPort{}, false
}
