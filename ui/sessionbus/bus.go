//go:build !windows && !darwin

package sessionbus

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/godbus/dbus/v5"
)

// ErrNone says that the user's session has no bus.
var ErrNone = errors.New("there is no session bus")

// addressEnv tells the bus's address.
const addressEnv = "DBUS_SESSION_BUS_ADDRESS"

// Disabled is an address that leads nowhere.
const Disabled = "disabled:"

// Address returns where the session's bus is; empty means that there is none.
func Address() string {
	if a := os.Getenv(addressEnv); a != "" {
		if strings.HasPrefix(a, Disabled) {
			return ""
		}
		return a
	}
	dir := os.Getenv("XDG_RUNTIME_DIR")
	if dir == "" {
		return ""
	}
	path := filepath.Join(dir, "bus")
	if info, err := os.Stat(path); err != nil || info.Mode().Type() != os.ModeSocket {
		return ""
	}
	return "unix:path=" + dbus.EscapeBusAddressValue(path)
}

// Connect returns a connection of the caller's own, which ends with ctx or by Close.
// The error is ErrNone where there is no bus.
func Connect(ctx context.Context) (*dbus.Conn, error) {
	address := Address()
	if address == "" {
		return nil, ErrNone
	}
	conn, err := dbus.Connect(address, dbus.WithContext(ctx))
	if err != nil {
		return nil, fmt.Errorf("connect to the session bus: %w", err)
	}
	return conn, nil
}
