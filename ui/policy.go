package ui

import (
	"fmt"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// policyOptions are the ways to choose one of a target's pods; of the tunnel's
// own, a fixed number is kept among them.
func policyOptions(now tunnels.Policy) []parts.Option {
	out := []parts.Option{
		{Key: tunnels.PolicySticky.String(), Text: "Stay with one pod"},
		{Key: tunnels.PolicyNewest.String(), Text: "Newest pod", Note: "as soon as it is ready"},
		{Key: tunnels.PolicyRoundRobin.String(), Text: "Round-robin", Note: "the next one each time"},
		{Key: tunnels.PolicyOrdinal.String(), Text: "Lowest number", Note: "as web-0"},
	}
	if n, ok := now.Ordinal(); ok {
		out = append(out, parts.Option{Key: now.String(), Text: fmt.Sprintf("Pod number %d", n)})
	}
	return out
}

// policyOf is the policy of an option's key.
func policyOf(key string) tunnels.Policy {
	p, err := tunnels.ParsePolicy(key)
	if err != nil {
		return tunnels.PolicySticky
	}
	return p
}
