package tunnels

import (
	"context"
	"time"

	"culvert/tunnels/crash"
)

// rateEvery is how often rates are taken.
const rateEvery = time.Second

// rate turns a byte counter into bytes per second.
type rate struct{ last, now uint64 }

func (r *rate) take(total uint64, passed time.Duration) {
	moved := uint64(0)
	if total > r.last { // bytes that are sent again are taken back
		moved = total - r.last
	}
	r.last, r.now = total, uint64(float64(moved)/passed.Seconds())
}

// keepMeasuring measures until ctx is done; after a panic it begins anew.
func (r *run) keepMeasuring(ctx context.Context) {
	r.persist(ctx, nil, func(ctx context.Context) *crash.Panic {
		return r.contain("measuring", func() { r.measure(ctx) })
	}, func(*Error, time.Time) {})
}

// measure keeps the rates of a run and its connections up to date, until ctx is
// done. While there is no connection it sleeps.
func (r *run) measure(ctx context.Context) {
	var tick *time.Ticker
	for {
		select {
		case <-r.busy:
		case <-ctx.Done():
			return
		}
		tick = time.NewTicker(rateEvery)
		for before, idle := time.Now(), false; !idle; {
			select {
			case <-tick.C:
			case <-ctx.Done():
				tick.Stop()
				return
			}
			now := time.Now()
			idle = r.takeRates(now.Sub(before))
			before = now
		}
		tick.Stop()
	}
}

// takeRates returns true when there is nothing to measure.
func (r *run) takeRates(passed time.Duration) (idle bool) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.rateIn.take(r.in.Load(), passed)
	r.rateOut.take(r.out.Load(), passed)
	for _, c := range r.conns {
		c.rateIn.take(c.in.Load(), passed)
		c.rateOut.take(c.out.Load(), passed)
	}
	return len(r.conns) == 0 && r.rateIn.now == 0 && r.rateOut.now == 0
}
