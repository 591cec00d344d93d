package exchange

import (
	"net/netip"
	"slices"
	"strings"

	"culvert/tunnels"
)

// Verdict is what stands against taking a proposal in, besides its own problems.
type Verdict struct {
	// Have is the title of a tunnel that is the same, there already or earlier among
	// the proposals; empty for none. Twin says that it is a proposal.
	Have string
	Twin bool
	// Named is whether another tunnel there has the same name.
	Named bool
	// Clashes are the local ports that another tunnel wants too.
	Clashes []Clash
	// Open are the addresses on which other computers could connect.
	Open []string
	// Unknown is the context that there is not; empty for none.
	Unknown string
	// Choose says that the tunnel is to be taken in unless the user says otherwise.
	Choose bool
}

// Clash is a local port that two tunnels want.
type Clash struct {
	Port uint16
	With string // the title of the other one
}

// Judge compares proposals with the tunnels and contexts that there are. The current
// context, which a proposal with none asks for, is always there; while no contexts
// are known, none is unknown.
func Judge(proposals []Proposal, existing []tunnels.Spec, contexts []string) []Verdict {
	j := newJudge(existing, contexts)
	out := make([]Verdict, len(proposals))
	for i, p := range proposals {
		out[i] = j.judge(p)
		if out[i].Have == "" && p.Usable() {
			j.add(p.Spec, true)
		}
	}
	return out
}

// judge knows what there is, and what has been proposed so far.
type judge struct {
	contexts map[string]bool
	names    map[string]bool
	same     map[string]known
	ports    map[uint16][]listener
}

type known struct {
	title    string
	proposed bool
}

// listener is a tunnel that wants a port.
type listener struct {
	title string
	on    []netip.Addr
}

func newJudge(existing []tunnels.Spec, contexts []string) *judge {
	j := &judge{contexts: make(map[string]bool), names: make(map[string]bool), same: make(map[string]known), ports: make(map[uint16][]listener)}
	for _, c := range contexts {
		j.contexts[c] = true
	}
	for _, s := range existing {
		j.names[s.Title()] = true
		j.add(s, false)
	}
	return j
}

func (j *judge) add(s tunnels.Spec, proposed bool) {
	if key := sameness(s); j.same[key].title == "" {
		j.same[key] = known{s.Title(), proposed}
	}
	on := tunnels.ListenAddrs(s.Listen)
	for _, m := range s.Mappings {
		if port := m.Local.Fixed(); port != 0 {
			j.ports[port] = append(j.ports[port], listener{s.Title(), on})
		}
	}
}

func (j *judge) judge(p Proposal) Verdict {
	if !p.Usable() {
		return Verdict{}
	}
	s := p.Spec
	v := Verdict{Named: j.names[s.Title()]}
	if have := j.same[sameness(s)]; have.title != "" {
		v.Have, v.Twin = have.title, have.proposed
	}
	if c := s.Target.Context; c != "" && len(j.contexts) > 0 && !j.contexts[c] {
		v.Unknown = c
	}
	on := tunnels.ListenAddrs(s.Listen)
	for _, a := range on {
		if !a.IsLoopback() {
			v.Open = append(v.Open, a.String())
		}
	}
	if v.Have == "" {
		for _, m := range s.Mappings {
			if other, ok := j.wants(m.Local.Fixed(), on); ok {
				v.Clashes = append(v.Clashes, Clash{m.Local.Fixed(), other})
			}
		}
	}
	v.Choose = v.Have == "" && len(v.Open) == 0 && v.Unknown == ""
	return v
}

// wants returns the title of a tunnel that wants a port on one of the addresses.
func (j *judge) wants(port uint16, on []netip.Addr) (string, bool) {
	if port == 0 {
		return "", false
	}
	for _, l := range j.ports[port] {
		if slices.ContainsFunc(l.on, func(a netip.Addr) bool {
			return slices.ContainsFunc(on, func(b netip.Addr) bool { return tunnels.Overlap(a, b) })
		}) {
			return l.title, true
		}
	}
	return "", false
}

// sameness is equal for two tunnels that do the same: they lead to the same ports of
// the same target, from the same local ports and addresses.
func sameness(s tunnels.Spec) string {
	var parts []string
	for _, m := range s.Mappings {
		parts = append(parts, m.String())
	}
	var on []string
	for _, a := range tunnels.ListenAddrs(s.Listen) {
		on = append(on, a.String())
	}
	slices.Sort(parts)
	slices.Sort(on)
	t := s.Target
	return strings.Join([]string{t.Context, t.Namespace, t.String(), strings.Join(parts, " "), strings.Join(slices.Compact(on), " ")}, "\x00")
}
