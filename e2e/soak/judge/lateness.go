package judge

import (
	"slices"
	"time"
)

const (
	// tickEvery is how often [Judge.Tick] is expected.
	tickEvery = 100 * time.Millisecond
	// lateBy is from when on a tick is late.
	lateBy = 250 * time.Millisecond
	// lateKept is how long a lateness is remembered.
	lateKept = 2 * time.Minute
)

// lateness is when the judge's own process did not get to run: what its ticks show,
// which want to come at a fixed pace and do nothing before.
type lateness struct {
	last    time.Time
	longest time.Duration
	spans   []span
}

type span struct{ from, to time.Time }

func (l *lateness) tick(now time.Time) {
	if !l.last.IsZero() {
		expected := l.last.Add(tickEvery)
		if late := now.Sub(expected); late > lateBy {
			l.spans = append(l.spans, span{expected, now})
			l.longest = max(l.longest, late)
		}
	}
	l.last = now
	l.spans = slices.DeleteFunc(l.spans, func(s span) bool { return now.Sub(s.to) > lateKept })
}

// add notes a time in which something else was late.
func (l *lateness) add(from, to time.Time) { l.spans = append(l.spans, span{from, to}) }

// during returns how much of a time the process was late.
func (l *lateness) during(from, to time.Time) time.Duration {
	spans := slices.SortedFunc(slices.Values(l.spans), func(a, b span) int { return a.from.Compare(b.from) })
	var total time.Duration
	for _, s := range spans {
		begin, end := s.from, s.to
		if begin.Before(from) {
			begin = from
		}
		if end.After(to) {
			end = to
		}
		if end.After(begin) {
			total += end.Sub(begin)
			from = end // what two have seen counts once
		}
	}
	return total
}
