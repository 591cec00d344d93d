package ui

import (
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// TestSpoken: a screen reader hears what the window shows.
func TestSpoken(t *testing.T) {
	w := newWorld(t, scene(), newFakeCatalog())
	label := w.app.frame.AccessibilityLabel()
	lines := strings.Split(label, "\n")
	if want := "1 ready, 1 starting, 1 waiting, 1 reconnecting, 1 degraded, 1 needs you, 1 stopped"; lines[0] != want {
		t.Errorf("the first line is %q, want %q", lines[0], want)
	}
	for _, st := range w.app.snap {
		var found string
		for _, line := range lines {
			if strings.HasPrefix(line, st.Spec.Name+", ") {
				found = line
			}
		}
		if found == "" {
			t.Errorf("%s is not told in\n%s", st.Spec.Name, label)
		} else if st.State == tunnels.Ready && !strings.Contains(found, "127.0.0.1:") {
			t.Errorf("where %s listens is not told: %q", st.Spec.Name, found)
		}
	}
	empty := newWorld(t, newFakeTunnels(), newFakeCatalog())
	if got := empty.app.frame.AccessibilityLabel(); !strings.Contains(got, empty.app.welcome.title.Text()) || got == "" {
		t.Errorf("an empty window says %q", got)
	}
	for name, tt := range map[string]struct {
		open func()
		want string
	}{
		"a sheet":    {empty.app.newTunnel, "New tunnel"},
		"a question": {func() { empty.app.tell("It failed", "Try again.") }, "It failed\nTry again."},
	} {
		tt.open()
		if got := empty.app.window.Canvas().Overlays().Top().(fyne.Accessible).AccessibilityLabel(); got != tt.want {
			t.Errorf("%s is told as %q, want %q", name, got, tt.want)
		}
		parts.Dismiss(empty.app.window.Canvas())
	}
}
