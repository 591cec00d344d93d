package desk

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// Home is a user of a machine: folders of their own, and the processes that the
// user has started.
type Home struct {
	*Nursery
	Path    string // HOME
	Runtime string // XDG_RUNTIME_DIR
}

// NewHome returns a home that goes with the test.
func NewHome(t *testing.T) *Home {
	t.Helper()
	// A short name: the paths of sockets are limited to some 100 bytes.
	dir, err := os.MkdirTemp("", "culvert-desk")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := os.RemoveAll(dir); err != nil {
			t.Error(err)
		}
	})
	h := &Home{Nursery: newNursery(t, dir), Path: filepath.Join(dir, "home"), Runtime: filepath.Join(dir, "run")}
	for _, path := range []string{h.Path, h.Runtime} {
		if err := os.Mkdir(path, 0o700); err != nil {
			t.Fatal(err)
		}
	}
	h.Env = []string{
		"PATH=" + os.Getenv("PATH"), "HOME=" + h.Path, "XDG_RUNTIME_DIR=" + h.Runtime, "LANG=C.UTF-8", "TZ=UTC",
		// Otherwise a library starts a session bus of its own and leaves it behind.
		"DBUS_SESSION_BUS_ADDRESS=" + h.BusAddress(),
	}
	return h
}

// Tool runs a program to its end, and returns what it printed.
func (h *Home) Tool(ctx context.Context, name string, args ...string) (string, error) {
	ctx, cancel := context.WithTimeout(ctx, Patience)
	defer cancel()
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.Env = h.Env
	out, err := cmd.CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("%s: %w\n%s", strings.Join(cmd.Args, " "), err, out)
	}
	return strings.TrimSpace(string(out)), nil
}

// Must runs a tool that has to work.
func (h *Home) Must(t *testing.T, name string, args ...string) {
	t.Helper()
	began := time.Now()
	if _, err := h.Tool(t.Context(), name, args...); err != nil {
		t.Fatal(err)
	}
	if took := time.Since(began); took > 3*time.Second {
		t.Logf("%s %s: took %.1f s", name, strings.Join(args, " "), took.Seconds())
	}
}
