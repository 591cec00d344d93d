package ui

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/exchange"
	"culvert/tunnels/profiles"
)

// foundTunnel is a tunnel that was found, and in which file.
type foundTunnel struct {
	exchange.Proposal
	file string
}

// foundTunnels are all tunnels that were found, in their order.
func foundTunnels(found []exchange.Found) []foundTunnel {
	var out []foundTunnel
	for _, f := range found {
		for _, p := range f.Proposals {
			out = append(out, foundTunnel{p, f.Name})
		}
	}
	return out
}

// takePlan is what the user has decided of what was found.
type takePlan struct {
	ticks    map[int]bool      // which tunnels are added, where the user has said so
	local    map[int]bool      // these listen on this computer only
	contexts map[string]string // the contexts that are meant by ones that are not known
	profile  string            // ID of the profile in which they are kept; empty for a new one
	name     string            // of the new one
}

func newTakePlan(profile string) takePlan {
	return takePlan{ticks: make(map[int]bool), local: make(map[int]bool), contexts: make(map[string]string), profile: profile}
}

// named gives the new profile a name that no other has: the one that the tunnels had
// where they come from, or that of their file.
func (p takePlan) named(items []foundTunnel, found []exchange.Found, list []profiles.Profile) takePlan {
	name := ""
	for i, it := range items {
		if it.Profile == "" || i > 0 && it.Profile != name {
			name = ""
			break
		}
		name = it.Profile
	}
	if name == "" && len(found) == 1 {
		name = strings.TrimSuffix(found[0].Name, filepath.Ext(found[0].Name))
		name = strings.TrimSuffix(strings.TrimPrefix(name, "."), ".culvert")
	}
	if r := []rune(name); len(r) > mostNameLetters {
		name = string(r[:mostNameLetters])
	}
	if name = strings.TrimSpace(name); !strings.ContainsFunc(name, isLetterOrDigit) {
		name = lang.L("Imported")
	}
	p.name = name
	for n := 2; nameComplaint(p.name, "", list) != "" && n < 100; n++ {
		p.name = lang.L("{{.Name}} {{.N}}", vars{"Name": name, "N": n})
	}
	return p
}

// planned are the tunnels as they would be.
func (p takePlan) planned(items []foundTunnel) []exchange.Proposal {
	out := make([]exchange.Proposal, len(items))
	for i, it := range items {
		out[i] = it.Proposal
		s := &out[i].Spec
		if c, ok := p.contexts[s.Target.Context]; ok {
			s.Target.Context = c
		}
		if p.local[i] {
			s.Listen = onlyHere(s.Listen)
		}
	}
	return out
}

// onlyHere are the addresses of a tunnel that other computers cannot reach; none means
// localhost.
func onlyHere(listen []string) []string {
	var out []string
	for _, a := range listen {
		if ips := tunnels.ListenAddrs([]string{a}); len(ips) > 0 && !slices.ContainsFunc(ips, notLoopback) {
			out = append(out, a)
		}
	}
	return out
}

// added are the specs that would be added, with new IDs.
func (p takePlan) added(items []foundTunnel, verdicts []exchange.Verdict) []tunnels.Spec {
	var out []tunnels.Spec
	for i, proposal := range p.planned(items) {
		if p.takes(i, proposal, verdicts[i]) {
			s := proposal.Spec
			s.ID = tunnels.NewID()
			out = append(out, s)
		}
	}
	return out
}

// takes says whether a tunnel is to be added.
func (p takePlan) takes(i int, proposal exchange.Proposal, v exchange.Verdict) bool {
	if !proposal.Usable() {
		return false
	}
	if on, said := p.ticks[i]; said {
		return on
	}
	return v.Choose
}

// unknown are the contexts that there are not, sorted, with how many tunnels want
// them.
func unknown(items []foundTunnel, verdicts []exchange.Verdict, mapped map[string]string) (names []string, count map[string]int) {
	count = make(map[string]int)
	for i, it := range items {
		c := it.Spec.Target.Context
		if _, chosen := mapped[c]; it.Usable() && c != "" && (chosen || verdicts[i].Unknown != "") {
			count[c]++
		}
	}
	return slices.Sorted(maps.Keys(count)), count
}
