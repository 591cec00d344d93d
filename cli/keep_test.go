package cli

import (
	"context"
	"errors"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels/control"
)

func TestIdle(t *testing.T) {
	const limit = 10 * time.Second
	tests := map[string]struct {
		busy  time.Duration // until then something runs
		asked time.Duration // until then somebody asks, once a second
		want  time.Duration
	}{
		"nothing":             {want: limit},
		"something runs":      {busy: time.Minute, want: time.Minute + limit},
		"somebody asks":       {asked: 25 * time.Second, want: 25*time.Second + limit},
		"first one, then the": {busy: 5 * time.Second, asked: 8 * time.Second, want: 8*time.Second + limit},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				begun := time.Now()
				idle(t.Context(), limit, func() (bool, uint64) {
					past := time.Since(begun)
					return past < tt.busy, uint64(min(past, tt.asked) / time.Second)
				})
				if took := time.Since(begun); took < tt.want-time.Second || took > tt.want+time.Second {
					t.Errorf("it has waited for %v, want %v", took, tt.want)
				}
			})
		})
	}
}

// TestKeep: what keeps tunnels in the background is found, acts, and ends when it is
// told to.
func TestKeep(t *testing.T) {
	k := newBench(t)
	k.do("list", ExitOK, "No Culvert runs")
	k.d.Find = nil // from here on, whatever runs
	k.do("down web", ExitNothing, "no Culvert runs")
	d := k.d
	d.Err = &command{t: t}
	var wg sync.WaitGroup
	defer wg.Wait()
	ctx, cancel := context.WithCancel(t.Context())
	defer cancel()
	status := make(chan int, 1)
	wg.Go(func() { status <- execute(ctx, d, []string{keepVerb}) })
	for first, err := (*control.Client)(nil), error(nil); first == nil; first, err = k.d.first(t.Context()) {
		if err != nil && !errors.Is(err, ErrNobody) {
			t.Fatal(err)
		}
	}
	k.do("up web --wait", ExitOK, "(web)")
	k.do("up --wait --detach", ExitOK, "(mine)") // it runs
	k.do("list", ExitOK, "● ready", "mine", "project")
	k.do("list -o json", ExitOK, `"title": "web"`)
	k.do("status mine", ExitOK, "mine  ● ready")
	k.do("run rec --no-wait -- true", ExitOK)
	k.do("run api -- true", ExitOK)
	k.do("wait api --for=stopped", ExitOK)
	k.do("keep", ExitOK) // another one is first
	k.do("down web", ExitOK, "web stopped")
	first, err := k.d.first(t.Context()) // as something runs
	if err != nil {
		t.Fatal(err)
	}
	if v := first.First(); v.Kind != control.KindBackground || len(v.Kubeconfigs) != 1 {
		t.Errorf("it says %+v", v)
	}
	k.do("down --all", ExitOK, "mine stopped")
	select {
	case code := <-status:
		if code != ExitOK {
			t.Errorf("exit status %d", code)
		}
	case <-time.After(20 * time.Second):
		t.Error("it does not end")
	}
	k.do("down web", ExitNothing)
}

// TestKeepWithoutClusters: what is wrong is said before anybody is told that it runs.
func TestKeepWithoutClusters(t *testing.T) {
	k := newBench(t)
	k.d.Find = nil
	k.do("keep --kubeconfig /nonexistent/config", ExitError, "/nonexistent/config")
	k.do("down web", ExitNothing)
}

// TestAnswers: the one that waits for a background process hears what it says when it
// ends early, and takes another one that was faster.
func TestAnswers(t *testing.T) {
	there := &Running{}
	tests := map[string]struct {
		after int // looks until somebody is there; 0 for never
		ends  bool
		early string
		says  string
	}{
		"it answers":             {after: 3},
		"it has ended":           {ends: true, early: "culvert: no such file", says: "no such file"},
		"it has ended silently":  {ends: true, says: "without --detach"},
		"another one was faster": {after: 2, ends: true},
		"it never answers":       {says: "does not answer"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				looks := 0
				d := Deps{Find: func(context.Context) (*Running, error) {
					if looks++; tt.after > 0 && looks >= tt.after {
						return there, nil
					}
					return nil, ErrNobody
				}}
				ended := make(chan struct{})
				if tt.ends {
					close(ended)
				}
				r, err := d.answers(t.Context(), ended, func() string { return tt.early })
				if (r == there) != (tt.says == "") {
					t.Errorf("got %v, %v", r, err)
				}
				if tt.says != "" {
					checkError(t, err, []string{tt.says})
				}
			})
		})
	}
}

func TestAbsoluteEnv(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	list := string(filepath.ListSeparator)
	got := absoluteEnv([]string{"A=b", "KUBECONFIG=x" + list + list + "/y/z"})
	if want := "KUBECONFIG=" + absolute("x") + list + list + "/y/z"; !slices.Equal(got, []string{"A=b", want}) || !strings.Contains(want, filepath.Base(dir)) {
		t.Errorf("got %q", got)
	}
}
