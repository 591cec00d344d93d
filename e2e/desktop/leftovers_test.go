package desktop

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"culvert/e2e/desk"
)

// A session leaves no process behind, nor do the programs in it.
func TestNothingIsLeft(t *testing.T) {
	t.Parallel()
	var home string
	t.Run("a session", func(t *testing.T) {
		s := startSession(t)
		home = s.Path
		s.keepPanel(false)
		s.startPanel()
		s.keepShop()
		w := s.open()
		w.Want("row:web", "Ready")
		s.panelIcon()
		// Bus, keyring, display, window manager, configuration, panel, tray, program.
		if now := processesOf(t, home); len(now) < 8 {
			t.Errorf("a session has the processes %q only: this test does not see it", now)
		}
	})
	desk.Eventually(t, "nothing is left", func() error {
		if left := processesOf(t, home); len(left) > 0 {
			return fmt.Errorf("these are left: %q", left)
		}
		return nil
	})
	if _, err := os.Stat(home); err == nil {
		t.Errorf("%s is left", home)
	}
}

// processesOf returns the command lines of the processes with that home.
func processesOf(t *testing.T, home string) (all []string) {
	t.Helper()
	list, err := filepath.Glob("/proc/[0-9]*")
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range list {
		env, err := os.ReadFile(p + "/environ")
		if err != nil || !bytes.Contains(env, []byte("HOME="+home+"\x00")) {
			continue // of another user, or gone by now
		}
		line, err := os.ReadFile(p + "/cmdline")
		if err == nil && len(line) > 0 {
			all = append(all, string(bytes.ReplaceAll(line, []byte{0}, []byte{' '})))
		}
	}
	return all
}
