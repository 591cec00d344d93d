package tunnels

import (
	"cmp"
	"fmt"
	"slices"
)

// pick chooses the endpoint for new connections: the best of those that are
// usable, and the one with the UID avoid only where there is no other. ok is
// false when none is usable.
func pick(all []Endpoint, avoid string) (best Endpoint, ok bool) {
	var usable []Endpoint
	for _, e := range all {
		if e.Ready && !e.Terminating {
			usable = append(usable, e)
		}
	}
	if len(usable) == 0 {
		return Endpoint{}, false
	}
	avoided := func(e Endpoint) int {
		if avoid != "" && e.UID == avoid {
			return 1
		}
		return 0
	}
	return slices.MinFunc(usable, func(a, b Endpoint) int {
		return cmp.Or(cmp.Compare(avoided(a), avoided(b)),
			a.Since.Compare(b.Since), cmp.Compare(a.Restarts, b.Restarts), cmp.Compare(a.Pod, b.Pod))
	}), true
}

func findUID(all []Endpoint, uid string) (Endpoint, bool) {
	i := slices.IndexFunc(all, func(e Endpoint) bool { return e.UID == uid })
	if i < 0 {
		return Endpoint{}, false
	}
	return all[i], true
}

// whyNone is the reason that none of the candidates is usable.
func whyNone(t Target, all []Endpoint) string {
	switch len(all) {
	case 0:
		return fmt.Sprintf("there is no %s", t)
	case 1:
		e := all[0]
		if e.Terminating {
			return fmt.Sprintf("%s is terminating", e.Pod)
		}
		if e.Reason != "" {
			return e.Reason
		}
		return fmt.Sprintf("%s is not ready", e.Pod)
	}
	return fmt.Sprintf("0 of %d ready", len(all))
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
