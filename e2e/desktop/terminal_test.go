package desktop

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"culvert/e2e/desk"
	"culvert/tunnels"
	"culvert/tunnels/control"
)

// instantly is how soon the window shows what a terminal does, and the other way round,
// counted from when the tunnel has begun to start.
const instantly = 200 * time.Millisecond

// quiet is a profile of which nothing starts by itself.
const quiet = `version: 1
name: Shop
context: demo
namespace: shop
tunnels:
  - name: redis
    target: svc/cart-redis
    ports: [":redis"]
`

// terminal runs the program to its end, as in a terminal, and returns what it printed.
func (s *session) terminal(args ...string) string {
	s.t.Helper()
	out, err := s.Tool(s.t.Context(), program, args...)
	if err != nil {
		s.t.Fatal(err)
	}
	return out
}

// engine connects to whoever has the tunnels.
func (s *session) engine() *control.Remote {
	s.t.Helper()
	server, client, err := control.Claim(s.t.Context(), control.Options{Role: control.RoleTunnels, Dir: filepath.Join(s.Runtime, "culvert")})
	if server != nil {
		server.Close()
		err = errors.New("nobody has the tunnels")
	}
	if err != nil {
		s.t.Fatal(err)
	}
	remote := client.Engine()
	s.t.Cleanup(remote.Close)
	return remote
}

// began returns when a tunnel has begun to start the last time, by its timeline.
func began(t *testing.T, e *control.Remote, id tunnels.ID) time.Time {
	t.Helper()
	var at time.Time
	for _, ev := range slices.Backward(e.Timeline(id)) {
		if ev.Kind != tunnels.EventState {
			continue
		}
		if ev.State == tunnels.Stopped && !at.IsZero() {
			break
		}
		if ev.State == tunnels.Starting {
			at = ev.Time
		}
	}
	if at.IsZero() {
		t.Fatal("its timeline does not tell of a start")
	}
	return at
}

// lag tells how long it took to show several starts, and wants that the usual one was
// soon enough: one may meet a machine that is busy with other things.
func lag(t *testing.T, what string, took []time.Duration) {
	t.Helper()
	slices.Sort(took)
	usual := took[len(took)/2]
	t.Logf("%s: usually after %v, of %v", what, usual.Round(time.Millisecond), took)
	if usual > instantly {
		t.Errorf("%s: usually after %v, want at most %v", what, usual, instantly)
	}
}

// A tunnel that is started in a terminal is drawn in the window within the fifth part of
// a second, and the terminal tells as soon of what the window starts.
func TestTerminalAndWindow(t *testing.T) {
	s := newSession(t)
	s.keep("shop.yaml", quiet)
	w := s.open()
	w.Want("row:redis", "Stopped")
	e := s.engine()
	const id = "shop/redis"

	var took []time.Duration
	for range 5 {
		drawn := make(chan time.Time, 1)
		go func() { // ends when it is drawn, or with the window
			for {
				b, err := w.Boxes()
				if err != nil {
					return
				}
				if x, ok := b.Find("row:redis"); ok && x.Text != "Stopped" {
					drawn <- time.Now()
					return
				}
			}
		}()
		s.terminal("up", "redis", "--quiet")
		select {
		case at := <-drawn:
			took = append(took, at.Sub(began(t, e, id)))
		case <-time.After(desk.Patience):
			t.Fatal("the window does not show it")
		}
		w.Want("row:redis", "Ready")
		desk.Host().WantEcho(t, address(w, "redis"))
		s.terminal("down", "redis", "--quiet")
		w.Want("row:redis", "Stopped")
	}
	lag(t, "started in a terminal, drawn in the window", took)

	states := s.watchStates("redis")
	took = nil
	for range 5 {
		w.Click("row:redis/toggle")
		at := states.next(t, "starting", "ready")
		took = append(took, at.Sub(began(t, e, id)))
		w.Want("row:redis", "Ready")
		if out := s.terminal("list"); !strings.Contains(out, "redis") {
			t.Errorf("list says\n%s", out)
		}
		w.Click("row:redis/toggle")
		states.next(t, "stopped")
	}
	lag(t, "started in the window, told in a terminal", took)
	w.Close()
}

// states are what `culvert status --watch` tells, as it tells it.
type states struct{ lines chan stateLine }

type stateLine struct {
	at    time.Time
	state string
}

