package tunnels

import (
	"cmp"
	"fmt"
	"slices"
)

// usable says whether new connections may go to a pod.
func (e Endpoint) usable() bool { return e.Ready && !e.Terminating }

// pick chooses the endpoint for new connections: the best of those that suit,
// and the one with the UID avoid only where there is no other. ok is false when
// there is none.
func (r *run) pick(c candidates, avoid string) (best Endpoint, ok bool) {
	ranked := r.ranked(c, avoid)
	if len(ranked) == 0 {
		return Endpoint{}, false
	}
	return ranked[0], true
}

// ranked returns the endpoints that suit, the best one first.
func (r *run) ranked(c candidates, avoid string) []Endpoint {
	var out []Endpoint
	for _, e := range c.Endpoints {
		if r.suits(e) {
			out = append(out, e)
		}
	}
	preferred := r.preference()
	order := byPolicy(r.spec.Policy)
	slices.SortFunc(out, func(a, b Endpoint) int {
		return cmp.Or(
			lastIf(a.UID == avoid && avoid != "", b.UID == avoid && avoid != ""),
			lastIf(a.UID != preferred, b.UID != preferred),
			cmp.Compare(a.lacks(), b.lacks()),
			order(a, b),
			a.Since.Compare(b.Since), cmp.Compare(a.Restarts, b.Restarts), cmp.Compare(a.Pod, b.Pod))
	})
	return out
}

// suits says whether new connections may go to a pod under the run's policy.
func (r *run) suits(e Endpoint) bool {
	n, one := r.spec.Policy.Ordinal()
	return e.usable() && (!one || e.Ordinal == n)
}

// moves says whether the best pod is worth leaving one that is still usable.
func (r *run) moves(best Endpoint) bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.spec.Policy != PolicySticky && r.spec.Policy != PolicyRoundRobin || best.UID == r.preferred
}

// lacks counts the ports that an endpoint cannot forward.
func (e Endpoint) lacks() (n int) {
	for _, p := range e.Ports {
		if p.Err != nil {
			n++
		}
	}
	return n
}

// byPolicy orders endpoints as a policy wants them.
func byPolicy(p Policy) func(a, b Endpoint) int {
	switch p {
	case PolicyNewest:
		return func(a, b Endpoint) int { return b.Created.Compare(a.Created) }
	case PolicyOrdinal:
		return func(a, b Endpoint) int {
			return cmp.Or(lastIf(a.Ordinal < 0, b.Ordinal < 0), cmp.Compare(a.Ordinal, b.Ordinal))
		}
	case PolicySticky, PolicyRoundRobin:
	}
	return func(Endpoint, Endpoint) int { return 0 }
}

// lastIf orders what it is true of behind the rest.
func lastIf(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

func findUID(all []Endpoint, uid string) (Endpoint, bool) {
	i := slices.IndexFunc(all, func(e Endpoint) bool { return e.UID == uid })
	if i < 0 {
		return Endpoint{}, false
	}
	return all[i], true
}

// whyNone is the reason that none of the candidates is usable.
func whyNone(spec Spec, found Resolution) string {
	all := found.Endpoints
	n, one := spec.Policy.Ordinal()
	if one {
		all = slices.DeleteFunc(slices.Clone(all), func(e Endpoint) bool { return e.Ordinal != n })
	}
	switch {
	case len(all) == 0 && found.Reason != "":
		return found.Reason
	case len(all) == 0 && one && len(found.Endpoints) > 0:
		return fmt.Sprintf("%s has no pod with number %d", spec.Target, n)
	case len(all) == 0 && spec.Target.Kind == KindPod:
		return fmt.Sprintf("there is no %s", spec.Target)
	case len(all) == 0:
		return fmt.Sprintf("%s has no pods", spec.Target)
	case len(all) == 1:
		return all[0].trouble(spec.Target)
	}
	for _, e := range all {
		if !e.Terminating && e.Reason != "" {
			return fmt.Sprintf("0 of %d ready: %s", len(all), e.trouble(spec.Target))
		}
	}
	return fmt.Sprintf("0 of %d ready", len(all))
}

// trouble is why a pod is not usable. Its name is left out where the target has
// told it.
func (e Endpoint) trouble(t Target) string {
	switch {
	case e.Terminating:
		return fmt.Sprintf("%s is terminating", e.Pod)
	case e.Reason == "":
		return fmt.Sprintf("%s is not ready", e.Pod)
	case t.Kind == KindPod:
		return e.Reason
	}
	return e.Pod + ": " + e.Reason
}

// portProblems returns what is wrong with the mappings in one endpoint: the
// errors by port, and the warnings in the mappings' order.
func portProblems(e Endpoint, ms []Mapping) (errs map[Port]*Error, warnings []string) {
	errs = make(map[Port]*Error)
	for _, m := range ms {
		r, ok := e.Ports[m.Remote]
		switch {
		case !ok:
			errs[m.Remote] = &Error{Err: fmt.Errorf("port %s of %s is not known", m.Remote, e.Pod), Cause: CauseNotFound}
		case r.Err != nil:
			errs[m.Remote] = r.Err
		case r.Warning != "" && !slices.Contains(warnings, r.Warning):
			warnings = append(warnings, r.Warning)
		}
	}
	return errs, warnings
}

// portNumbers returns the numbers that the mappings' remote ports have in one
// endpoint; nil where none has any.
func portNumbers(e Endpoint, ms []Mapping) map[Port]uint16 {
	var numbers map[Port]uint16
	for _, m := range ms {
		if r := e.Ports[m.Remote]; r.Err == nil && r.Number != 0 {
			if numbers == nil {
				numbers = make(map[Port]uint16, len(ms))
			}
			numbers[m.Remote] = r.Number
		}
	}
	return numbers
}
