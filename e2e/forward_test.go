package e2e

import (
	"fmt"
	"io"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// forwarding is a running `culvert forward` that has told its addresses.
type forwarding struct {
	*process
	bound []boundAddr
}

// boundAddr is what a line "Forwarding from …" tells.
type boundAddr struct {
	addr   netip.AddrPort
	remote uint16 // the port of the pod
}

// forward starts culvert forward and waits until it has told of as many
// addresses as given.
func forward(t *testing.T, addrs int, args ...string) *forwarding {
	t.Helper()
	return told(t, command(t, append([]string{"forward"}, args...)...), addrs)
}

// told waits until a running culvert forward has told of as many addresses as
// given.
func told(t *testing.T, p *process, addrs int) *forwarding {
	t.Helper()
	f := &forwarding{process: p}
	f.await(t, fmt.Sprintf("%d addresses", addrs), func(out, _ []string) bool { return len(addresses(out)) >= addrs })
	out, _ := f.lines()
	if f.bound = addresses(out); len(f.bound) != addrs {
		t.Fatalf("%d addresses are told, want %d", len(f.bound), addrs)
	}
	return f
}

// addresses reads the lines "Forwarding from ADDRESS -> REMOTE".
func addresses(lines []string) []boundAddr {
	var all []boundAddr
	for _, line := range lines {
		rest, ok := strings.CutPrefix(line, "Forwarding from ")
		if !ok {
			continue
		}
		local, remote, ok := strings.Cut(rest, " -> ")
		addr, err := netip.ParseAddrPort(local)
		port, wrong := strconv.ParseUint(remote, 10, 16)
		if ok && err == nil && wrong == nil {
			all = append(all, boundAddr{addr, uint16(port)})
		}
	}
	return all
}

// to returns the addresses that lead to a port of the pod, IPv4 first.
func (f *forwarding) to(remote uint16) []netip.AddrPort {
	var all []netip.AddrPort
	for _, b := range f.bound {
		if b.remote == remote {
			all = append(all, b.addr)
		}
	}
	return all
}

// unchanged fails the test when the process has ended or told of other
// addresses than at first.
func (f *forwarding) unchanged(t *testing.T) {
	t.Helper()
	f.alive(t)
	out, _ := f.lines()
	if now := addresses(out); !slices.Equal(now, f.bound) {
		t.Errorf("the addresses are now %v, and were %v", now, f.bound)
	}
}

// dial connects to a forwarded address. The test's end closes the connection,
// and all of its operations end within the test's patience.
func dial(t *testing.T, addr netip.AddrPort) *net.TCPConn {
	t.Helper()
	conn, err := dialQuietly(t, addr)
	if err != nil {
		t.Fatal(err)
	}
	return conn
}

func dialQuietly(t *testing.T, addr netip.AddrPort) (*net.TCPConn, error) {
	t.Helper()
	conn, err := shared.Dial(t.Context(), "tcp", addr.String())
	if err != nil {
		return nil, err
	}
	t.Cleanup(func() { conn.Close() })
	return conn.(*net.TCPConn), conn.SetDeadline(time.Now().Add(patience))
}

// page asks for the HTTP page at a forwarded address.
func page(t *testing.T, addr netip.AddrPort) (string, error) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr.String()+"/", nil)
	if err != nil {
		return "", err
	}
	client := shared.HTTPClient()
	client.Timeout = patience
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	if err != nil {
		return "", err
	}
	return string(body), nil
}

// wantPage wants the page of the named pod.
func wantPage(t *testing.T, addr netip.AddrPort, pod string) {
	t.Helper()
	body, err := page(t, addr)
	if err != nil {
		t.Errorf("ask %v for the page: %v", addr, err)
	} else if !strings.Contains(body, "pod "+pod+",") {
		t.Errorf("the page at %v does not name the pod %s:\n%s", addr, pod, body)
	}
}

// echo sends a line over a connection to the echo port and wants it back.
func echo(conn io.ReadWriter, line string) error {
	if _, err := io.WriteString(conn, line); err != nil {
		return fmt.Errorf("send to the echo: %w", err)
	}
	back := make([]byte, len(line))
	if _, err := io.ReadFull(conn, back); err != nil {
		return fmt.Errorf("read from the echo: %w", err)
	}
	if string(back) != line {
		return fmt.Errorf("the echo of %q is %q", line, back)
	}
	return nil
}
