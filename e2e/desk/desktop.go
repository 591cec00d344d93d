package desk

import (
	"bufio"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Desktop is a home with a display that nobody sees, and with a window manager.
type Desktop struct {
	*Home
	Server *Child // the X server
	Size   image.Point
	front  string // the window that was activated last
	opens  int
}

// NewDesktop starts a display of a size in pixels, which ends with the test. The
// home has no session bus unless it has been started before.
func NewDesktop(t *testing.T, h *Home, size image.Point) *Desktop {
	t.Helper()
	d := &Desktop{Home: h, Size: size}
	d.Env = append(d.Env, "LIBGL_ALWAYS_SOFTWARE=1")
	d.Env = append(d.Env, "DISPLAY=:"+d.startServer(t))
	d.Start(t, "openbox", exec.Command("openbox", "--sm-disable"), false)
	Eventually(t, "the window manager", func() error {
		_, err := d.Tool(t.Context(), "wmctrl", "-m")
		return err
	})
	return d
}

// startServer starts the X server and returns the number that it has found free.
func (d *Desktop) startServer(t *testing.T) string {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", d.Size.X, d.Size.Y),
		"-fbdir", d.Dir, "-dpi", "96", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{write}
	d.Server = d.Start(t, "Xvfb", cmd, true)
	write.Close()
	if err := read.SetReadDeadline(time.Now().Add(Patience)); err != nil {
		t.Fatal(err)
	}
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not come up: %v\n%s", err, d.Server.Printed())
	}
	return strings.TrimSpace(number)
}

// Framebuffer is the file with what the display shows.
func (d *Desktop) Framebuffer() string { return filepath.Join(d.Dir, "Xvfb_screen0") }
