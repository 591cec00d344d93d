//go:build !linux

package portforward

import (
	"net"
	"time"
)

// setUserTimeout does nothing: only Linux has such an option.
func setUserTimeout(*net.TCPConn, time.Duration) error { return nil }
