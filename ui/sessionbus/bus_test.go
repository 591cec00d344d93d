//go:build !windows && !darwin

package sessionbus

import (
	"errors"
	"net"
	"path/filepath"
	"testing"
)

func TestAddress(t *testing.T) {
	empty, full := t.TempDir(), t.TempDir()
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", filepath.Join(full, "bus"))
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	tests := []struct{ name, env, dir, want string }{
		{"nothing", "", "", ""},
		{"named", "unix:path=/x", full, "unix:path=/x"},
		{"switched off", "disabled:", full, ""},
		{"in the runtime folder", "", full, "unix:path=" + full + "/bus"},
		{"not in the runtime folder", "", empty, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", tt.env)
			t.Setenv("XDG_RUNTIME_DIR", tt.dir)
			if got := Address(); got != tt.want {
				t.Errorf("the bus is at %q, want %q", got, tt.want)
			}
		})
	}
}

func TestConnectStartsNoBus(t *testing.T) {
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "")
	t.Setenv("XDG_RUNTIME_DIR", t.TempDir())
	if _, err := Connect(t.Context()); !errors.Is(err, ErrNone) {
		t.Errorf("the error is %v", err)
	}
}
