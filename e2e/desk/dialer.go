package desk

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"syscall"
	"testing"
	"time"
)

// Dialer connects from where the window's addresses are.
type Dialer func(ctx context.Context, network, addr string) (net.Conn, error)

// Page asks for the HTTP page at an address.
func (d Dialer) Page(ctx context.Context, addr string) (string, error) {
	client := http.Client{Timeout: Patience, Transport: &http.Transport{DialContext: d, DisableKeepAlives: true}}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, "http://"+addr+"/", nil)
	if err != nil {
		return "", err
	}
	resp, err := client.Do(req)
	if err != nil {
		return "", err
	}
	defer resp.Body.Close()
	body, err := io.ReadAll(resp.Body)
	return string(body), err
}

// WantPage wants the page of the named pod at an address that a window shows.
func (d Dialer) WantPage(t *testing.T, addr, pod string) {
	t.Helper()
	if body, err := d.Page(t.Context(), addr); err != nil {
		t.Errorf("ask %q for the page: %v", addr, err)
	} else if !strings.Contains(body, pod) {
		t.Errorf("the page at %s does not name the pod %s:\n%s", addr, pod, body)
	}
}

// WantEcho wants the echo of a line.
func (d Dialer) WantEcho(t *testing.T, addr string) {
	t.Helper()
	conn, err := d(t.Context(), "tcp", addr)
	if err != nil {
		t.Errorf("connect to %q: %v", addr, err)
		return
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(Patience)); err != nil {
		t.Fatal(err)
	}
	if err := echo(conn, "hello\n"); err != nil {
		t.Errorf("at %s: %v", addr, err)
	}
}

func echo(conn io.ReadWriter, line string) error {
	if _, err := io.WriteString(conn, line); err != nil {
		return err
	}
	back := make([]byte, len(line))
	if _, err := io.ReadFull(conn, back); err != nil {
		return fmt.Errorf("read the echo: %w", err)
	}
	if string(back) != line {
		return fmt.Errorf("the echo of %q is %q", line, back)
	}
	return nil
}

// WantRefusal wants that nobody listens at an address.
func (d Dialer) WantRefusal(t *testing.T, addr string) {
	t.Helper()
	conn, err := d(t.Context(), "tcp", addr)
	if err == nil {
		conn.Close()
	}
	if !errors.Is(err, syscall.ECONNREFUSED) {
		t.Errorf("a connection to %s got %v, want a refusal", addr, err)
	}
}

// Host connects from the machine's own network.
func Host() Dialer { return new(net.Dialer).DialContext }
