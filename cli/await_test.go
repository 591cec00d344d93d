package cli

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/profiles"
)

// scripted is an engine that has another snapshot each second; the last one stays. Who
// watches is told at first of one that is old, where there is one, and at once of the
// present one.
type scripted struct {
	control.Engine
	old    tunnels.Snapshot
	script []tunnels.Snapshot
	begun  time.Time
}

func (s scripted) now() tunnels.Snapshot {
	return s.script[min(int(time.Since(s.begun)/time.Second), len(s.script)-1)]
}

func (s scripted) List(context.Context) (tunnels.Snapshot, []profiles.Profile, error) {
	return s.now(), nil, nil
}

func (s scripted) Watch(ctx context.Context, fn func(tunnels.Snapshot)) {
	every := time.NewTicker(time.Second)
	defer every.Stop()
	if s.old != nil {
		fn(s.old)
	}
	for {
		fn(s.now())
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}

// moments reads snapshots: each word of a moment is a tunnel and the first letter of
// its state.
func moments(t *testing.T, text string) (out []tunnels.Snapshot) {
	t.Helper()
	states := map[byte]tunnels.State{
		's': tunnels.Stopped, 'r': tunnels.Ready, 'g': tunnels.Starting, 'w': tunnels.Waiting, 'd': tunnels.Degraded, 'n': tunnels.NeedsUser,
	}
	for moment := range strings.SplitSeq(text, ",") {
		s := tunnels.Snapshot{}
		for word := range strings.FieldsSeq(moment) {
			st := aStatus(t, word[:1], ":80")
			st.Spec.ID, st.State = tunnels.ID(word[:1]), states[word[1]]
			if st.State == tunnels.NeedsUser {
				st.Reason = "port busy"
				st.Err = &tunnels.Error{Err: errors.New("port 80 is used."), Hint: "Use another."}
			}
			s = append(s, st)
		}
		out = append(out, s)
	}
	return out
}

func TestAwait(t *testing.T) {
	const limit = 10 * time.Second
	tests := map[string]struct {
		script string // behind a bar: what is told at first, and is old
		goal   goal
		after  time.Duration
		says   []string
	}{
		"ready already":                {"ar br", toBeReady, 0, nil},
		"ready later":                  {"ag bs,ar bg,ar br", toBeReady, 2 * time.Second, nil},
		"not together at first":        {"ar bg,ag br,ar br", toBeReady, 2 * time.Second, nil},
		"put just now":                 {",as bs,ar br", toBeReady, 2 * time.Second, nil},
		"one needs the user":           {"ag bg,ar bn", toBeReady, time.Second, []string{"not ready: b needs you, port busy: port 80 is used. Use another."}},
		"one is stopped by somebody":   {"ag br,as br", toBeReady, time.Second, []string{"a is stopped"}},
		"one is removed":               {"ag br,br", toBeReady, time.Second, []string{"a is not there any more"}},
		"works in part":                {"ad br", toBeReady, limit, []string{"not ready after 10s", "a works in part"}},
		"the time is over":             {"aw bg", toBeReady, limit, []string{"2 of 2 tunnels are not ready after 10s", "a waits for a pod", "b is starting"}},
		"it was ready":                 {"ag bg,ar br|ar br", toBeReady, time.Second, nil},
		"it needed the user":           {"ag bg,ar br|an bn", toBeReady, time.Second, nil},
		"stopped":                      {"ar br,as bn,as bs", toBeStopped, 2 * time.Second, nil},
		"stopped, but not in its time": {"ar bs", toBeStopped, limit, []string{"not stopped after 10s: a is ready"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				present, old, stale := strings.Cut(tt.script, "|")
				engine := scripted{script: moments(t, present), begun: begun}
				if stale {
					engine.old = moments(t, old)[0]
				}
				err := await(t.Context(), engine, []tunnels.ID{"a", "b"}, tt.goal, limit, nil)
				if took := time.Since(begun); took < tt.after || took > tt.after+time.Second {
					t.Errorf("it took %v, want %v", took, tt.after)
				}
				checkError(t, err, tt.says)
				if s, ok := errors.AsType[*statusError](err); err != nil && (!ok || s.status != ExitWaited) {
					t.Errorf("the error is %#v", err)
				}
			})
		})
	}
}

func TestAwaitIsInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	err := await(ctx, scripted{script: []tunnels.Snapshot{{}}}, []tunnels.ID{"a"}, toBeReady, time.Minute, nil)
	if !errors.Is(err, context.Canceled) {
		t.Errorf("the error is %v", err)
	}
}

func TestAwaitTellsWhatTakesLong(t *testing.T) {
	const limit = 10 * time.Second
	tests := map[string]struct{ script, says string }{
		"at once":   {"ar br", ""},
		"soon":      {"ag bg,ag bg,ar br", ""},
		"one":       {"ar bg", "Waiting for b to be ready, 10s at most."},
		"both":      {"aw bg", "Waiting for a, b to be ready, 10s at most."},
		"not there": {",", "Waiting for 0 of 2 tunnels to be ready, 10s at most."},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				said := ""
				_ = await(t.Context(), scripted{script: moments(t, tt.script), begun: time.Now()}, []tunnels.ID{"a", "b"}, toBeReady, limit, func(s string) { said += s })
				if said != tt.says {
					t.Errorf("it says %q, want %q", said, tt.says)
				}
			})
		})
	}
}

func TestVainSaysOnceWhatIsKnown(t *testing.T) {
	v := &vain{snapshot: moments(t, "an bn")[0], ids: []tunnels.ID{"a", "b"}, goal: toBeReady, lost: true}
	v.known = func(st tunnels.Status) bool { return st.Spec.ID == "a" }
	const want = "2 of 2 tunnels are not ready:\n  a needs you\n  b needs you, port busy: port 80 is used. Use another."
	if v.Error() != want {
		t.Errorf("it says %q, want %q", v.Error(), want)
	}
}
