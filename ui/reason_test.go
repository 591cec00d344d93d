package ui

import (
	"errors"
	"testing"

	"culvert/tunnels"
)

// TestEveryCauseSaysSomething: whatever is wrong, the row says more than the state.
func TestEveryCauseSaysSomething(t *testing.T) {
	for cause := tunnels.CauseUnknown; cause <= tunnels.CauseProtocol; cause++ {
		for _, state := range []tunnels.State{tunnels.NeedsUser, tunnels.Reconnecting, tunnels.Degraded, tunnels.Waiting} {
			st := tunnels.Status{State: state, Reason: "error", Err: &tunnels.Error{Err: errors.New("it is odd"), Cause: cause}}
			word, short := stateWord(st, noon)
			reason := stateReason(st, noon)
			if word == "" || short == "" || reason == "" || reason == word {
				t.Errorf("%v for cause %d: %q, %q, %q", state, cause, word, short, reason)
			}
		}
	}
}
