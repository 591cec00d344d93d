package desktop

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"culvert/e2e/desk"
)

// Started at login, the program stays hidden where there is a tray, and its tunnels
// run.
func TestHidden(t *testing.T) {
	s := newSession(t)
	h, port := s.startTray(), s.keepShop()
	w := s.Launch(t, exec.Command(program, "--hidden"))
	i := iconOf(t, h)
	i.wantTip("Culvert: 2 running")
	desk.Host().WantPage(t, "127.0.0.1:"+port, "web-")
	if s.visible(w) {
		t.Error("its window is on the screen")
	}
	if err := i.Activate(t.Context()); err != nil {
		t.Fatal(err)
	}
	s.wantFront(w)
	w.Want("row:web", "Ready")
	w.AskToClose()
	s.wantHidden(w)
	i.choose("Quit (stops 2 tunnels)")
	s.wantEnd(w)
}

// Where there is no tray, it shows itself.
func TestHiddenNowhere(t *testing.T) {
	s := newSession(t)
	port := s.keepShop()
	w := s.Launch(t, exec.Command(program, "--hidden"))
	w.Appear()
	w.Want("row:web", "Ready")
	desk.Host().WantPage(t, "127.0.0.1:"+port, "web-")
}

// What the preferences put into the session's autostart starts the program hidden.
func TestStartAtLogin(t *testing.T) {
	s := newSession(t)
	h := s.startTray()
	s.keepShop()
	w := s.open()
	iconOf(t, h)
	w.Press("ctrl+comma")
	w.Want("prefs/login", "off")
	w.Click("prefs/login")
	w.Want("prefs/login", "on")
	entry := filepath.Join(s.Path, ".config", "autostart", "io.culvert.Culvert.desktop")
	var line string
	desk.Eventually(t, "the entry", func() error {
		text, err := os.ReadFile(entry)
		if err != nil {
			return err
		}
		for l := range strings.Lines(string(text)) {
			if command, ok := strings.CutPrefix(l, "Exec="); ok {
				line = strings.TrimSpace(command)
				return nil
			}
		}
		return errors.New("it starts nothing")
	})
	w.Click("prefs/done")
	w.Gone("prefs/done")
	if err := w.Cmd.Process.Signal(syscall.SIGTERM); err != nil { // the session ends
		t.Fatal(err)
	}
	s.wantEnd(w)

	w = s.Launch(t, exec.Command("sh", "-c", "exec "+line))
	i := iconOf(t, h)
	i.wantTip("Culvert: 2 running")
	if s.visible(w) {
		t.Error("its window is on the screen")
	}
	i.choose("Open Culvert")
	s.wantFront(w)
	w.Press("ctrl+comma")
	w.Want("prefs/login", "on")
	w.Click("prefs/login")
	w.Want("prefs/login", "off")
	desk.Eventually(t, "no entry", func() error {
		if _, err := os.Stat(entry); !errors.Is(err, os.ErrNotExist) {
			return errors.Join(err, errors.New("it is there"))
		}
		return nil
	})
}
