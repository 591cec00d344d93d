package ui

import (
	"context"
	"time"

	"culvert/tunnels"
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
// drawSteadily, but for what is news.
type pump struct {
	dirty chan struct{} // one slot
	news  chan struct{} // one slot
}

func newPump() *pump {
	return &pump{dirty: make(chan struct{}, 1), news: make(chan struct{}, 1)}
}

// tell says that something has changed that the user is to see within drawEvery,
// however much else goes on; it never blocks.
func (p *pump) tell() {
	select {
	case p.news <- struct{}{}:
	default:
	}
	p.mark()
}

// isNews says whether tunnels have come, gone or changed their states: counters are
// none.
func isNews(was, now tunnels.Snapshot) bool {
	if len(was) != len(now) {
		return true
	}
	for i := range now {
		if was[i].State != now[i].State || was[i].Spec.ID != now[i].Spec.ID {
			return true
		}
	}
	return false
}

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
		select {
		case <-p.news: // it is drawn now
		default:
		}
		draw(ctx)
		if !p.rest(ctx, busy >= steadyAfter) {
			return
		}
		if len(p.dirty) > 0 {
			busy++
		} else {
			busy = 0
		}
	}
}

// rest is the time between two drawings; false when ctx is done. News ends what is
// steady.
func (p *pump) rest(ctx context.Context, steady bool) bool {
	select {
	case <-ctx.Done():
		return false
	case <-time.After(drawEvery):
	}
	if !steady {
		return true
	}
	select {
	case <-ctx.Done():
		return false
	case <-p.news:
	case <-time.After(drawSteadily - drawEvery):
	}
	return true
}
