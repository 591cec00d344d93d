package ui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// policyOptions are the ways to choose one of a target's pods; of the tunnel's
// own, a fixed number is kept among them.
func policyOptions(now tunnels.Policy) []parts.Option {
	out := []parts.Option{
		{Key: tunnels.PolicySticky.String(), Text: lang.L("Sticky, survives rollouts")},
		{Key: tunnels.PolicyNewest.String(), Text: lang.L("Newest pod"), Note: lang.L("as soon as it is ready")},
		{Key: tunnels.PolicyRoundRobin.String(), Text: lang.L("Round-robin"), Note: lang.L("the next one each time")},
		{Key: tunnels.PolicyOrdinal.String(), Text: lang.L("Lowest number"), Note: lang.L("as web-0")},
	}
	if n, ok := now.Ordinal(); ok {
		return append(out, parts.Option{Key: now.String(), Text: lang.L("Pod number {{.N}}", vars{"N": n})})
	}
	return append(out, parts.Option{Key: tunnels.OrdinalPolicy(0).String(), Text: lang.L("Pod with a fixed number"), Note: lang.L("and no other")})
}

// numbered returns the policy for a number as typed; what is none leaves it.
func numbered(p tunnels.Policy, typed string) tunnels.Policy {
	n, err := strconv.Atoi(strings.TrimSpace(typed))
	if err != nil || n < 0 {
		return p
	}
	return tunnels.OrdinalPolicy(n)
}

// policyOf is the policy of an option's key.
func policyOf(key string) tunnels.Policy {
	p, err := tunnels.ParsePolicy(key)
	if err != nil {
		return tunnels.PolicySticky
	}
	return p
}
