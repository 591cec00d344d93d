package tunnels

import (
	"errors"
	"fmt"
	"strings"
	"time"
)

// deadline is when a tunnel stops by itself. The zero value is never.
type deadline struct {
	armed bool
	at    moment
	after time.Duration // from the tunnel's Start, as it is told
}

// due says whether the deadline has passed by either clock: the wall clock counts
// sleep, and the other one is not set back.
func (d deadline) due(now moment) bool {
	return d.armed && (!now.wall.Before(d.at.wall) || now.mono >= d.at.mono)
}

// shown is the deadline on the wall clock; zero for never.
func (d deadline) shown() time.Time {
	if !d.armed {
		return time.Time{}
	}
	return d.at.wall
}

// after returns the moment that is d later.
func (m moment) after(d time.Duration) moment { return moment{m.wall.Add(d), m.mono + d} }

// Extend lets a running tunnel go on for d from now, at most MaxStopAfter, and
// then stop by itself; 0 lets it go on until it is stopped. It counts for this
// run: the spec stays as it is. The error, of CauseInvalid, means that there is no
// such tunnel, that it does not run, or that d is out of bounds.
func (m *Manager) Extend(id ID, d time.Duration) error {
	t, err := m.find(id)
	if err != nil {
		return err
	}
	if d < 0 || d > MaxStopAfter {
		return invalid("stop after", "%v cannot be: give at most %v, or 0 for a tunnel that goes on", d, MaxStopAfter)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.run == nil || t.ended > 0 {
		return &Error{Err: errors.New("the tunnel does not run"), Hint: "Start it.", Cause: CauseInvalid, Permanent: true}
	}
	t.armLocked(d)
	t.m.feed.notify()
	return nil
}

// armLocked makes a tunnel that runs stop by itself after d from now; 0 means that
// it does not.
func (t *tunnel) armLocked(d time.Duration) {
	now := t.m.clock()
	if d == 0 {
		t.stopAt = deadline{}
		return
	}
	at := now.after(d)
	t.stopAt = deadline{armed: true, at: at, after: at.wall.Sub(t.started.wall)}
}

// expire stops the tunnels whose time is over. It does not wait for them: whoever
// wants a turn at them does, as Close.
func (m *Manager) expire(now moment) {
	for _, t := range m.all() {
		t.expire(now)
	}
}

func (t *tunnel) expire(now moment) {
	if !t.isDue(now) {
		return
	}
	select {
	case t.turn <- struct{}{}:
	default:
		return // somebody starts, stops or replaces it: the next tick sees what has come of that
	}
	if !t.endDue(now) {
		t.release()
		return
	}
	t.haltTurn()
}

// endDue says whether the tunnel's time is over, and if so lets it be extended no
// more. The caller has the turn.
func (t *tunnel) endDue(now moment) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.run == nil || !t.stopAt.due(now) {
		return false
	}
	t.ended = max(t.stopAt.after, 1)
	return true
}

func (t *tunnel) isDue(now moment) bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.run != nil && t.stopAt.due(now)
}

// roundly says a duration in its two largest units, as "1 h 30 min".
func roundly(d time.Duration) string {
	d = d.Round(time.Second)
	if d >= time.Minute {
		d = d.Round(time.Minute)
	}
	var out []string
	for _, unit := range []struct {
		size time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / unit.size; n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, unit.name))
			d %= unit.size
		}
	}
	return strings.Join(out[:min(2, len(out))], " ")
}
