package tunnels

import (
	"fmt"
	"slices"
)

// Swap moves a running tunnel to another of its target's pods: to the one of that
// name or, with an empty name, to the best one that it does not go to now. The
// ports stay bound and the connections on the old pod go on for as long as it is
// there. The tunnel goes to the new pod once a session to it answers, and
// stays with it for as long as it is ready. Swap does not wait for that. Its error
// is of CauseInvalid or CausePodNotReady, and then nothing has changed.
func (m *Manager) Swap(id ID, pod string) error {
	t, err := m.find(id)
	if err != nil {
		return err
	}
	r := t.running()
	if r == nil {
		return swapError(CauseInvalid, "Start it first.", "the tunnel is stopped")
	}
	return r.swap(pod)
}

func (r *run) swap(pod string) error {
	c := r.lastCandidates()
	if r.spec.Policy == PolicyRoundRobin {
		return swapError(CauseInvalid, "Choose another policy to stay with one pod.", "the tunnel goes to all pods in turn")
	}
	now := ""
	if pools, _ := r.current(); len(pools) > 0 {
		now = pools[0].endpoint().UID
	}
	others := slices.DeleteFunc(r.ranked(c, now), func(e Endpoint) bool {
		return e.UID == now && pod == "" || pod != "" && e.Pod != pod
	})
	if len(others) == 0 {
		return r.cannotSwap(c, pod)
	}
	r.prefer(others[0].UID)
	r.tellLanes(changedOf)
	return nil
}

// cannotSwap says why there is no pod to swap to.
func (r *run) cannotSwap(c candidates, pod string) error {
	if n, one := r.spec.Policy.Ordinal(); one {
		return swapError(CauseInvalid, "Choose another policy to go to other pods.", "the tunnel goes to the pod with number %d alone", n)
	}
	for _, e := range c.Endpoints {
		if e.Pod == pod {
			return swapError(CausePodNotReady, "Wait until it is ready, or choose another one.", "%s", e.trouble(Target{}))
		}
	}
	if pod != "" {
		return swapError(CauseInvalid, "Choose one of the target's pods.", "%s has no pod %s", r.spec.Target, pod)
	}
	return swapError(CausePodNotReady, "Wait until another one is ready.", "%s has no other ready pod", r.spec.Target)
}

func swapError(cause Cause, hint, format string, args ...any) error {
	return &Error{Op: "swap the pod", Err: fmt.Errorf(format, args...), Hint: hint, Cause: cause, Permanent: cause == CauseInvalid}
}

func (r *run) prefer(uid string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.preferred = uid
}

// preference returns the UID of the pod that the user has swapped to; it may be empty.
func (r *run) preference() string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.preferred
}
