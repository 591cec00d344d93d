package delay

import (
	"bytes"
	"context"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"
)

// pipes is a listener of in-memory connections.
type pipes struct {
	conns chan net.Conn
	done  chan struct{}
}

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.done:
		return nil, net.ErrClosed
	}
}
func (p *pipes) Close() error   { close(p.done); return nil }
func (p *pipes) Addr() net.Addr { return &net.UnixAddr{} }

// through returns both outer ends of a connection through a proxy.
func through(t *testing.T, delay time.Duration) (client, server net.Conn) {
	t.Helper()
	l := &pipes{conns: make(chan net.Conn), done: make(chan struct{})}
	server, inner := net.Pipe()
	p := Serve(l, func(context.Context) (net.Conn, error) { return inner, nil })
	p.Set(Condition{Delay: delay})
	t.Cleanup(p.Close)
	client, outer := net.Pipe()
	l.conns <- outer
	return client, server
}

func TestEachWayTakesTheDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := through(t, 20*time.Millisecond)
		began := time.Now()
		for i, way := range [][2]net.Conn{{client, server}, {server, client}} {
			if _, err := io.WriteString(way[0], "hello"); err != nil {
				t.Fatal(err)
			}
			b := make([]byte, 5)
			if _, err := io.ReadFull(way[1], b); err != nil || string(b) != "hello" {
				t.Fatalf("%q came, %v", b, err)
			}
			if got, want := time.Since(began), time.Duration(i+1)*20*time.Millisecond; got != want {
				t.Errorf("after way %d %v have passed, want %v", i+1, got, want)
			}
		}
	})
}

func TestManyPiecesTakeOneDelay(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		client, server := through(t, 20*time.Millisecond)
		want := bytes.Repeat([]byte("0123456789abcdef"), 64<<10)
		began := time.Now()
		go func() {
			client.Write(want)
			client.Close()
		}()
		got, err := io.ReadAll(server)
		if err != nil || !bytes.Equal(got, want) {
			t.Errorf("%d bytes came, want %d: %v", len(got), len(want), err)
		}
		if took := time.Since(began); took != 40*time.Millisecond && took != 20*time.Millisecond {
			t.Errorf("it took %v", took)
		}
	})
}
