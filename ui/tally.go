package ui

import "culvert/tunnels"

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
	n     int
	text  string // with the number
}

// strip says the tally in words, the usual first; states without tunnels are
// left out.
func (t tally) strip() []stateCount {
	var out []stateCount
	for _, s := range []tunnels.State{
		tunnels.Ready, tunnels.Starting, tunnels.Waiting, tunnels.Reconnecting, tunnels.Degraded, tunnels.NeedsUser, tunnels.Stopped,
	} {
		if n := t.states[s]; n > 0 {
			out = append(out, stateCount{s, n, countedText(s, n)})
		}
	}
	return out
}

// countedText says how many tunnels are in a state.
func countedText(s tunnels.State, n int) string {
	switch s {
	case tunnels.Ready:
		return plural(n, "1 ready", "{{.N}} ready", nil)
	case tunnels.Starting:
		return plural(n, "1 starting", "{{.N}} starting", nil)
	case tunnels.Waiting:
		return plural(n, "1 waiting", "{{.N}} waiting", nil)
	case tunnels.Reconnecting:
		return plural(n, "1 reconnecting", "{{.N}} reconnecting", nil)
	case tunnels.Degraded:
		return plural(n, "1 degraded", "{{.N}} degraded", nil)
	case tunnels.NeedsUser:
		return plural(n, "1 needs you", "{{.N}} need you", nil)
	case tunnels.Stopped:
		return plural(n, "1 stopped", "{{.N}} stopped", nil)
	}
	return ""
}
