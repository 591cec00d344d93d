package ui

import (
	"fmt"

	"culvert/tunnels"
)

// tally is how many tunnels are in each state.
type tally struct {
	total, running, attention int
	states                    [len(tunnels.States)]int
}

func tallyOf(snap tunnels.Snapshot) tally {
	var t tally
	for _, st := range snap {
		t.total++
		if running(st.State) {
			t.running++
		}
		if needsAttention(st.State) {
			t.attention++
		}
		if int(st.State) < len(t.states) {
			t.states[st.State]++
		}
	}
	return t
}

// stateCount is one word of the status strip.
type stateCount struct {
	state tunnels.State
	text  string
}

// strip says the tally in words, the usual first; states without tunnels are
// left out.
func (t tally) strip() []stateCount {
	words := []stateCount{
		{tunnels.Ready, "ready"},
		{tunnels.Starting, "starting"},
		{tunnels.Waiting, "waiting"},
		{tunnels.Reconnecting, "reconnecting"},
		{tunnels.Degraded, "degraded"},
		{tunnels.NeedsUser, "needs you"},
		{tunnels.Stopped, "stopped"},
	}
	var out []stateCount
	for _, w := range words {
		if n := t.states[w.state]; n > 0 {
			out = append(out, stateCount{w.state, fmt.Sprintf("%d %s", n, w.text)})
		}
	}
	return out
}
