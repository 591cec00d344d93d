//go:build !linux && !windows

package holder

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	lsofPath = "/usr/sbin/lsof"
	psPath   = "/bin/ps"
	lookFor  = 2 * time.Second
)

func find(addr netip.AddrPort) (Process, error) {
	ctx, cancel := context.WithTimeout(context.Background(), lookFor)
	defer cancel()
	port := "-iTCP:" + strconv.Itoa(int(addr.Port()))
	out, err := exec.CommandContext(ctx, lsofPath, "-nPw", port, "-sTCP:LISTEN", "-F", "pctn").Output()
	if ctx.Err() != nil {
		return Process{}, fmt.Errorf("lsof: %w", ctx.Err())
	}
	p, ok := parseLsof(string(out), addr)
	if !ok {
		var exit *exec.ExitError // as when there is nothing to list
		if err != nil && !errors.As(err, &exit) {
			return Process{}, err
		}
		return Process{}, unlisted(ctx, addr)
	}
	p.Own = p.PID == os.Getpid()
	p.Path = pathOf(ctx, p.PID)
	if p.Path != "" {
		p.Name = filepath.Base(p.Path) // lsof cuts it
	}
	return p, nil
}

// unlisted says whether a port that lsof says nothing about is free: it does not
// tell of other users' programs.
func unlisted(ctx context.Context, addr netip.AddrPort) error {
	var lc net.ListenConfig
	l, err := lc.Listen(ctx, "tcp", addr.String())
	if errors.Is(err, syscall.EADDRINUSE) {
		return ErrUnknown
	}
	if err == nil {
		_ = l.Close() // nobody has had the time to connect
	}
	return ErrFree
}

// pathOf returns the path of a process's program, or "".
func pathOf(ctx context.Context, pid int) string {
	out, err := exec.CommandContext(ctx, psPath, "-p", strconv.Itoa(pid), "-o", "comm=").Output()
	path := strings.TrimSpace(string(out))
	if err != nil || !filepath.IsAbs(path) {
		return ""
	}
	return path
}
