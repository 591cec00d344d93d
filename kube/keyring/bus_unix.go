//go:build unix && !darwin

package keyring

import (
	"os"
	"path/filepath"
	"strconv"
)

// missing tells whether there is no session bus, and so no keyring: the library
// would start a bus of its own then, which nobody would end.
func missing() bool {
	if a := os.Getenv("DBUS_SESSION_BUS_ADDRESS"); a != "" && a != "autolaunch:" {
		return a == "disabled:"
	}
	dir := filepath.Join("/run/user", strconv.Itoa(os.Getuid()))
	for _, sign := range []string{"bus", "dbus-session"} {
		if _, err := os.Stat(filepath.Join(dir, sign)); err == nil {
			return false
		}
	}
	return true
}
