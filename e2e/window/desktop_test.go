package window

import (
	"image"
	"os/exec"
	"testing"

	"culvert/e2e/desk"
)

// desktop is where windows open that this package's tests look at.
type desktop struct{ *desk.Desktop }

// window is a running culvert with its window.
type window struct {
	*desk.Window
	t       *testing.T
	desktop *desktop
}

// newDesktop starts a display that ends with the test.
func newDesktop(t *testing.T) *desktop {
	t.Helper()
	return newDesktopOf(t, image.Pt(1280, 800))
}

// newDesktopOf is newDesktop with so many pixels.
func newDesktopOf(t *testing.T, size image.Point) *desktop {
	t.Helper()
	return &desktop{desk.NewDesktop(t, desk.NewHome(t), size)}
}

// open starts a culvert and waits for its window.
func (d *desktop) open(t *testing.T, cmd *exec.Cmd, env ...string) *window {
	t.Helper()
	return &window{Window: d.Open(t, cmd, env...), t: t, desktop: d}
}
