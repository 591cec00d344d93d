//go:build unix && !darwin

package keyring

import (
	"context"
	"errors"
	"net"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

func TestLookWithoutABus(t *testing.T) {
	for name, address := range map[string]string{
		"switched off": "disabled:", "nobody there": "unix:path=" + filepath.Join(t.TempDir(), "bus"),
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("DBUS_SESSION_BUS_ADDRESS", address)
			c, idle := Look(t.Context())
			if c.State != Absent || idle || c.Err == nil || !strings.Contains(c.Err.Error(), "no session bus") || !strings.Contains(c.Err.Hint, "desktop session") {
				t.Errorf("it is %v, %v, idle %v", c.State, c.Err, idle)
			}
		})
	}
}

// TestLookAtABusThatHangs has a bus that accepts and says nothing.
func TestLookAtABusThatHangs(t *testing.T) {
	path := filepath.Join(t.TempDir(), "bus")
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "unix", path)
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	t.Setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path="+path)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	c, _ := Look(ctx)
	if c.State != Broken || !errors.Is(c.Err, errSilent) {
		t.Errorf("it is %v, %v", c.State, c.Err)
	}
}
