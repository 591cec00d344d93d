package cli

import (
	"context"
	"fmt"
	"strings"
	"sync"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/control"
)

// goal is what tunnels are waited for to be.
type goal struct {
	word string // as --for has it
	is   func(tunnels.State) bool
	// lost says that a state is not left without the user, or once left not come to.
	lost func(st tunnels.Status, ran bool) bool
}

var toBeReady = goal{
	word: "ready",
	is:   func(s tunnels.State) bool { return s == tunnels.Ready },
	lost: func(st tunnels.Status, ran bool) bool {
		return st.State == tunnels.NeedsUser || st.State == tunnels.Stopped && ran
	},
}

var toBeStopped = goal{
	word: "stopped",
	is:   func(s tunnels.State) bool { return s == tunnels.Stopped },
	lost: func(tunnels.Status, bool) bool { return false },
}

// await waits until all tunnels are as they should be. The error has ExitWaited, and
// names those that are not with their reasons: when the time is over, or one of them
// cannot become so. What is told of a change may be older than what the caller has just
// done: it is only when one looks anew. When ctx is done it returns ctx's error. Where it
// takes long, slow is told once what is waited for; nil drops it.
func await(ctx context.Context, engine control.Engine, ids []tunnels.ID, g goal, limit time.Duration, slow func(string)) error {
	inner, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	seen, ran := make(map[tunnels.ID]bool), make(map[tunnels.ID]bool)
	var mu sync.Mutex // guards what follows from the timer
	var last tunnels.Snapshot
	reached, lost := false, false
	if slow != nil && limit > slowAfter {
		timer := time.AfterFunc(slowAfter, func() {
			mu.Lock()
			defer mu.Unlock()
			if !reached && !lost && inner.Err() == nil {
				slow(waitingFor(last, ids, g, limit))
			}
		})
		defer timer.Stop()
	}
	engine.Watch(inner, func(told tunnels.Snapshot) {
		s, _, err := engine.List(inner)
		mu.Lock()
		defer mu.Unlock()
		if reached || lost {
			return // the watch has not noticed yet
		}
		if err != nil {
			last = told
			return
		}
		last = s
		reached = true
		for _, id := range ids {
			st, there := s.Find(id)
			switch {
			case !there: // what was just put may still be on its way
				reached = false
				lost = lost || seen[id]
			case g.is(st.State):
			default:
				reached = false
				lost = lost || g.lost(st, ran[id])
			}
			seen[id] = seen[id] || there
			ran[id] = ran[id] || st.State != tunnels.Stopped
		}
		if reached || lost {
			cancel()
		}
	})
	mu.Lock()
	defer mu.Unlock()
	switch {
	case reached:
		return nil
	case ctx.Err() != nil:
		return ctx.Err()
	case !lost && inner.Err() == nil:
		return errEnded
	}
	return &statusError{&vain{snapshot: last, ids: ids, goal: g, waited: limit, lost: lost}, ExitWaited}
}

// slowAfter is how long nothing is said while tunnels are waited for.
const slowAfter = 3 * time.Second

// waitingFor says what is waited for, and how long.
func waitingFor(s tunnels.Snapshot, ids []tunnels.ID, g goal, limit time.Duration) string {
	var names []string
	for _, id := range ids {
		if st, there := s.Find(id); there && !g.is(st.State) {
			names = append(names, plain(st.Spec.Title()))
		}
	}
	what := fmt.Sprintf("%d of %s", len(names), counted(len(ids), "tunnel"))
	if len(names) > 0 && len(names) <= 3 {
		what = strings.Join(names, ", ")
	}
	return fmt.Sprintf("Waiting for %s to be %s, %v at most.", what, g.word, limit)
}

// toStderr tells the user a line beside the answer.
func (d Deps) toStderr(text string) { fmt.Fprintln(d.Err, text) }

// vain is what was waited for in vain: which tunnels are not as they should be, why,
// and what to do.
type vain struct {
	snapshot tunnels.Snapshot
	ids      []tunnels.ID
	goal     goal
	waited   time.Duration
	lost     bool // waiting any longer would be of no use
	// known says that the user has just been told what is wrong with a tunnel; nil
	// means no.
	known func(tunnels.Status) bool
}

func (v *vain) Error() string {
	what := "not " + v.goal.word
	if !v.lost {
		what += fmt.Sprintf(" after %v", v.waited)
	}
	lines := v.lines()
	if len(lines) > 1 {
		return fmt.Sprintf("%d of %d tunnels are %s:\n  %s", len(lines), len(v.ids), what, strings.Join(lines, "\n  "))
	}
	return what + ": " + strings.Join(lines, "")
}

// lines has one for each tunnel that is not as it should be.
func (v *vain) lines() []string {
	var out []string
	for _, id := range v.ids {
		st, there := v.snapshot.Find(id)
		switch {
		case !there:
			out = append(out, fmt.Sprintf("%s is not there any more", plain(string(id))))
		case v.goal.is(st.State):
		case v.known != nil && v.known(st):
			out = append(out, plain(st.Spec.Title())+" "+verbOf(st.State))
		default:
			out = append(out, troubleOf(st))
		}
	}
	return out
}

// troubleOf says in one line how a tunnel is, why, and what to do.
func troubleOf(st tunnels.Status) string {
	text := plain(st.Spec.Title()) + " " + verbOf(st.State)
	if st.Reason != "" {
		text += ", " + plain(st.Reason)
	}
	if st.Err != nil {
		text += ": " + strings.TrimSuffix(plain(st.Err.Error()), ".") + "."
		if st.Err.Hint != "" {
			text += " " + plain(st.Err.Hint)
		}
	}
	return text
}

// verbOf is a state in a sentence about a tunnel.
func verbOf(s tunnels.State) string {
	switch s {
	case tunnels.Stopped:
		return "is stopped"
	case tunnels.Ready:
		return "is ready"
	case tunnels.Starting:
		return "is starting"
	case tunnels.Waiting:
		return "waits for a pod"
	case tunnels.Degraded:
		return "works in part"
	case tunnels.Reconnecting:
		return "reconnects"
	case tunnels.NeedsUser:
		return "needs you"
	}
	return "is " + s.String()
}
