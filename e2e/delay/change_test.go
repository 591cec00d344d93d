package delay

import (
	"context"
	"errors"
	"io"
	"net"
	"os"
	"syscall"
	"testing"
	"testing/synctest"
	"time"
)

// bench is a link with both outer ends of its connections.
type bench struct {
	link    *Link
	clients chan net.Conn
	servers chan net.Conn
}

func newBench(t *testing.T) *bench {
	t.Helper()
	b := &bench{clients: make(chan net.Conn), servers: make(chan net.Conn, 1)}
	b.link = Serve(&pipes{conns: b.clients, done: make(chan struct{})}, func(context.Context) (net.Conn, error) {
		outer, inner := net.Pipe()
		b.servers <- outer
		return inner, nil
	})
	t.Cleanup(b.link.Close)
	return b
}

// connect makes a connection, of which the server is nil when the link did not
// dial one.
func (b *bench) connect(t *testing.T) (client, server net.Conn) {
	t.Helper()
	client, inner := net.Pipe()
	t.Cleanup(func() { client.Close() })
	b.clients <- inner
	synctest.Wait()
	select {
	case server = <-b.servers:
		t.Cleanup(func() { server.Close() })
	default:
	}
	return client, server
}

// passes says whether a byte comes through within a minute.
func passes(t *testing.T, from, to net.Conn) bool {
	t.Helper()
	if _, err := from.Write([]byte{1}); err != nil {
		t.Fatal(err)
	}
	if err := to.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
		t.Fatal(err)
	}
	_, err := to.Read(make([]byte, 1))
	if err != nil && !errors.Is(err, os.ErrDeadlineExceeded) {
		t.Fatal(err)
	}
	return err == nil
}

func TestWhatABlackHoleHasSwallowedStaysDead(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		used, usedServer := b.connect(t)
		idle, idleServer := b.connect(t)
		b.link.Set(Condition{Swallow: true})
		if passes(t, used, usedServer) {
			t.Error("a byte has passed a black hole")
		}
		made, server := b.connect(t)
		if server != nil {
			t.Fatal("a black hole has dialled")
		}
		b.link.Set(Condition{})
		if passes(t, used, usedServer) || passes(t, usedServer, used) {
			t.Error("a byte has passed a connection that misses one")
		}
		if !passes(t, idle, idleServer) || !passes(t, idleServer, idle) {
			t.Error("a connection of which nothing was swallowed is dead")
		}
		if client, server := b.connect(t); !passes(t, client, server) {
			t.Error("a new connection is dead")
		}
		if _, err := made.Write([]byte{1}); err != nil {
			t.Errorf("a connection to a black hole was told of its end: %v", err)
		}
		// Nobody needs the server when the client of a dead connection has gone.
		used.Close()
		synctest.Wait()
		if _, err := usedServer.Read(make([]byte, 1)); !errors.Is(err, io.EOF) {
			t.Errorf("the server of a dead connection without a client: %v", err)
		}
	})
}

func TestForgottenConnectionsHearNothing(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		client, server := b.connect(t)
		if n := b.link.Forget(); n != 1 {
			t.Errorf("%d are forgotten", n)
		}
		if passes(t, client, server) || passes(t, server, client) {
			t.Error("a byte has passed a forgotten connection")
		}
		server.Close()
		synctest.Wait()
		if _, err := client.Write([]byte{1}); err != nil {
			t.Errorf("the client was told of the server's end: %v", err)
		}
		if client, server := b.connect(t); !passes(t, client, server) {
			t.Error("a new connection is dead")
		}
	})
}

func TestResetEndsAllConnections(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		b := newBench(t)
		one, server := b.connect(t)
		two, _ := b.connect(t)
		if n := b.link.Reset(); n != 2 {
			t.Errorf("%d are reset", n)
		}
		for _, c := range []net.Conn{one, two, server} {
			if _, err := c.Read(make([]byte, 1)); !errors.Is(err, io.EOF) { // a pipe knows no resets
				t.Errorf("after a reset: %v", err)
			}
		}
		if client, server := b.connect(t); !passes(t, client, server) {
			t.Error("a new connection is dead")
		}
	})
}

func TestATCPConnectionIsReset(t *testing.T) {
	listen := func() net.Listener {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		return l
	}
	back := listen()
	defer back.Close()
	link := Serve(listen(), func(ctx context.Context) (net.Conn, error) {
		return new(net.Dialer).DialContext(ctx, "tcp", back.Addr().String())
	})
	defer link.Close()
	client, err := net.Dial("tcp", link.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	server, err := back.Accept()
	if err != nil {
		t.Fatal(err)
	}
	if !passes(t, client, server) {
		t.Fatal("nothing passes")
	}
	link.Reset()
	for _, c := range []net.Conn{client, server} {
		if err := c.SetReadDeadline(time.Now().Add(time.Minute)); err != nil {
			t.Fatal(err)
		}
		if _, err := c.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("after a reset: %v", err)
		}
		c.Close()
	}
}

func TestLossStallsAndLosesNothing(t *testing.T) {
	loss := Loss{Every: time.Second, Shortest: 200 * time.Millisecond, Longest: 3 * time.Second}
	var s stalls
	now := time.Unix(1_000_000, 0)
	seen, last := 0, time.Time{}
	for range 100_000 { // a thousand seconds
		now = now.Add(10 * time.Millisecond)
		held := s.at(now, loss)
		if held < 0 || held > loss.Longest {
			t.Fatalf("held up for %v", held)
		}
		if arrives := now.Add(held); arrives.Before(last) {
			t.Fatal("one piece has overtaken another")
		} else {
			last = arrives
		}
		if held >= loss.Shortest && s.ends.Equal(now.Add(held)) && s.next.After(s.ends) {
			seen++
		}
	}
	if seen < 200 {
		t.Errorf("%d pieces were held up", seen)
	}
	if held := s.at(now, Loss{}); held > loss.Longest {
		t.Errorf("held up for %v by the last stall", held)
	}
	if held := s.at(now.Add(loss.Longest), Loss{}); held != 0 {
		t.Errorf("held up for %v without loss", held)
	}
}
