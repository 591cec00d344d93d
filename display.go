//go:build !nogui

package main

import (
	"context"
	"net"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"time"
)

// hasDisplay says whether a window can be shown. On Windows and macOS it always
// can; elsewhere the X or Wayland server that the environment names is asked
// for a connection, because a name alone may be left over from another session.
func hasDisplay() bool {
	if runtime.GOOS == "windows" || runtime.GOOS == "darwin" {
		return true
	}
	if w := os.Getenv("WAYLAND_DISPLAY"); w != "" {
		if !filepath.IsAbs(w) {
			w = filepath.Join(os.Getenv("XDG_RUNTIME_DIR"), w)
		}
		if answers("unix", w) {
			return true
		}
	}
	return xAnswers(os.Getenv("DISPLAY"))
}

// xAnswers connects to an X server named as in DISPLAY: [host]:number[.screen].
func xAnswers(display string) bool {
	i := strings.LastIndex(display, ":")
	if i < 0 {
		return false
	}
	host := display[:i]
	digits, _, _ := strings.Cut(display[i+1:], ".")
	number, err := strconv.Atoi(digits)
	if err != nil {
		return false
	}
	if host != "" && host != "unix" {
		return answers("tcp", net.JoinHostPort(host, strconv.Itoa(6000+number)))
	}
	socket := "/tmp/.X11-unix/X" + digits
	return answers("unix", socket) || runtime.GOOS == "linux" && answers("unix", "@"+socket)
}

func answers(network, address string) bool {
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
	defer cancel()
	var d net.Dialer
	c, err := d.DialContext(ctx, network, address)
	if err != nil {
		return false
	}
	_ = c.Close() // nothing was sent
	return true
}