// watchStates follows a tunnel in a terminal until the test's end.
func (s *session) watchStates(name string) states {
	s.t.Helper()
	cmd := exec.CommandContext(s.t.Context(), program, "status", name, "--watch", "-o", "json")
	cmd.Env = s.Env
	out, err := cmd.StdoutPipe()
	if err == nil {
		err = cmd.Start()
	}
	if err != nil {
		s.t.Fatal(err)
	}
	told := states{make(chan stateLine, 1000)}
	ended := make(chan struct{})
	go func() { // ends with the process
		defer close(ended)
		defer close(told.lines)
		for lines := bufio.NewScanner(out); lines.Scan(); {
			at := time.Now()
			var all struct {
				Tunnels []struct {
					State string `json:"state"`
				} `json:"tunnels"`
			}
			if json.Unmarshal(lines.Bytes(), &all) == nil && len(all.Tunnels) == 1 {
				told.lines <- stateLine{at, all.Tunnels[0].State}
			}
		}
	}()
	s.t.Cleanup(func() {
		_ = cmd.Process.Kill() // it may have ended
		<-ended
		_ = cmd.Wait() // it was killed
	})
	return told
}

// next waits for one of some states and returns when it was told.
func (s states) next(t *testing.T, wanted ...string) time.Time {
	t.Helper()
	late := time.After(desk.Patience)
	for {
		select {
		case l, ok := <-s.lines:
			if !ok {
				t.Fatal("the terminal has ended")
			}
			if slices.Contains(wanted, l.state) {
				return l.at
			}
		case <-late:
			t.Fatalf("the terminal does not tell of %q", wanted)
		}
	}
}

// detach starts a tunnel in the background and returns the process in which it is,
// which ends with the test if not before.
func (s *session) detach() (pid int) {
	s.t.Helper()
	s.keep("shop.yaml", quiet)
	s.terminal("up", "redis", "--detach", "--wait=30s")
	pid = s.engine().First().PID
	s.t.Cleanup(func() { _ = syscall.Kill(pid, syscall.SIGKILL) }) // it may have ended
	return pid
}

// attached opens a window and wants that it shows the tunnels of the background.
func (s *session) attached() *desk.Window {
	s.t.Helper()
	w := s.open()
	w.Want("row:redis", "Ready")
	w.Want("where", "Tunnels run in the background")
	return w
}

// A window shows the tunnels that a background process has, and leaves them running. When
// that process ends, the window goes on by itself.
func TestAttached(t *testing.T) {
	s := newSession(t)
	s.detach()
	w := s.attached()
	addr := address(w, "redis")
	desk.Host().WantEcho(t, addr)

	w.AskToClose()
	if code := w.Status(t); code != 0 { // nothing is asked
		t.Errorf("the exit status is %d, want 0\n%s", code, w.Printed())
	}
	desk.Host().WantEcho(t, addr)

	w = s.attached()
	s.terminal("down", "redis") // with the last tunnel the process ends
	desk.Host().WantRefusal(t, addr)
	goesOnAlone(t, s, w)
	w.Close()
}

// TestBackgroundEnded: somebody ends the background process, and nothing is offered.
func TestBackgroundEnded(t *testing.T) {
	s := newSession(t)
	pid := s.detach()
	w := s.attached()
	if err := syscall.Kill(pid, syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	goesOnAlone(t, s, w)
	w.Close()
}

// goesOnAlone wants a window to keep its tunnels itself, and as the one that others find.
func goesOnAlone(t *testing.T, s *session, w *desk.Window) {
	t.Helper()
	w.Gone("where")
	w.Want("row:redis", "Stopped")
	if b, err := w.Boxes(); err != nil {
		t.Error(err)
	} else if x, ok := b.Find("banner/act"); ok {
		t.Errorf("the banner offers %q to somebody who has ended it", x.Text)
	}
	w.Click("row:redis/toggle")
	w.Want("row:redis", "Ready")
	desk.Host().WantEcho(t, address(w, "redis"))
	if out := s.terminal("list"); !strings.Contains(out, "redis") {
		t.Errorf("the terminal does not find the window: list says\n%s", out)
	}
}

// When the background process is killed, the window offers to start again what ran in
// it.
func TestBackgroundKilled(t *testing.T) {
	s := newSession(t)
	pid := s.detach()
	w := s.attached()
	addr := address(w, "redis")
	desk.Eventually(t, "its port is kept", func() error { return s.wantState(strings.TrimPrefix(addr, "127.0.0.1:")) })
	if err := syscall.Kill(pid, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	w.Await("an offer to start it again", func(b desk.Boxes) error {
		x, ok := b.Find("banner/act")
		if !ok || x.Text != "Start again" {
			return fmt.Errorf("the banner has %q", x.Text)
		}
		return nil
	})
	w.Gone("where")
	w.Want("row:redis", "Stopped")
	w.Click("banner/act")
	w.Want("row:redis", "Ready")
	if now := address(w, "redis"); now != addr {
		t.Errorf("it listens at %s, and did at %s", now, addr)
	}
	desk.Host().WantEcho(t, addr)
	w.Gone("banner/act")
	w.Close()
}
