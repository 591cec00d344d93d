package chaos

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"time"

	"culvert/e2e/delay"
)

// blackHole lets every packet between the client's host and the cluster vanish.
func blackHole(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	long := between(r, 5*time.Second, 35*time.Second)
	h.All = true
	h.Note = fmt.Sprintf("a black hole for %v", long)
	return errors.Join(w.Host.Blackhole(), pause(ctx, long), w.Host.Heal())
}

// cablePulled leaves the client's host without an address.
func cablePulled(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	long := between(r, 2*time.Second, 20*time.Second)
	h.All = true
	h.Note = fmt.Sprintf("the cable pulled for %v", long)
	after, cancel := afterwards(ctx)
	defer cancel()
	return errors.Join(w.Host.Unplug(), pause(ctx, long), w.Host.Plug(after))
}

// addressChanged brings the client's host into another network and back.
func addressChanged(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	none, there, back := between(r, 0, 2*time.Second), between(r, 6*time.Second, 15*time.Second), between(r, 0, 2*time.Second)
	h.All = true
	h.Note = fmt.Sprintf("in another network for %v, and in none for %v before and %v after", there, none, back)
	after, cancel := afterwards(ctx)
	defer cancel()
	err := errors.Join(w.Host.Unplug(), pause(ctx, none), w.Host.Move(after))
	return errors.Join(err, pause(ctx, there), w.Host.Unplug(), pause(ctx, back), w.Host.Move(after))
}

// slow makes each round trip long.
func slow(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	delayed, long := between(r, 50*time.Millisecond, 250*time.Millisecond), between(r, 5*time.Second, 20*time.Second)
	h.Note = fmt.Sprintf("round trips of %v for %v", 2*delayed, long)
	return w.weather(ctx, delay.Condition{Delay: delayed}, long)
}

// lossy makes the connections stall as those that lose packets do.
func lossy(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	every, long := between(r, 500*time.Millisecond, 3*time.Second), between(r, 8*time.Second, 25*time.Second)
	h.Note = fmt.Sprintf("stalls every %v for %v", every, long)
	loss := delay.Loss{Every: every, Shortest: 200 * time.Millisecond, Longest: 3 * time.Second}
	return w.weather(ctx, delay.Condition{Delay: 10 * time.Millisecond, Loss: loss}, long)
}

// linkBlackHole makes the link take everything and pass on nothing. What was
// connected then stays dead.
func linkBlackHole(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	long := between(r, 5*time.Second, 30*time.Second)
	h.All = true
	h.Note = fmt.Sprintf("the link a black hole for %v", long)
	return w.weather(ctx, delay.Condition{Swallow: true}, long)
}

// weather changes the link for a while.
func (w *World) weather(ctx context.Context, c delay.Condition, long time.Duration) error {
	w.Link.Set(c)
	defer w.Link.Set(delay.Condition{})
	return pause(ctx, long)
}

// reset resets all connections to the API server, some times.
func reset(ctx context.Context, w *World, r *rand.Rand, h *Harm) error {
	times, apart := 1+int(3*r.Float64()), between(r, 500*time.Millisecond, 4*time.Second)
	h.All = true
	all := 0
	for range times {
		all += w.Link.Reset()
		if err := pause(ctx, apart); err != nil {
			return err
		}
	}
	h.Note = fmt.Sprintf("%d connections reset in %d times, %v apart", all, times, apart)
	return nil
}

// forgotten makes all connections to the API server dead while new ones work, as
// a router does that has lost its table.
func forgotten(_ context.Context, w *World, _ *rand.Rand, h *Harm) error {
	h.All = true
	h.Note = fmt.Sprintf("%d connections forgotten", w.Link.Forget())
	return nil
}
