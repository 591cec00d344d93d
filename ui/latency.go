package ui

import (
	"slices"
	"time"

	"culvert/tunnels"
)

// steadyLatency keeps the latencies on show from wandering with each ping: a
// new one is shown when it differs from the one on show by more than a quarter
// and more than [latencyNoise]. Painting a window costs more than a ping tells.
type steadyLatency struct {
	shown map[tunnels.ID]time.Duration
}

const latencyNoise = 4 * time.Millisecond

// settle returns the snapshot with the latencies to show.
func (s *steadyLatency) settle(snap tunnels.Snapshot) tunnels.Snapshot {
	shown := make(map[tunnels.ID]time.Duration, len(snap))
	out := slices.Clone(snap)
	for i := range out {
		st := &out[i]
		if st.Latency == 0 {
			continue
		}
		if old := s.shown[st.Spec.ID]; old != 0 && (st.Latency-old).Abs() <= max(latencyNoise, old/4) {
			st.Latency = old
		}
		shown[st.Spec.ID] = st.Latency
	}
	s.shown = shown
	return out
}
