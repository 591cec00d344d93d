package real

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"
)

// Command returns a command that will run in the cluster's network namespace
// and in nothing else of the cluster's. It is killed when the calling process
// dies. Its process is the program itself, so that signals reach it.
func (c *Cluster) Command(name string, args ...string) *exec.Cmd {
	return exec.CommandContext(context.Background(), c.NodePath(), append([]string{"exec", strconv.Itoa(os.Getpid()), c.NetNS(), name}, args...)...)
}

// NodePath returns the program that Command runs first; see package node.
func (c *Cluster) NodePath() string { return filepath.Join(c.bin, "node") }

// NetNS returns the path of the cluster's network namespace, or "-" when it has
// none.
func (c *Cluster) NetNS() string {
	if c.netns == nil {
		return "-"
	}
	return fmt.Sprintf("/proc/%d/ns/net", c.host.cmd.Process.Pid)
}

// Inside calls fn on a thread that is in the cluster's network namespace:
// sockets made by fn itself, and not by goroutines that it starts, belong
// there. They stay there when fn has returned.
func (c *Cluster) Inside(fn func() error) error {
	if c.netns == nil {
		return fn()
	}
	return inside(c.netns, fn)
}

// inside calls fn on a thread that is in the network namespace netns.
func inside(netns *os.File, fn func() error) error {
	done := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		done <- insideThread(netns, fn)
	}()
	return <-done
}

// insideThread runs on a thread of its own. It gives the thread back to the
// others only when it is where they are.
func insideThread(netns *os.File, fn func() error) error {
	home, err := os.Open("/proc/thread-self/ns/net")
	if err != nil {
		return err
	}
	defer func() { _ = home.Close() }()
	if err := unix.Setns(int(netns.Fd()), unix.CLONE_NEWNET); err != nil {
		return fmt.Errorf("enter the network namespace: %w", err)
	}
	err = fn()
	if back := unix.Setns(int(home.Fd()), unix.CLONE_NEWNET); back != nil {
		return fmt.Errorf("leave the network namespace: %w", back)
	}
	runtime.UnlockOSThread()
	return err
}

// Dial connects from inside the cluster's network namespace. The address is an
// IP literal with a port: names belong to the host.
func (c *Cluster) Dial(ctx context.Context, network, addr string) (net.Conn, error) {
	return dialInside(ctx, c.Inside, network, addr)
}

// Listen listens inside the cluster's network namespace.
func (c *Cluster) Listen(ctx context.Context, network, addr string) (net.Listener, error) {
	var l net.Listener
	err := c.Inside(func() (err error) {
		l, err = new(net.ListenConfig).Listen(ctx, network, addr)
		return err
	})
	return l, err
}

// dialInside dials where in puts it.
func dialInside(ctx context.Context, in func(func() error) error, network, addr string) (net.Conn, error) {
	if _, err := netip.ParseAddrPort(addr); err != nil {
		return nil, fmt.Errorf("dial %s: %w", addr, err)
	}
	var conn net.Conn
	err := in(func() (err error) {
		conn, err = new(net.Dialer).DialContext(ctx, network, addr)
		return err
	})
	return conn, err
}
