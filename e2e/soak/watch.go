package soak

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strings"
	"time"

	"culvert/e2e/soak/judge"
	"culvert/tunnels/control"
)

// shownTunnels is what `status` and `list` print.
type shownTunnels struct{ Tunnels []control.Status }

// serving says whether a state promises that connections reach the pod.
func serving(state string) bool { return state == "ready" || state == "degraded" }

// watcher follows `culvert status --watch -o json` as a user's script would.
type watcher struct {
	r *run
	// changes are written here, a line for each change of a tunnel's state.
	log io.Writer

	last map[string]control.Status
}

// watchAgain is how long a watcher waits before it starts the command anew.
const watchAgain = 500 * time.Millisecond

// run follows until ctx is done. When the command ends before, that is told, and it is
// started anew.
func (w *watcher) run(ctx context.Context) {
	for ctx.Err() == nil {
		err := w.follow(ctx)
		if ctx.Err() != nil {
			return
		}
		now := time.Now()
		w.r.judge.Hide(now)
		w.last = nil
		w.r.logf("status --watch has ended: %v", err)
		if !w.r.judge.StoodStill(now.Add(-time.Minute), now) {
			w.r.judge.Violate(judge.Violation{At: now, Kind: judge.Product, Text: fmt.Sprintf("`culvert status --watch` has ended: %v", err)})
		}
		select {
		case <-time.After(watchAgain):
		case <-ctx.Done():
		}
	}
}

// follow runs the command once.
func (w *watcher) follow(ctx context.Context) error {
	cmd := w.r.home.command("status", "--watch", "-o", "json")
	var said strings.Builder
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	defer context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })()
	err = w.read(out)
	_, _ = io.Copy(io.Discard, out) // what is not understood holds nobody up
	var exit *exec.ExitError
	if werr := cmd.Wait(); errors.As(werr, &exit) {
		err = errors.Join(err, fmt.Errorf("%w: %s", werr, strings.TrimSpace(said.String())))
	}
	return err
}

func (w *watcher) read(from io.Reader) error {
	s := bufio.NewScanner(from)
	s.Buffer(nil, 16<<20)
	for s.Scan() {
		var all shownTunnels
		if err := json.Unmarshal(s.Bytes(), &all); err != nil {
			return fmt.Errorf("%q: %w", s.Text(), err)
		}
		w.take(all.Tunnels, time.Now())
	}
	return s.Err()
}

// take judges what is shown now.
func (w *watcher) take(all []control.Status, now time.Time) {
	shown := make(map[string]control.Status, len(all))
	for _, t := range all {
		shown[t.Title] = t
		w.r.judge.Show(t.Title, t.State, t.Reason, serving(t.State), now)
		before, ok := w.last[t.Title]
		if !ok || before.State != t.State || before.Reason != t.Reason || before.Pod != t.Pod {
			trouble := ""
			if t.Err != nil {
				trouble = ": " + t.Err.Text
			}
			fmt.Fprintf(w.log, "%s %-12s %-12s %s %s%s\n", stamp(now), t.Title, t.State, t.Pod, t.Reason, trouble)
		}
	}
	for name := range w.last {
		if _, ok := shown[name]; !ok {
			w.r.judge.Violate(judge.Violation{At: now, Kind: judge.Product, Tunnel: name, Text: "it is not shown any more"})
		}
	}
	w.last = shown
	w.r.shown.Store(&shown)
}

func stamp(t time.Time) string { return t.UTC().Format("15:04:05.000") }

// listEvery is how often what `list` shows is compared with what is watched.
const listEvery = 15 * time.Second

// compareLists asks `culvert list -o json` now and then: it must say what the watch says,
// or have said within the last two seconds.
func (r *run) compareLists(ctx context.Context) {
	tick := time.NewTicker(listEvery)
	defer tick.Stop()
	for {
		select {
		case <-tick.C:
		case <-ctx.Done():
			return
		}
		began := time.Now()
		err := r.compareList(ctx)
		if ctx.Err() != nil {
			return
		}
		// Who asks a Culvert that stands still is told so.
		if err != nil && !r.judge.StoodStill(began, time.Now()) {
			r.judge.Violate(judge.Violation{At: time.Now(), Kind: judge.Product, Text: err.Error()})
		}
	}
}

func (r *run) compareList(ctx context.Context) error {
	began := time.Now()
	out, err := r.home.ends(ctx, "list", "-o", "json")
	if err != nil {
		return err
	}
	var all shownTunnels
	if err := json.Unmarshal(out, &all); err != nil {
		return fmt.Errorf("culvert list: %q: %w", out, err)
	}
	if len(all.Tunnels) != len(r.plans) {
		return fmt.Errorf("culvert list has %d tunnels, want %d", len(all.Tunnels), len(r.plans))
	}
	ended := time.Now()
	select {
	case <-time.After(judge.Lag): // the watch may be the later one
	case <-ctx.Done():
		return nil
	}
	for _, t := range all.Tunnels {
		if !r.judge.WasShown(t.Title, t.State, began.Add(-judge.Lag), ended.Add(judge.Lag)) {
			return fmt.Errorf("culvert list shows %s as %s, and the watch has not within %v", t.Title, t.State, judge.Lag)
		}
	}
	return nil
}
