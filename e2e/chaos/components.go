package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"culvert/e2e/real"
)

// restarted ends a component in good order and starts it a little later.
func restarted(component string) deed {
	return away(component, "restarted", func(ctx context.Context, c *real.Cluster) error { return c.StopComponent(ctx, component) })
}

// killed ends a component as a crash does and starts it a little later.
func killed(component string) deed {
	return away(component, "killed", func(_ context.Context, c *real.Cluster) error { return c.Kill(component) })
}

func away(component, how string, end func(context.Context, *real.Cluster) error) deed {
	return func(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
		gone := between(r, 0, 5*time.Second)
		h.All = true
		h.Note = fmt.Sprintf("%s %s, away for %v", component, how, gone)
		after, cancel := afterwards(ctx)
		defer cancel()
		if err := end(after, w.Cluster); err != nil {
			return err
		}
		return errors.Join(pause(ctx, gone), w.Cluster.StartComponent(component), w.Cluster.AwaitReady(after, component))
	}
}

// frozen stops a component that connections go through.
func frozen(component string) deed {
	return func(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
		h.All = true
		return freeze(ctx, w, component, between(r, 5*time.Second, 25*time.Second), h)
	}
}

// etcdFrozen stops the cluster's memory, which no connection needs.
func etcdFrozen(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	return freeze(ctx, w, real.Etcd, between(r, 3*time.Second, 8*time.Second), h)
}

func freeze(ctx context.Context, w *World, component string, long time.Duration, h *Harm) error {
	h.Note = fmt.Sprintf("%s frozen for %v", component, long)
	if err := w.Cluster.Freeze(component); err != nil {
		return err
	}
	return errors.Join(pause(ctx, long), w.Cluster.Thaw(component))
}
