package portforward

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"testing"
	"testing/synctest"
)

// tryingConn is a local client that takes a number of bytes without waiting.
type tryingConn struct {
	mu      sync.Mutex
	more    *sync.Cond
	room    int // what TryWrite may take
	got     bytes.Buffer
	tried   int // bytes that came by TryWrite
	writes  int // that brought some
	waiting bool
	fail    error
	busy    bool
	overlap bool
}

func newTryingConn(room int) *tryingConn {
	c := &tryingConn{room: room}
	c.more = sync.NewCond(&c.mu)
	return c
}

func (c *tryingConn) enter() {
	c.overlap = c.overlap || c.busy
	c.busy = true
}

func (c *tryingConn) TryWrite(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.enter()
	defer func() { c.busy = false }()
	if c.fail != nil {
		return 0, c.fail
	}
	n := min(len(p), c.room)
	c.got.Write(p[:n])
	c.room -= n
	c.tried += n
	if n > 0 {
		c.writes++
	}
	return n, nil
}

// Write waits for room.
func (c *tryingConn) Write(p []byte) (int, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.enter()
	defer func() { c.busy = false }()
	for n := 0; n < len(p); {
		for c.room == 0 && c.fail == nil {
			c.waiting = true
			c.more.Wait()
		}
		c.waiting = false
		if c.fail != nil {
			return n, c.fail
		}
		took := min(len(p)-n, c.room)
		c.got.Write(p[n : n+took])
		c.room -= took
		n += took
	}
	return len(p), nil
}

func (c *tryingConn) take(n int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.room += n
	c.more.Broadcast()
}

func (c *tryingConn) fails(err error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.fail = err
	c.more.Broadcast()
}

func (c *tryingConn) state() (got string, tried int) {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.got.String(), c.tried
}

// writeTo runs WriteTo until the stream's end.
func writeTo(st io.WriterTo, w io.Writer) (result func() (int64, error)) {
	var n int64
	var err error
	done := make(chan struct{})
	go func() {
		defer close(done)
		n, err = st.WriteTo(w)
	}()
	return func() (int64, error) {
		<-done
		return n, err
	}
}

// TestDirect: bytes that the client takes go to it without another goroutine;
// those that it does not take wait, with all that come after them, in order.
func TestDirect(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		st, e, d := p.accept(s)
		p.keepReading()
		p.send(replies(e, d)...)
		client := newTryingConn(7)
		result := writeTo(st, client)
		synctest.Wait()
		p.send(data(d, "hello"))
		synctest.Wait()
		if got, tried := client.state(); got != "hello" || tried != 5 {
			t.Errorf("got %q, %d of it directly", got, tried)
		}
		p.send(data(d, " wor"))
		synctest.Wait()
		if got, _ := client.state(); got != "hello w" {
			t.Errorf("got %q", got)
		}
		if n := s.Load().Queued; n != 2 {
			t.Errorf("%d bytes queued", n)
		}
		p.send(data(d, "ld"), data(d, ", how"))
		synctest.Wait()
		client.take(100)
		synctest.Wait()
		p.send(data(d, " are you"), fin(d), fin(e))
		n, err := result()
		got, tried := client.state()
		if want := "hello world, how are you"; got != want || n != int64(len(want)) || err != nil {
			t.Errorf("got %q, %d bytes, %v", got, n, err)
		}
		if tried != 7+len(" are you") || client.overlap {
			t.Errorf("%d bytes directly, overlapping: %v", tried, client.overlap)
		}
		if load := s.Load(); load.Queued != 0 {
			t.Errorf("load %+v", load)
		}
	})
}

// TestDirectEnds: whatever ends the stream or the client ends WriteTo.
func TestDirectEnds(t *testing.T) {
	gone := errors.New("gone")
	tests := map[string]struct {
		room int
		end  func(st *Stream, c *tryingConn, p *peer)
	}{
		"reset":                    {100, func(st *Stream, _ *tryingConn, _ *peer) { st.Reset(gone) }},
		"reset while it waits":     {2, func(st *Stream, c *tryingConn, _ *peer) { st.Reset(gone); c.take(100) }},
		"the client breaks":        {100, func(st *Stream, c *tryingConn, p *peer) { c.fails(gone); p.send(data(st.dataID, "x")) }},
		"it breaks while it waits": {2, func(_ *Stream, c *tryingConn, _ *peer) { c.fails(gone) }},
		"the session ends":         {100, func(st *Stream, _ *tryingConn, _ *peer) { st.session.end(gone, 0) }},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				s, p := newPeer(t)
				st, e, d := p.accept(s)
				p.keepReading()
				p.send(replies(e, d)...)
				client := newTryingConn(test.room)
				result := writeTo(st, client)
				synctest.Wait()
				p.send(data(d, "hello"))
				synctest.Wait()
				test.end(st.(*Stream), client, p)
				if _, err := result(); !errors.Is(err, gone) {
					t.Errorf("got %v", err)
				}
				st.Close()
				if n := s.Load().Queued; n != 0 || client.overlap {
					t.Errorf("%d bytes queued, overlapping: %v", n, client.overlap)
				}
			})
		})
	}
}
