package ui

import (
	"time"

	"culvert/tunnels"
)

// meter turns byte counters into rates, measured once a second. It belongs to
// the toolkit's goroutine.
type meter struct {
	at    time.Time
	last  map[tunnels.ID]flow
	rates map[tunnels.ID]flow // bytes per second
}

type flow struct{ in, out uint64 }

func (m *meter) update(snap tunnels.Snapshot, now time.Time) {
	passed := now.Sub(m.at)
	if !m.at.IsZero() && passed < 900*time.Millisecond {
		return
	}
	rates := make(map[tunnels.ID]flow, len(snap))
	last := make(map[tunnels.ID]flow, len(snap))
	for _, st := range snap {
		id := st.Spec.ID
		old, known := m.last[id]
		last[id] = flow{st.In, st.Out}
		if known && !m.at.IsZero() && st.In >= old.in && st.Out >= old.out {
			rates[id] = flow{perSecond(st.In-old.in, passed), perSecond(st.Out-old.out, passed)}
		}
	}
	m.at, m.last, m.rates = now, last, rates
}

func perSecond(n uint64, d time.Duration) uint64 { return uint64(float64(n) / d.Seconds()) }

func (m *meter) of(id tunnels.ID) flow { return m.rates[id] }

func (m *meter) total() flow {
	var sum flow
	for _, f := range m.rates {
		sum.in += f.in
		sum.out += f.out
	}
	return sum
}
