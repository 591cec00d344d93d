package tunnels

import (
	"strconv"
	"strings"
)

// Policy says which of a target's pods new connections go to. Whatever it is,
// only pods that are ready and not being deleted are taken, and a pod that a
// user has swapped to stays chosen for as long as it is that. Besides the
// constants there is "ordinal=N", see [OrdinalPolicy].
type Policy string

// The policies.
const (
	// PolicySticky, the zero value, stays with a pod for as long as it is ready.
	// The one that has been ready for the longest time comes first.
	PolicySticky Policy = ""
	// PolicyNewest goes to the pod that was made last, as soon as it is ready.
	PolicyNewest Policy = "newest"
	// PolicyRoundRobin sends each connection to the next pod, with sessions to as
	// many as eight of them.
	PolicyRoundRobin Policy = "round-robin"
	// PolicyOrdinal goes to the pod with the lowest number, as of a StatefulSet,
	// and back to it when it returns.
	PolicyOrdinal Policy = "ordinal"
)

// Policies lists the constants above in the order in which they are offered.
var Policies = [...]Policy{PolicySticky, PolicyNewest, PolicyRoundRobin, PolicyOrdinal}

// OrdinalPolicy goes to the pod with number n alone, and waits for it.
func OrdinalPolicy(n int) Policy { return Policy(string(PolicyOrdinal) + "=" + strconv.Itoa(n)) }

// ParsePolicy reads "sticky", "newest", "round-robin", "ordinal" or "ordinal=2".
func ParsePolicy(s string) (Policy, error) {
	p := Policy(strings.ToLower(s))
	if p == "sticky" {
		p = PolicySticky
	}
	if err := p.validate(); err != nil {
		return PolicySticky, err
	}
	return p, nil
}

// String returns the policy as ParsePolicy reads it.
func (p Policy) String() string {
	if p == PolicySticky {
		return "sticky"
	}
	return string(p)
}

// Ordinal returns the number of an OrdinalPolicy; ok is false for others.
func (p Policy) Ordinal() (n int, ok bool) {
	digits, ok := strings.CutPrefix(string(p), string(PolicyOrdinal)+"=")
	if !ok {
		return 0, false
	}
	n, err := strconv.Atoi(digits)
	return n, err == nil && n >= 0 && strconv.Itoa(n) == digits
}

func (p Policy) validate() error {
	switch p {
	case PolicySticky, PolicyNewest, PolicyRoundRobin, PolicyOrdinal:
		return nil
	}
	if _, ok := p.Ordinal(); ok {
		return nil
	}
	return invalid("policy", "%q is unknown: use sticky, newest, round-robin, ordinal, or ordinal=N for one number", string(p))
}
