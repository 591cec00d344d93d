package ui

import (
	"testing"
	"time"

	"culvert/tunnels"
)

func TestLatencyOnShowIsSteady(t *testing.T) {
	var s steadyLatency
	for _, step := range []struct{ measured, want int }{
		{1, 1}, {4, 1}, {6, 6}, {3, 6}, {80, 80}, {95, 80}, {59, 59}, {0, 0}, {61, 61},
	} {
		measured, want := time.Duration(step.measured)*time.Millisecond, time.Duration(step.want)*time.Millisecond
		in := tunnels.Snapshot{{Spec: tunnels.Spec{ID: "a"}, Latency: measured}}
		if got := s.settle(in)[0].Latency; got != want {
			t.Errorf("after a ping of %d ms it shows %v, want %v", step.measured, got, want)
		}
		if in[0].Latency != measured {
			t.Error("the snapshot itself was changed")
		}
	}
}
