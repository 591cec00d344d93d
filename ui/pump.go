package ui

import (
	"context"
	"time"
)

// drawEvery is the shortest time between two drawings: repaints are what a
// window costs.
const drawEvery = 100 * time.Millisecond

// tickEvery is how often ages, countdowns and rates are drawn anew.
const tickEvery = time.Second

// pump turns any number of changes into few drawings: the first at once, then
// at most one per drawEvery.
type pump struct {
	dirty chan struct{} // one slot
}

func newPump() *pump { return &pump{dirty: make(chan struct{}, 1)} }

// mark says that something has changed; it never blocks.
func (p *pump) mark() {
	select {
	case p.dirty <- struct{}{}:
	default:
	}
}

// run calls draw after changes, and at each tick, until ctx is done. draw must
// return only when it has drawn, so that drawings cannot pile up.
func (p *pump) run(ctx context.Context, draw func(context.Context)) {
	tick := time.NewTicker(tickEvery)
	defer tick.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-p.dirty:
		case <-tick.C:
		}
		draw(ctx)
		select {
		case <-ctx.Done():
			return
		case <-time.After(drawEvery):
		}
	}
}
