package tunnels

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// standing is how a way to a target's pods stands: of one lane, or of a tunnel.
type standing struct {
	// phase is Starting, Waiting, Reconnecting, NeedsUser, or Ready while a session
	// serves.
	phase   State
	reason  string
	err     *Error
	retryAt time.Time

	pod          string
	pods         []string // of a tunnel that goes to several; immutable
	transport    string
	latency      time.Duration
	dialTime     time.Duration
	portErrs     map[Port]*Error // ports that cannot be forwarded
	portWarnings []string
	unseen       string          // why nothing is known of changes while a session serves; a whole sentence
	declared     []uint16        // of the pod
	numbers      map[Port]uint16 // of the remote ports in the pod; nil while nothing serves; immutable
}

// joined returns how a tunnel stands whose lanes these are, oldest first: as the
// best of them. Those that lead to one pod each count alone where there are any.
// The caller has the tunnel's lock; there is at least one lane.
func joined(lanes []*lane) standing {
	var single []*lane
	for _, l := range lanes {
		if l.uid != "" {
			single = append(single, l)
		}
	}
	if len(single) == 0 {
		return lanes[0].now
	}
	best := slices.MinFunc(single, func(a, b *lane) int { return cmp.Compare(a.now.phase, b.now.phase) }).now
	for _, l := range single {
		if l.now.phase == Ready {
			best.pods = append(best.pods, l.now.pod)
		}
	}
	if down := len(single) - len(best.pods); best.phase == Ready && down > 0 {
		best.reason = fmt.Sprintf("%d of %d pods", len(best.pods), len(single))
	}
	return best
}
