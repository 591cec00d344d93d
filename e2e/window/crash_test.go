package window

import (
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"culvert/e2e/desk"
)

// TestPartOfTheWindowFails: a panic in a view costs that view its go. The banner tells and
// leads to a report, tunnels serve, and the rest of the window goes on.
func TestPartOfTheWindowFails(t *testing.T) {
	dir := *picturesDir
	if dir == "" {
		dir = t.TempDir()
	}
	for theme, size := range map[string]image.Point{"light": pictureSize, "dark": narrowSize} {
		t.Run(theme, func(t *testing.T) {
			plan := filepath.Join(t.TempDir(), "fails")
			d := newDesktop(t)
			w := d.open(t, exec.Command(shared.culvert, "demo"), "FYNE_THEME="+theme, "CULVERT_E2E_FAILS="+plan)
			awaitDemo(w)
			if err := os.WriteFile(plan, []byte("the details"), 0o600); err != nil {
				t.Fatal(err)
			}
			w.Click("row:web")
			w.SeeThat("banner", "tells which part has failed", func(s string) bool {
				return strings.Contains(s, "A part of this window has failed.") && strings.Contains(s, "the details")
			})
			w.resize(size)
			picture(w, filepath.Join(dir, "window-crash-"+theme+".png"), size)
			desk.Host().WantPage(t, w.Texts("row:web/address:", 2)[0], webPod)
			w.Click("row:api")
			w.Press("space")
			w.Want("row:api", "Stopped")
			if err := os.Remove(plan); err != nil {
				t.Fatal(err)
			}
			w.Press("space")
			w.Want("row:api", "Ready")
			w.Texts("details/address:", 4)
			w.Close()
		})
	}
}
