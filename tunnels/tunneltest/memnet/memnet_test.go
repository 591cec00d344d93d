package memnet_test

import (
	"bytes"
	"errors"
	"io"
	"net"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"

	"culvert/tunnels/tunneltest/memnet"
)

func TestBytesOfAnySizeArrive(t *testing.T) {
	t.Parallel()
	client, server := memnet.Pipe(memnet.Loopback(40000), memnet.Loopback(80))
	want := bytes.Repeat([]byte("0123456789abcdef"), 1<<16)
	sent := make(chan error, 1)
	go func() {
		_, err := client.Write(want)
		sent <- errors.Join(err, client.CloseWrite())
	}()
	got, err := io.ReadAll(server)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("%d bytes arrive, %v", len(got), err)
	}
	if err := <-sent; err != nil {
		t.Error(err)
	}
	if _, err := server.Write([]byte("still open")); err != nil {
		t.Errorf("the other direction is closed, too: %v", err)
	}
}

func TestWriterWaitsForReader(t *testing.T) {
	t.Parallel()
	client, _ := memnet.Pipe(memnet.Loopback(40000), memnet.Loopback(80))
	if err := client.SetWriteDeadline(time.Now().Add(20 * time.Millisecond)); err != nil {
		t.Fatal(err)
	}
	n, err := client.Write(make([]byte, 10<<20))
	if !errors.Is(err, os.ErrDeadlineExceeded) || n == 0 || n > 1<<20 {
		t.Errorf("%d bytes are taken, %v", n, err)
	}
}

func TestEnds(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name string
		end  func(client, server *memnet.Conn) error // of the server
		data string
		err  error
	}{
		{"close", func(_, s *memnet.Conn) error { return s.Close() }, "x", nil},
		{"close write", func(_, s *memnet.Conn) error { return s.CloseWrite() }, "x", nil},
		{"linger 0", func(_, s *memnet.Conn) error { return errors.Join(s.SetLinger(0), s.Close()) }, "x", syscall.ECONNRESET},
		{"close with unread bytes", func(c, s *memnet.Conn) error {
			_, err := c.Write([]byte("unread"))
			return errors.Join(err, s.Close())
		}, "x", syscall.ECONNRESET},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			client, server := memnet.Pipe(memnet.Loopback(40000), memnet.Loopback(80))
			if _, err := server.Write([]byte("x")); err != nil {
				t.Fatal(err)
			}
			if err := tt.end(client, server); err != nil {
				t.Fatal(err)
			}
			got, err := io.ReadAll(client)
			if string(got) != tt.data || !errors.Is(err, tt.err) {
				t.Errorf("the client reads %q, %v", got, err)
			}
		})
	}
}

func TestDeadlineWakesReader(t *testing.T) {
	t.Parallel()
	client, _ := memnet.Pipe(memnet.Loopback(40000), memnet.Loopback(80))
	got := make(chan error, 1)
	go func() { _, err := client.Read(make([]byte, 1)); got <- err }()
	if err := client.SetReadDeadline(time.Unix(1, 0)); err != nil {
		t.Fatal(err)
	}
	if err := <-got; !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("the read ends with %v", err)
	}
	if err := client.SetReadDeadline(time.Time{}); err != nil {
		t.Fatal(err)
	}
	if err := client.Close(); err != nil {
		t.Fatal(err)
	}
	if _, err := client.Read(make([]byte, 1)); err == nil || errors.Is(err, os.ErrDeadlineExceeded) {
		t.Errorf("a closed connection reads with %v", err)
	}
}

func TestNetwork(t *testing.T) {
	t.Parallel()
	var n memnet.Network
	if _, err := n.Dial(80); err == nil || err.Error() != "dial tcp4 127.0.0.1:80: connect: connection refused" {
		t.Errorf("a dial to nobody says %v", err)
	}
	l, err := n.Listen(80)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := n.Listen(80); !errors.Is(err, syscall.EADDRINUSE) {
		t.Errorf("a second listener gets %v", err)
	}
	client, err := n.Dial(80)
	if err != nil {
		t.Fatal(err)
	}
	server, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if n.Conns() != 1 {
		t.Errorf("%d connections are open", n.Conns())
	}
	hole := n.Blackhole(81)
	n.Close()
	for _, c := range []net.Conn{client, hole} {
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("a connection of a killed pod reads with %v", err)
		}
	}
	if _, err := server.Write([]byte("x")); err == nil {
		t.Error("a killed pod still writes")
	}
	if _, err := l.Accept(); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a killed listener accepts with %v", err)
	}
	if _, err := n.Dial(80); err == nil || !strings.Contains(err.Error(), "refused") {
		t.Errorf("a dial to a killed pod says %v", err)
	}
	if _, err := n.Listen(80); !errors.Is(err, net.ErrClosed) {
		t.Errorf("a killed pod listens with %v", err)
	}
}

func BenchmarkThroughput(b *testing.B) {
	client, server := memnet.Pipe(memnet.Loopback(40000), memnet.Loopback(80))
	buf := make([]byte, 128<<10)
	b.SetBytes(int64(len(buf)))
	go func() {
		for range b.N {
			if _, err := client.Write(buf); err != nil {
				return
			}
		}
		_ = client.CloseWrite()
	}()
	if _, err := io.Copy(io.Discard, server); err != nil {
		b.Fatal(err)
	}
}
