package ui

import (
	"context"
	"time"
)

// The shortest time between two drawings. The toolkit paints the whole window
// each time, and that is what a window costs: what goes on without a pause is
// drawn less often after a second.
const (
	drawEvery    = 100 * time.Millisecond
	drawSteadily = 250 * time.Millisecond
	steadyAfter  = 10 // drawings without a pause
)

// tickEvery is how often ages, countdowns and rates are drawn anew.
const tickEvery = time.Second

// pump turns any number of changes into few drawings: the first at once, then
// at most one per drawEvery, and while there is no end to them one per
// drawSteadily.
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
	for busy := 0; ; {
		select {
		case <-ctx.Done():
			return
		case <-p.dirty:
		case <-tick.C:
		}
		draw(ctx)
		gap := drawEvery
		if busy >= steadyAfter {
			gap = drawSteadily
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(gap):
		}
		if len(p.dirty) > 0 {
			busy++
		} else {
			busy = 0
		}
	}
}
