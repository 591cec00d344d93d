package window

import (
	"bufio"
	"context"
	"fmt"
	"image"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// desktop is a display that nobody sees, with a window manager.
type desktop struct {
	*nursery
	home  string
	front string // the window that was activated last
	opens int
	size  image.Point
}

// newDesktop starts a display that ends with the test.
func newDesktop(t *testing.T) *desktop {
	t.Helper()
	return newDesktopOf(t, image.Pt(1280, 800))
}

// newDesktopOf is newDesktop with so many pixels.
func newDesktopOf(t *testing.T, size image.Point) *desktop {
	t.Helper()
	// A short name: the paths of sockets are limited to some 100 bytes.
	dir, err := os.MkdirTemp("", "culvert-window")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	d := &desktop{nursery: newNursery(t, dir), home: filepath.Join(dir, "home"), size: size}
	runtime := filepath.Join(dir, "run")
	for _, path := range []string{d.home, runtime} {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	d.env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + d.home, "XDG_RUNTIME_DIR=" + runtime,
		"LANG=C.UTF-8", "TZ=UTC", "LIBGL_ALWAYS_SOFTWARE=1",
		// Otherwise a library starts a session bus of its own and leaves it behind.
		"DBUS_SESSION_BUS_ADDRESS=unix:path=" + filepath.Join(runtime, "no-bus"),
	}
	d.env = append(d.env, "DISPLAY=:"+d.startServer(t))
	d.start(t, "openbox", exec.Command("openbox", "--sm-disable"), false)
	eventually(t, "the window manager", func() error {
		_, err := d.tool(t.Context(), "wmctrl", "-m")
		return err
	})
	return d
}

// startServer starts the X server and returns the number that it has found free.
func (d *desktop) startServer(t *testing.T) string {
	t.Helper()
	read, write, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer read.Close()
	cmd := exec.Command("Xvfb", "-displayfd", "3", "-screen", "0", fmt.Sprintf("%dx%dx24", d.size.X, d.size.Y),
		"-fbdir", d.dir, "-dpi", "96", "-nolisten", "tcp", "-noreset")
	cmd.ExtraFiles = []*os.File{write}
	server := d.start(t, "Xvfb", cmd, true)
	write.Close()
	if err := read.SetReadDeadline(time.Now().Add(patience)); err != nil {
		t.Fatal(err)
	}
	number, err := bufio.NewReader(read).ReadString('\n')
	if err != nil {
		t.Fatalf("Xvfb did not come up: %v\n%s", err, server.printed())
	}
	return strings.TrimSpace(number)
}

// tool runs a program that does something to the display, and returns what it
// printed.
func (d *desktop) tool(ctx context.Context, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = d.env
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// must runs a tool that has to work.
func (d *desktop) must(t *testing.T, name string, args ...string) {
	t.Helper()
	began := time.Now()
	if _, err := d.tool(t.Context(), name, args...); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Logf("%s %s: took %.1f s", name, strings.Join(args, " "), took.Seconds())
	}
}
