package control

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"culvert/tunnels"
)

// pipes is a listener without a system: what is dialled is accepted.
type pipes struct {
	conns  chan net.Conn
	closed chan struct{}
	once   sync.Once
}

func newPipes() *pipes { return &pipes{conns: make(chan net.Conn), closed: make(chan struct{})} }

func (p *pipes) Accept() (net.Conn, error) {
	select {
	case c := <-p.conns:
		return c, nil
	case <-p.closed:
		return nil, net.ErrClosed
	}
}

func (p *pipes) Close() error {
	p.once.Do(func() { close(p.closed) })
	return nil
}

func (p *pipes) Addr() net.Addr { return &net.UnixAddr{Name: "pipes", Net: "unix"} }

func (p *pipes) dial(ctx context.Context) (net.Conn, error) {
	ours, theirs := net.Pipe()
	select {
	case p.conns <- theirs:
		return ours, nil
	case <-p.closed:
		return nil, fmt.Errorf("dial: %w", io.EOF)
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

// bench is a server in a bubble.
type bench struct {
	*testing.T
	pipes  *pipes
	server *Server
	engine *fake
}

// inBubble runs a test with a server whose time is the bubble's.
func inBubble(t *testing.T, test func(b *bench)) {
	synctest.Test(t, func(t *testing.T) {
		b := &bench{T: t, pipes: newPipes(), engine: newFake()}
		b.server = serverOn(b.pipes, Options{Warn: func(err error) { t.Log(err) }})
		done := make(chan struct{})
		go func() {
			defer close(done)
			b.server.ServeEngine(b.engine)
		}()
		test(b)
		b.server.Close()
		<-done
		synctest.Wait()
		if n := len(b.server.streams); n > 0 {
			t.Errorf("%d streams are left", n)
		}
	})
}

// remote returns an engine at the server.
func (b *bench) remote() *Remote {
	b.Helper()
	c := newClient(place{}, patience, func(ctx context.Context) (net.Conn, peer, error) {
		conn, err := b.pipes.dial(ctx)
		return conn, peer{own: true, pid: 7}, err
	})
	c.most = maxEngineAnswer
	if err := c.call(b.Context(), http.MethodGet, "version", nil, &c.first); err != nil {
		b.Fatal(err)
	}
	return c.Engine()
}

// raw sends a request and returns the connection, of which nothing is read.
func (b *bench) raw(request string) net.Conn {
	b.Helper()
	conn, err := b.pipes.dial(b.Context())
	if err != nil {
		b.Fatal(err)
	}
	conn.SetDeadline(time.Now().Add(time.Hour))
	io.WriteString(conn, request)
	return conn
}

const (
	getEvents = "GET /v1/events?of=tunnels,profiles,settings,event HTTP/1.1\r\nHost: culvert\r\n\r\n"
	postHold  = "POST /v1/hold HTTP/1.1\r\nHost: culvert\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ids\":[]}\n"
)

// TestStalledReader: who does not read is cut off, and holds up nobody.
func TestStalledReader(t *testing.T) {
	inBubble(t, func(b *bench) {
		conn := b.raw(getEvents)
		r := b.remote()
		defer r.Close()
		ctx, cancel := context.WithCancel(b.Context())
		defer cancel()
		seen := make(chan int, 100)
		go r.Watch(ctx, func(s tunnels.Snapshot) { seen <- len(s) })
		synctest.Wait()
		for n := range 5 {
			before := time.Now()
			b.engine.tunnels.set(make(tunnels.Snapshot, 0, n))
			b.engine.happen(someEvent)
			if took := time.Since(before); took > 0 {
				t.Errorf("the engine waits for %v", took)
			}
			b.engine.tunnels.set(tunnels.Snapshot{someStatus(tunnels.ID(fmt.Sprint("t", n)))})
			synctest.Wait()
		}
		if len(seen) < 5 {
			t.Errorf("another one is told only %d times", len(seen))
		}
		time.Sleep(usualLimits().write + time.Second)
		synctest.Wait()
		if n := len(b.server.streams); n != 1 {
			t.Errorf("%d streams are open, of which one is read", n)
		}
		if _, err := io.Copy(io.Discard, conn); err != nil {
			t.Errorf("the connection is %v", err)
		}
	})
}

// TestSlowReader: who reads slowly is told less often, and never something wrong.
func TestSlowReader(t *testing.T) {
	inBubble(t, func(b *bench) {
		conn := b.raw(getEvents)
		defer conn.Close()
		resp, err := http.ReadResponse(bufio.NewReaderSize(conn, 16), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		<-b.engine.follows
		in := readMessages(resp.Body, maxEngineAnswer)
		var now tunnels.Snapshot
		messages, events, dropped := 0, 0, 0
		for n := 0; events+dropped < 20_000 || len(now) == 0 || now[0].Conns != 200; n++ {
			if n < 200 {
				st := someStatus("t")
				st.Conns = n + 1
				b.engine.tunnels.set(tunnels.Snapshot{st})
				for range 100 {
					b.engine.happen(tunnels.Event{Kind: tunnels.EventConn})
				}
			}
			m, err := in.next()
			if err != nil {
				t.Fatal(err)
			}
			switch m.name {
			case newsTunnels:
				messages++
				r := &Remote{tunnels: newLatest[tunnels.Snapshot]()}
				r.tunnels.set(now)
				if err := r.take(m); err != nil {
					t.Fatal(err)
				}
				now, _, _ = r.tunnels.get()
			case newsEvent:
				events++
			case newsDropped:
				q := newQueue()
				if err := takeEvent(m, q); err != nil {
					t.Fatal(err)
				}
				_, more := q.take()
				dropped += more
			}
		}
		if messages >= 200 || dropped == 0 {
			t.Errorf("%d messages for 200 changes; of 20000 events %d were dropped", messages, dropped)
		}
	})
}

// TestLongLives: streams, holds and calls go on for as long as they have to.
func TestLongLives(t *testing.T) {
	inBubble(t, func(b *bench) {
		r := b.remote()
		defer r.Close()
		ctx, cancel := context.WithCancel(b.Context())
		defer cancel()
		var last tunnels.Snapshot
		go r.Watch(ctx, func(s tunnels.Snapshot) { last = s })
		events := 0
		go r.Follow(ctx, func(tunnels.Event) { events++ })
		release, err := r.Hold(ctx, []tunnels.ID{"t"})
		if err != nil {
			t.Fatal(err)
		}
		time.Sleep(time.Hour)
		b.engine.tunnels.set(tunnels.Snapshot{someStatus("t")})
		b.engine.happen(someEvent)
		synctest.Wait()
		if len(last) != 1 || events != 1 || b.engine.released != 0 {
			t.Errorf("after an hour: %v, %d events, released %d times", last, events, b.engine.released)
		}
		select {
		case <-r.Gone():
			t.Error("it is taken for gone")
		default:
		}
		if err := release(ctx); err != nil || b.engine.released != 1 {
			t.Errorf("released %d times, %v", b.engine.released, err)
		}
		b.engine.hang = make(chan struct{})
		time.AfterFunc(20*time.Second, func() { close(b.engine.hang) })
		before := time.Now()
		if err := r.Start(ctx, "t"); err != nil || time.Since(before) != 20*time.Second {
			t.Errorf("a slow start: %v after %v", err, time.Since(before))
		}
	})
}

// TestCallsEnd: a call that its caller gives up ends at the engine too, and one that
// hangs does not go on for ever.
func TestCallsEnd(t *testing.T) {
	inBubble(t, func(b *bench) {
		r := b.remote()
		defer r.Close()
		b.engine.hang = make(chan struct{})
		ctx, cancel := context.WithTimeout(b.Context(), time.Second)
		defer cancel()
		if err := r.Start(ctx, "t"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("given up: %v", err)
		}
		before := time.Now()
		err := r.Start(b.Context(), "t")
		if err == nil || !strings.Contains(err.Error(), "process 7") || time.Since(before) > longest {
			t.Errorf("hanging: %v after %v", err, time.Since(before))
		}
		if r.isGone() {
			t.Error("one call that hangs makes the first gone")
		}
	})
}

// TestHalfOpen: connections that begin a request and go no further end in time, with
// what they hold.
func TestHalfOpen(t *testing.T) {
	inBubble(t, func(b *bench) {
		for _, begin := range []string{
			"", "GET /v1/ver", "POST /v1/hold HTTP/1.1\r\nHost: culvert\r\nContent-Type: application/json\r\nContent-Length: 11\r\n\r\n{\"ids\"",
		} {
			conn := b.raw(begin)
			before := time.Now()
			if _, err := io.Copy(io.Discard, conn); err != nil || time.Since(before) > bodyWithin+time.Second {
				t.Errorf("after %q: %v, %v", begin, err, time.Since(before))
			}
		}
		conn := b.raw(postHold)
		if _, err := readMessages(conn, 1000).next(); err != nil { // the header will do
			t.Fatal(err)
		}
		conn.Close()
		<-b.engine.freed
	})
}

// TestManyStreams: there is an end to them, which is told, and short calls go on.
func TestManyStreams(t *testing.T) {
	inBubble(t, func(b *bench) {
		var conns []net.Conn
		for range maxStreams {
			conn := b.raw(getEvents)
			go io.Copy(io.Discard, conn)
			conns = append(conns, conn)
		}
		synctest.Wait()
		resp, err := http.ReadResponse(bufio.NewReader(b.raw(getEvents)), nil)
		if err != nil || resp.StatusCode != http.StatusTooManyRequests {
			t.Errorf("one more: %v, %v", resp, err)
		}
		resp.Body.Close()
		r := b.remote()
		if err := r.Start(b.Context(), "t"); err != nil {
			t.Error(err)
		}
		if _, err := r.Hold(b.Context(), nil); err == nil || tunnels.AsError(err).Hint == "" || errors.Is(err, ErrGone) {
			t.Errorf("one more hold: %v", err)
		}
		for _, conn := range conns {
			conn.Close()
		}
		synctest.Wait()
		if _, err := r.Hold(b.Context(), nil); err != nil {
			t.Errorf("once they have ended: %v", err)
		}
		r.Close()
		synctest.Wait()
	})
}

// TestQuit: only where it is allowed.
func TestQuit(t *testing.T) {
	for _, allowed := range []bool{true, false} {
		inBubble(t, func(b *bench) {
			quit := 0
			if allowed {
				b.server.quit = func() { quit++ }
			}
			r := b.remote()
			defer r.Close()
			err := r.client.Quit(b.Context())
			if (err == nil) != allowed || (quit == 1) != allowed || err != nil && tunnels.AsError(err).Hint == "" {
				t.Errorf("allowed %v: %v, %d", allowed, err, quit)
			}
		})
	}
}
