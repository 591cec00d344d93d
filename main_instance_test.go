//go:build !nogui

package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"culvert/cli"
)

// looks is a window that notes what is asked of it.
type looks struct {
	mu     sync.Mutex
	raised int
	opened []string
}

func (l *looks) face(kubeconfigs ...string) face {
	return face{
		raise: func() {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.raised++
		},
		open: func(paths []string) {
			l.mu.Lock()
			defer l.mu.Unlock()
			l.opened = append(l.opened, paths...)
		},
		kubeconfigs: func() []string { return kubeconfigs },
		heard:       func(context.Context) error { return nil },
	}
}

// TestSecondStartOfAStuckWindow: a window that hangs is told, with its process.
func TestSecondStartOfAStuckWindow(t *testing.T) {
	dir, l := place(t), &looks{}
	one, err := claim(t.Context(), cli.WindowOptions{}, dir, warn)
	if err != nil || one == nil {
		t.Fatal(one, err)
	}
	defer one.close()
	f, began := l.face(), make(chan struct{})
	var asked atomic.Int32
	f.heard = heardBy(func(g func()) {
		if asked.Add(1) == 1 { // the toolkit has begun to run, and hangs then
			g()
			close(began)
		}
	})
	<-began
	one.show(f)
	_, err = claim(t.Context(), cli.WindowOptions{}, dir, warn)
	if err == nil || !strings.Contains(err.Error(), fmt.Sprintf("process %d, but does not answer", os.Getpid())) {
		t.Errorf("it says %v", err)
	}
}

// TestSecondStartDuringTheEnd: who comes while the first ends is first then.
func TestSecondStartDuringTheEnd(t *testing.T) {
	dir, l := place(t), &looks{}
	one, err := claim(t.Context(), cli.WindowOptions{}, dir, warn)
	if err != nil || one == nil {
		t.Fatal(one, err)
	}
	f, asked := l.face(), make(chan struct{})
	f.heard = func(ctx context.Context) error { // the window is gone already
		close(asked)
		<-ctx.Done()
		return ctx.Err()
	}
	one.show(f)
	type claimed struct {
		in  *instance
		err error
	}
	next := make(chan claimed)
	go func() {
		in, err := claim(t.Context(), cli.WindowOptions{}, dir, warn)
		next <- claimed{in, err}
	}()
	<-asked
	one.leave()
	one.close()
	got := <-next
	if got.in == nil || got.err != nil {
		t.Fatalf("it is not first: %v", got.err)
	}
	got.in.close()
}

// place returns a folder for a socket; its name is short, as sockets' must be.
func place(t *testing.T) string {
	t.Helper()
	d, err := os.MkdirTemp("", "c")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(d) })
	return filepath.Join(d, "culvert")
}

func TestSecondStart(t *testing.T) {
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	link := filepath.Join(t.TempDir(), "link")
	if err := os.Symlink(here, link); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		o      cli.WindowOptions
		env    string // KUBECONFIG
		ours   []string
		raised int
		opened []string
		says   string // empty when it succeeds
	}{
		{name: "nothing asked", ours: []string{"/home/kim/.kube/config"}, raised: 1},
		{name: "hidden", o: cli.WindowOptions{Hidden: true}, ours: []string{"/a"}},
		{
			name: "files", o: cli.WindowOptions{Files: []string{"main.go", "/b c.yaml", "--x"}}, raised: 1,
			opened: []string{filepath.Join(here, "main.go"), "/b c.yaml", filepath.Join(here, "--x")},
		},
		{name: "hidden with a file", o: cli.WindowOptions{Hidden: true, Files: []string{"/a"}}, raised: 1, opened: []string{"/a"}},
		{name: "the same kubeconfig", o: cli.WindowOptions{Kubeconfig: "main.go"}, ours: []string{filepath.Join(here, "main.go")}, raised: 1},
		{name: "the same through a link", o: cli.WindowOptions{Kubeconfig: filepath.Join(link, "main.go")}, ours: []string{filepath.Join(here, "main.go")}, raised: 1},
		{name: "another kubeconfig", o: cli.WindowOptions{Kubeconfig: "/b"}, ours: []string{"/a"}, raised: 1, says: "other kubeconfigs: /a"},
		{name: "another one and a file", o: cli.WindowOptions{Kubeconfig: "/b", Files: []string{"/f"}}, ours: []string{"/a"}, raised: 1, says: "To work with /b too"},
		{name: "the same by the environment", env: "/a:/b", ours: []string{"/a", "/b"}, raised: 1},
		{name: "another by the environment", env: "/b:/a", ours: []string{"/a", "/b"}, raised: 1, says: "other kubeconfigs"},
		{name: "the flag wins", o: cli.WindowOptions{Kubeconfig: "/a"}, env: "/b", ours: []string{"/a"}, raised: 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("KUBECONFIG", tt.env)
			dir, l := place(t), &looks{}
			warned := func(err error) { t.Errorf("warned: %v", err) }
			one, err := claim(t.Context(), cli.WindowOptions{}, dir, warned)
			if err != nil || one == nil {
				t.Fatal(one, err)
			}
			defer one.close()
			one.show(l.face(tt.ours...))
			two, err := claim(t.Context(), tt.o, dir, warned)
			if two != nil || (err == nil) != (tt.says == "") {
				t.Fatalf("got %v, %v", two, err)
			}
			if said, ok := errors.AsType[*cli.SaidError](err); tt.says != "" && (!ok || said.Status != cli.ExitError || !strings.Contains(said.Text, tt.says)) {
				t.Errorf("it says %v", err)
			}
			if l.raised != tt.raised || !reflect.DeepEqual(l.opened, tt.opened) {
				t.Errorf("raised %d times, opened %q", l.raised, l.opened)
			}
		})
	}
}

