package judge

import (
	"fmt"
	"time"
)

// doubt is what is a violation unless a fault explains it.
type doubt struct {
	Violation
	from, to time.Time // the life of a connection, or of a lie
	lie      bool      // it is the latter
	ready    bool      // a tunnel was shown as serving and did not answer
	machine  bool      // without the machine's lateness it was short enough
}

type verdict uint8

const (
	undecided verdict = iota
	explained
	guilty
)

// decideLocked goes through the doubts.
func (j *Judge) decideLocked(now time.Time) {
	left := j.open[:0]
	for _, d := range j.open {
		switch j.verdictLocked(d, now) {
		case undecided:
			left = append(left, d)
		case guilty:
			if d.machine {
				j.figures.LateMachine++
				break
			}
			j.violateLocked(d.Violation)
		case explained:
			j.excusedLocked(d)
		}
	}
	j.open = left
}

func (j *Judge) verdictLocked(d doubt, now time.Time) verdict {
	for _, w := range j.windows {
		if d.to.Before(w.Began) {
			continue
		}
		if w.Ended.IsZero() {
			return undecided
		}
		if d.lie {
			if d.ready && w.excuses(d.Tunnel, d.to) {
				return explained
			}
			continue
		}
		if _, recovered := w.recovered[d.Tunnel]; w.hurts(d.Tunnel) && !recovered && now.Before(w.late()) {
			return undecided
		}
		if w.explains(d.Tunnel, d.from, d.to) {
			return explained
		}
	}
	return guilty
}

// excusedLocked counts what a fault has explained.
func (j *Judge) excusedLocked(d doubt) {
	if !d.lie {
		j.figures.Cut++
		return
	}
	if took := d.to.Sub(d.from); took > j.figures.SilentLag {
		j.figures.SilentLag, j.figures.SilentLagOf = took, fmt.Sprintf("%s at %s", d.Tunnel, clock(d.from))
	}
}

func clock(t time.Time) string { return t.UTC().Format("15:04:05") }
