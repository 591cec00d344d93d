package kube

import (
	"slices"
	"strings"

	"culvert/tunnels"
)

// told is an answer to whether something may be done.
type told uint8

const (
	toldNo told = iota
	toldNothing
	toldYes
)

func (c *Check) told() told {
	switch {
	case c.Err != nil:
		return toldNothing
	case c.Allowed:
		return toldYes
	}
	return toldNo
}

// allOf is the answer for several rights that are needed together.
func allOf(checks []*Check) told {
	answer := toldYes
	for _, c := range checks {
		answer = min(answer, c.told())
	}
	return answer
}

// judge fills in what follows from the answers for a server of a version.
func (p *plan) judge(a *Access, v version) {
	verdict := toldYes
	var lacks []string
	for _, part := range append([]part{p.sessions(v)}, p.parts...) {
		answer := part.judge()
		verdict = min(verdict, answer)
		if answer == toldNo {
			lacks = append(lacks, missing(part.ways[0]))
		}
		for _, b := range part.better {
			if text := missing(b.rights); text != "" {
				a.Limits = append(a.Limits, b.limit+": "+text)
			}
		}
	}
	target := p.target.String() + " in namespace " + clean(p.target.Namespace, mostText)
	switch verdict {
	case toldYes:
		a.Verdict, a.Reason = VerdictYes, target+" can be forwarded to"
		if len(a.Limits) > 0 {
			a.Reason = target + " can be forwarded to, with limits"
		}
	case toldNothing:
		a.Verdict, a.Reason = VerdictUnknown, "whether "+target+" can be forwarded to could not be checked"
		if i := slices.IndexFunc(p.checks, func(c *Check) bool { return c.Err != nil }); i >= 0 {
			a.Reason += ": " + p.checks[i].Err.Err.Error()
		}
	case toldNo:
		a.Verdict, a.Reason = VerdictNo, p.target.String()+" cannot be forwarded to: "+strings.Join(lacks, ", and ")
		a.Limits = nil
		if v.isUnknown() && p.via != tunnels.ViaNode && p.via != tunnels.ViaSPDY && p.checks[0].told() == toldNo && p.checks[1].told() != toldNo {
			a.Limits = []string{unknownVersion}
		}
	}
	if p.via == tunnels.ViaWebSocket && v.before(31) {
		a.Verdict, a.Limits = VerdictNo, nil
		a.Reason = cannot(p.target) + " over WebSocket: Kubernetes " + v.String() + " has no such tunnel, 1.31 and newer have"
	}
	for _, c := range p.checks {
		a.Checks = append(a.Checks, *c)
	}
}

const unknownVersion = "the server does not tell its version: it is taken for Kubernetes 1.35 or newer, " +
	"where a WebSocket needs the right to create pods/portforward, too"

// sessions returns the part of the transport, which takes more rights since
// Kubernetes 1.35: the verb of a WebSocket's request is get.
func (p *plan) sessions(v version) part {
	if p.via == tunnels.ViaNode {
		return part{ways: [][]*Check{{p.checks[0]}}}
	}
	create, get := p.checks[0], p.checks[1]
	onlySPDY := bonus{[]*Check{get}, "it works over SPDY only, which some proxies do not let through"}
	getIsEnough := v.before(35) && !v.before(31)
	switch {
	case p.via == tunnels.ViaSPDY, v.before(31):
		return part{ways: [][]*Check{{create}}}
	case p.via == tunnels.ViaWebSocket && getIsEnough:
		return part{ways: [][]*Check{{get}}}
	case p.via == tunnels.ViaWebSocket:
		return part{ways: [][]*Check{{create, get}}}
	case getIsEnough:
		return part{
			ways:   [][]*Check{{create}, {get}},
			better: []bonus{{[]*Check{create}, "it works over WebSocket only, which is slower"}, onlySPDY},
		}
	}
	return part{ways: [][]*Check{{create}}, better: []bonus{onlySPDY}}
}

// judge returns whether one of the ways is open, and says of each right how much
// it is needed.
func (p part) judge() told {
	best, open := toldNo, 0
	for _, way := range p.ways {
		answer := allOf(way)
		best = max(best, answer)
		if answer != toldNo {
			open++
		}
	}
	for _, way := range p.ways {
		need := NeedOne
		switch {
		case len(p.ways) == 1, open == 1 && allOf(way) != toldNo:
			need = NeedAll
		case open == 1:
			need = NeedImproves
		}
		for _, c := range way {
			c.Need = need
		}
	}
	return best
}

// missing says which rights are denied, as "you may not list pods in namespace
// team-a"; it is empty when none is.
func missing(checks []*Check) string {
	var out []string
	for _, c := range checks {
		if c.told() == toldNo {
			out = append(out, c.String())
		}
	}
	if len(out) == 0 {
		return ""
	}
	return "you may not " + strings.Join(out, " and not ")
}

func cannot(t tunnels.Target) string { return t.String() + " cannot be forwarded to" }
