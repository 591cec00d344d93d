package desktop

import (
	"bytes"
	"errors"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"culvert/e2e/desk"
)

// second starts the program once more and wants that it hands over to the first, and
// ends.
func (s *session) second(args ...string) {
	s.t.Helper()
	cmd := exec.Command(program, args...)
	cmd.Dir = s.Path
	c := s.Start(s.t, "second", cmd, false)
	if code := c.Status(s.t); code != 0 {
		s.t.Errorf("the second start has the exit status %d, want 0\n%s", code, c.Printed())
	}
}

// A second start shows the window of the first: hidden, minimized or behind another.
func TestSecondStart(t *testing.T) {
	s := newSession(t)
	h, port := s.startTray(), s.keepShop()
	w := s.open()
	w.Want("row:web", "Ready")
	iconOf(t, h)
	w.AskToClose()
	s.wantHidden(w)
	s.second()
	s.wantFront(w)

	s.Must(t, "xdotool", "windowminimize", "--sync", w.ID)
	s.second()
	s.wantFront(w)

	s.write(filepath.Join(s.Path, "tunnels.sh"), script)
	s.second("tunnels.sh")
	s.wantFront(w)
	s.wantTaken(w)
	desk.Host().WantPage(t, "127.0.0.1:"+port, "web-")
	if n := len(h.Items()); n != 1 {
		t.Errorf("there are %d icons, want 1", n)
	}
}

// wantTaken wants that the window shows what the script would add, adds that when
// asked to, and starts nothing of it.
func (s *session) wantTaken(w *desk.Window) {
	s.t.Helper()
	w.Await("what the file would add", func(b desk.Boxes) error {
		for _, x := range b.Boxes {
			if x.Layer > 0 && strings.Contains(x.Text, "postgres") {
				return nil
			}
		}
		return errors.New("nothing over the window tells it")
	})
	if b, err := w.Boxes(); err != nil {
		s.t.Error(err)
	} else if x, ok := b.Find("row:postgres"); ok {
		s.t.Errorf("it was added before anybody wanted it: %+v", x)
	}
	w.Click("take/submit")
	w.Want("row:postgres", "Stopped")
}

// script is such as people have.
const script = `#!/bin/sh
kubectl --context demo -n data port-forward svc/postgres :5432 &
wait
`

// A start after a crash works at once, with the same ports.
func TestKilled(t *testing.T) {
	s := newSession(t)
	port := s.keepShop()
	w := s.open()
	w.Want("row:web", "Ready")
	w.Want("row:api", "Ready")
	api := address(w, "api")
	desk.Eventually(t, "the ports are kept", func() error { return s.wantState(strings.TrimPrefix(api, "127.0.0.1:")) })
	w.End(false)
	desk.Host().WantRefusal(t, "127.0.0.1:"+port)

	began := time.Now()
	w = s.open()
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("the start took %v", took)
	}
	w.Want("row:web", "Ready")
	w.Want("row:api", "Ready")
	if now := address(w, "api"); now != api {
		t.Errorf("api listens at %s, and did at %s", now, api)
	}
	desk.Host().WantPage(t, "127.0.0.1:"+port, "web-")
	desk.Host().WantPage(t, api, "api-")
}

// wantState wants a word in the file of the state.
func (s *session) wantState(word string) error {
	data, err := os.ReadFile(filepath.Join(s.Path, ".local", "state", "culvert", "state.json"))
	if err == nil && !bytes.Contains(data, []byte(word)) {
		err = errors.New("it does not say " + word)
	}
	return err
}

// SIGTERM, as at the end of a session, ends the program in order.
func TestTerminated(t *testing.T) {
	s := newSession(t)
	s.startTray()
	port := s.keepShop()
	before, err := os.ReadFile(s.config("profiles", "shop.yaml"))
	if err != nil {
		t.Fatal(err)
	}
	w := s.open()
	w.Want("row:web", "Ready")
	w.Want("row:api", "Ready")
	api := address(w, "api")
	if err := w.Cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	s.wantEnd(w)
	desk.Host().WantRefusal(t, "127.0.0.1:"+port)
	desk.Host().WantRefusal(t, api)
	if err := s.wantState(strings.TrimPrefix(api, "127.0.0.1:")); err != nil {
		t.Errorf("the state: %v", err)
	}
	if after, err := os.ReadFile(s.config("profiles", "shop.yaml")); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the profile has changed: %v\n%s", err, after)
	}
	if left, err := filepath.Glob(filepath.Join(s.Runtime, "culvert", "*.sock")); err != nil || len(left) > 0 {
		t.Errorf("sockets are left: %q, %v", left, err)
	}
}

// The end of the display ends the program, and leaves nothing that is in the way of
// the next start.
func TestDisplayGoes(t *testing.T) {
	s := newSession(t)
	port := s.keepShop()
	w := s.open()
	w.Want("row:web", "Ready")
	s.Server.End(false)
	const soon = 5 * time.Second
	select {
	case <-w.Ended:
	case <-time.After(soon):
		t.Fatalf("it runs %v later", soon)
	}
	desk.Host().WantRefusal(t, "127.0.0.1:"+port)

	s.Desktop = desk.NewDesktop(t, s.Home, image.Pt(1280, 800))
	w = s.open()
	w.Want("row:web", "Ready")
	desk.Host().WantPage(t, "127.0.0.1:"+port, "web-")
}
