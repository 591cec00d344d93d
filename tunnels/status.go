package tunnels

import (
	"fmt"
	"maps"
	"slices"
)

// facts is all that a running tunnel's state depends on.
type facts struct {
	standing

	broken   *Error // why nothing listens: listening itself has failed
	bound    []Bound
	unbound  []Unbound
	warnings []string // about listening

	reconnects int
	refused    map[Port]*Error // ports on which the pod refused the last connection
}

// state derives what to show: first what only the user can mend, then the way
// to the pod, then what is wrong with parts of the tunnel.
func (f *facts) state(ms []Mapping) (State, string, *Error) {
	if f.broken != nil {
		return Reconnecting, reasonFor(f.broken), f.broken
	}
	for _, m := range ms {
		if e := f.noAddress(m); e != nil {
			return NeedsUser, reasonFor(e), e
		}
	}
	if f.phase != Ready {
		return f.phase, f.reason, f.err
	}
	for _, m := range ms {
		if e := f.portErrs[m.Remote]; e != nil {
			if len(f.portErrs) == countRemotes(ms) {
				return NeedsUser, reasonFor(e), e
			}
			return Degraded, reasonFor(e), e
		}
	}
	for _, m := range ms {
		if e := f.refused[m.Remote]; e != nil {
			return Degraded, fmt.Sprintf("pod refuses %s", m.Remote), e
		}
	}
	if len(f.unbound) > 0 {
		u := f.unbound[0]
		return Degraded, fmt.Sprintf("not on %s", u.Addr), u.Err
	}
	return Ready, f.reason, nil
}

// noAddress returns the error of a mapping that has no address at all, and nil
// when one is bound or has not been tried.
func (f *facts) noAddress(m Mapping) *Error {
	if slices.ContainsFunc(f.bound, func(b Bound) bool { return b.Mapping == m }) {
		return nil
	}
	for _, u := range f.unbound {
		if u.Mapping == m {
			return u.Err
		}
	}
	return nil
}

func countRemotes(ms []Mapping) int {
	seen := make(map[Port]bool)
	for _, m := range ms {
		seen[m.Remote] = true
	}
	return len(seen)
}

// fill copies the facts into a status.
func (f *facts) fill(st *Status) {
	st.Bound = f.bound
	st.Unbound = f.unbound
	st.Warnings = f.allWarnings()
	st.Pod = f.pod
	st.Pods = f.pods
	st.Transport = f.transport
	st.Latency = f.latency
	st.DialTime = f.dialTime
	st.RetryAt = f.retryAt
	st.Reconnects = f.reconnects
	st.Declared = f.declared
	st.Numbers = f.numbers
	st.PortErrs = f.allPortErrs()
}

// allPortErrs joins what the cluster says of ports with what connections met.
func (f *facts) allPortErrs() map[Port]*Error {
	if len(f.portErrs) == 0 && len(f.refused) == 0 {
		return nil
	}
	out := make(map[Port]*Error, len(f.portErrs)+len(f.refused))
	maps.Copy(out, f.refused)
	maps.Copy(out, f.portErrs)
	return out
}

func (f *facts) allWarnings() []string {
	all := slices.Concat(f.warnings, f.portWarnings)
	if f.unseen != "" && f.phase == Ready {
		all = append(all, f.unseen)
	}
	return all
}

// setRefused remembers or, with a nil err, forgets that the pod refuses a port.
// It returns false when that is nothing new.
func (f *facts) setRefused(p Port, err *Error) bool {
	if err == nil && f.refused[p] == nil {
		return false
	}
	refused := maps.Clone(f.refused)
	if refused == nil {
		refused = make(map[Port]*Error)
	}
	if err == nil {
		delete(refused, p)
	} else {
		refused[p] = err
	}
	f.refused = refused
	return true
}

// reasonFor is the short phrase for an error.
func reasonFor(e *Error) string {
	switch e.Cause {
	case CausePortBusy:
		return "port busy"
	case CausePrivileged:
		return "port needs rights"
	case CauseNoAddress:
		return "no such address"
	case CauseUnreachable:
		return "cluster unreachable"
	case CauseTLS:
		return "cluster not trusted"
	case CauseSignIn:
		return "sign in"
	case CauseForbidden:
		return "no permission"
	case CauseNotFound:
		return "not found"
	case CausePodNotReady:
		return "pod not ready"
	case CausePodGone:
		return "pod has gone"
	case CauseRefused:
		return "pod refuses"
	case CauseReset:
		return "connection cut"
	case CauseSessionLost:
		return "session lost"
	case CauseProtocol:
		return "unexpected answer"
	case CauseInvalid:
		return "invalid"
	case CauseInternal:
		return "internal error"
	case CauseUnknown:
	}
	return "error"
}
