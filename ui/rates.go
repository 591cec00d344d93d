package ui

import (
	"time"

	"culvert/tunnels"
	"culvert/ui/parts"
)

const (
	historyLength = 300 // seconds that the meter remembers
	curveLength   = 60  // seconds that a row's sparkline shows
)

// meter turns byte counters into rates, measured once a second, and remembers
// them. It belongs to the toolkit's goroutine.
type meter struct {
	at     time.Time
	last   map[tunnels.ID]flow
	rates  map[tunnels.ID]flow   // bytes per second
	past   map[tunnels.ID][]flow // of those through which something has flowed
	curves map[tunnels.ID]*parts.Curve
	silent *parts.Curve                // of all others
	long   map[tunnels.ID]*parts.Curve // five minutes of those that were asked for
}

type flow struct{ in, out uint64 }

func (m *meter) update(snap tunnels.Snapshot, now time.Time) {
	passed := now.Sub(m.at)
	if !m.at.IsZero() && passed < 900*time.Millisecond {
		return
	}
	next := meter{
		at: now, last: make(map[tunnels.ID]flow, len(snap)), rates: make(map[tunnels.ID]flow, len(snap)),
		past: make(map[tunnels.ID][]flow), curves: make(map[tunnels.ID]*parts.Curve), silent: m.silent,
		long: make(map[tunnels.ID]*parts.Curve),
	}
	if next.silent == nil {
		next.silent = parts.NewCurve(make([]uint64, curveLength), curveLength)
	}
	for _, st := range snap {
		id := st.Spec.ID
		old, known := m.last[id]
		next.last[id] = flow{st.In, st.Out}
		if known && !m.at.IsZero() && st.In >= old.in && st.Out >= old.out {
			next.rates[id] = flow{perSecond(st.In-old.in, passed), perSecond(st.Out-old.out, passed)}
		}
		if known {
			next.keep(id, m.past[id], int(passed.Seconds()+0.5))
		}
	}
	*m = next
}

// keep adds a tunnel's rate to its past, once for each second that has gone by.
func (m *meter) keep(id tunnels.ID, past []flow, seconds int) {
	now := m.rates[id]
	if len(past) == 0 && now == (flow{}) {
		return
	}
	for range min(max(seconds, 1), historyLength) {
		past = append(past, now) // behind what others may hold of it
	}
	past = past[max(0, len(past)-historyLength):]
	if quiet(past) {
		return
	}
	m.past[id] = past
	if recent := past[max(0, len(past)-curveLength):]; !quiet(recent) {
		m.curves[id] = curveOf(recent, curveLength)
	}
}

func quiet(past []flow) bool {
	for _, f := range past {
		if f != (flow{}) {
			return false
		}
	}
	return true
}

// curveOf draws both directions as one, over so many seconds; before the first
// sample there was silence.
func curveOf(past []flow, seconds int) *parts.Curve {
	samples := make([]uint64, seconds)
	past = past[max(0, len(past)-seconds):]
	for i, f := range past {
		samples[seconds-len(past)+i] = f.in + f.out
	}
	return parts.NewCurve(samples, seconds)
}

func perSecond(n uint64, d time.Duration) uint64 { return uint64(float64(n) / d.Seconds()) }

func (m *meter) of(id tunnels.ID) flow { return m.rates[id] }

// history returns a tunnel's rates of the last five minutes, one for each
// second, oldest first and the present one last. It is shorter where nothing had
// flowed before, and nil where nothing has flowed at all. The caller must not
// change it; it does not change by itself.
func (m *meter) history(id tunnels.ID) []flow { return m.past[id] }

// curve returns the last minute of a tunnel's rates. The pointer changes only
// when the curve does.
func (m *meter) curve(id tunnels.ID) *parts.Curve {
	if c := m.curves[id]; c != nil {
		return c
	}
	return m.silent
}

// longCurve returns all that is remembered of a tunnel's rates.
func (m *meter) longCurve(id tunnels.ID) *parts.Curve {
	past := m.history(id)
	if past == nil || m.long == nil {
		return m.silent
	}
	c := m.long[id]
	if c == nil {
		c = curveOf(past, historyLength)
		m.long[id] = c
	}
	return c
}

func (m *meter) total(snap tunnels.Snapshot) flow {
	var sum flow
	for i := range snap {
		f := m.rates[snap[i].Spec.ID]
		sum.in += f.in
		sum.out += f.out
	}
	return sum
}