// TestSecondStartWaits until the first has a window.
func TestSecondStartWaits(t *testing.T) {
	dir, l := place(t), &looks{}
	one, err := claim(t.Context(), cli.WindowOptions{}, dir, warn)
	if err != nil || one == nil {
		t.Fatal(one, err)
	}
	defer one.close()
	done := make(chan error)
	go func() {
		_, err := claim(t.Context(), cli.WindowOptions{Files: []string{"/f"}}, dir, warn)
		done <- err
	}()
	one.show(l.face())
	if err := <-done; err != nil || l.raised != 1 || len(l.opened) != 1 {
		t.Errorf("raised %d times, opened %q, %v", l.raised, l.opened, err)
	}
}

// TestSecondStartOfASlowStart: what comes long before there is a window is kept for
// it.
func TestSecondStartOfASlowStart(t *testing.T) {
	dir, l := place(t), &looks{}
	one, err := claim(t.Context(), cli.WindowOptions{}, dir, warn)
	if err != nil || one == nil {
		t.Fatal(one, err)
	}
	defer one.close()
	if _, err := claim(t.Context(), cli.WindowOptions{Files: []string{"/f"}}, dir, warn); err != nil {
		t.Error(err)
	}
	one.show(l.face())
	if !reflect.DeepEqual(l.opened, []string{"/f"}) {
		t.Errorf("opened %q", l.opened)
	}
}

// TestAlone: the demo takes no part, and without a place there is a warning.
func TestAlone(t *testing.T) {
	dir := place(t)
	one, err := claim(t.Context(), cli.WindowOptions{}, dir, warn)
	if err != nil || one == nil {
		t.Fatal(one, err)
	}
	defer one.close()
	var warned error
	for name, tt := range map[string]struct {
		o     cli.WindowOptions
		dir   string
		warns bool
	}{
		"demo":     {cli.WindowOptions{Demo: true}, dir, false},
		"no place": {cli.WindowOptions{}, filepath.Join(dir, "not", "there"), true},
	} {
		warned = nil
		in, err := claim(t.Context(), tt.o, tt.dir, func(err error) { warned = err })
		if in == nil || err != nil || (warned != nil) != tt.warns {
			t.Errorf("%s: %v, %v, warned of %v", name, in, err, warned)
			continue
		}
		in.leave()
		in.close()
	}
}

// TestArgsOfLater: a command line that is not understood opens nothing.
func TestArgsOfLater(t *testing.T) {
	for _, args := range [][]string{{"--colour=red"}, {"--kubeconfig"}, {"--hidden=perhaps"}} {
		if _, err := parseStart(args, "/"); err == nil || !strings.Contains(err.Error(), "does not understand") {
			t.Errorf("%q: %v", args, err)
		}
	}
}
