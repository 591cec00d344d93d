package chaos

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"culvert/e2e/real"
)

// Faults returns all faults, in a fixed order: what is new goes to the end.
func Faults() []Fault {
	return []Fault{
		fault("pod deleted", podDeleted(false)),
		fault("pod deleted at once", podDeleted(true)),
		fault("workload rolled", rolled),
		fault("workload scaled to none", scaledToNone),
		fault("API server restarted", restarted(real.APIServer)),
		fault("API server killed", killed(real.APIServer)),
		fault("kubelet restarted", restarted(real.Kubelet)),
		fault("containerd restarted", restarted(real.Containerd)),
		fault("containerd killed", killed(real.Containerd)),
		fault("etcd frozen", etcdFrozen),
		silent("API server frozen", frozen(real.APIServer)),
		silent("kubelet frozen", frozen(real.Kubelet)),
		silent("network black hole", blackHole),
		fault("cable pulled", cablePulled),
		fault("address changed", addressChanged),
		fault("network slow", slow),
		fault("network lossy", lossy),
		fault("connections reset", reset),
		silent("link black hole", linkBlackHole),
		silent("connections forgotten", forgotten),
		silent("culvert frozen", culvertFrozen),
		silent("machine asleep", asleep),
		fault("wall clock jumped", clockJumped),
		fault("descriptors filled", descriptorsFilled),
		fault("client certificates renewed", certificatesRenewed),
		fault("serving certificate renewed", servingRenewed),
		fault("tokens renewed", tokensRenewed),
	}
}

// deed does something to a world, undoes it, and tells of it in the harm, except
// for the times. It undoes it also when ctx is done.
type deed func(ctx context.Context, w *World, r *rand.Rand, h *Harm) error

// fault makes a fault of a deed: it also waits until the world is whole.
func fault(name string, do deed) Fault {
	return Fault{Name: name, Do: func(ctx context.Context, w *World, r *rand.Rand) (Harm, error) {
		h := Harm{Began: time.Now()}
		err := do(ctx, w, r, &h)
		after, cancel := afterwards(ctx)
		defer cancel()
		err = errors.Join(err, w.awaitWhole(after))
		h.Ended = time.Now()
		return h, err
	}}
}

// silent is a fault of which no evidence reaches the client.
func silent(name string, do deed) Fault {
	f := fault(name, do)
	f.Silent = true
	return f
}

// patience bounds how long what was hurt may take to serve again.
const patience = 2 * time.Minute

// afterwards returns a context to undo things with, also when ctx is done.
func afterwards(ctx context.Context) (context.Context, context.CancelFunc) {
	return context.WithTimeout(context.WithoutCancel(ctx), patience)
}

// pause lets a fault last, until ctx is done at most.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// between chooses a time, in whole milliseconds.
func between(r *rand.Rand, shortest, longest time.Duration) time.Duration {
	return shortest + time.Duration(r.Float64()*float64(longest-shortest)).Truncate(time.Millisecond)
}

// choose chooses one of what there is. It takes one number from r however many
// there are, so that what follows does not depend on that.
func choose[T any](r *rand.Rand, from []T) (T, bool) {
	at := int(r.Float64() * float64(len(from)))
	if len(from) == 0 {
		var none T
		return none, false
	}
	return from[at], true
}
