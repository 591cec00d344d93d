package portforward

import (
	"bufio"
	"errors"
	"io"
	"net"
	"strings"
	"sync"
	"testing"
	"testing/synctest"

	"github.com/moby/spdystream/spdy"
)

// newAheadPeer is newPeer for a session that reads ahead.
func newAheadPeer(t *testing.T) (*Session, *peer) {
	t.Helper()
	ours, theirs := net.Pipe()
	w := newWire(ours, new(sync.Pool))
	s, err := newSession(&upgraded{body: w, wire: w}, "SPDY", web1, nil)
	if err != nil {
		t.Fatal(err)
	}
	p := &peer{t: t, conn: theirs, out: bufio.NewWriterSize(theirs, 1<<20)}
	if p.framer, err = spdy.NewFramer(p.out, theirs); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		closeInTime(t, s)
		theirs.Close()
	})
	return s, p
}

// together sends frames so that they are there at the same time.
func (p *peer) together(frames ...spdy.Frame) {
	p.t.Helper()
	var err error
	for _, f := range frames {
		err = errors.Join(err, p.framer.WriteFrame(f))
	}
	if err := errors.Join(err, p.out.Flush()); err != nil {
		p.t.Fatal(err)
	}
}

// client copies a new stream to a tryingConn.
func (p *peer) client(s *Session, room int) (c *tryingConn, dataID spdy.StreamId) {
	p.t.Helper()
	st, e, d := p.accept(s)
	p.together(replies(e, d)...)
	c = newTryingConn(room)
	result := writeTo(st, c)
	p.t.Cleanup(func() {
		st.Close()
		c.take(1 << 30)
		_, _ = result() // the stream's end
	})
	synctest.Wait()
	return c, d
}

// TestGather: what has arrived together for a client is one write, whatever the
// other streams' share of it; and nothing waits for more to come.
func TestGather(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newAheadPeer(t)
		a, aID := p.client(s, 1<<20)
		b, bID := p.client(s, 1<<20)
		p.together(data(aID, "on"), data(bID, "x"), data(aID, "e "), data(bID, "y"), data(aID, "write"))
		synctest.Wait()
		if got, _ := a.state(); got != "one write" || a.writes != 1 {
			t.Errorf("the first client got %q in %d writes", got, a.writes)
		}
		if got, _ := b.state(); got != "xy" || b.writes != 1 {
			t.Errorf("the second client got %q in %d writes", got, b.writes)
		}
		small := string(make([]byte, smallChunk/2))
		writes := a.writes
		p.together(data(aID, small), data(aID, small), data(aID, small), data(aID, small))
		synctest.Wait()
		if n := a.writes - writes; n > 2 { // the first chunk is a small one
			t.Errorf("%d writes for four small frames", n)
		}
		p.together(data(aID, "|"))
		half := append([]byte("aheadofit"), 0)
		p.together(data(aID, ", two"))
		p.raw(dataHead(bID, len(half)+1))
		p.raw(half)
		synctest.Wait()
		if got, _ := a.state(); !strings.HasSuffix(got, "|, two") {
			t.Errorf("the first client got %q while a frame is under way", got)
		}
		if got, _ := b.state(); got != "xy"+string(half) {
			t.Errorf("the second client got %q of half a frame", got)
		}
		p.raw([]byte{0})
	})
}

// dataHead is the head of a DATA frame of n bytes.
func dataHead(id spdy.StreamId, n int) []byte {
	return []byte{byte(id >> 24), byte(id >> 16), byte(id >> 8), byte(id), 0, byte(n >> 16), byte(n >> 8), byte(n)}
}

// TestGatherOverWebSocket: a WebSocket tells, too, that more has arrived, whatever
// messages it comes in, and before it needs more.
func TestGatherOverWebSocket(t *testing.T) {
	w, _, theirs := webSocketPipe(t)
	waits := 0
	in, err := newFrameReader(w, w)
	if err != nil || in.ahead == nil {
		t.Fatal("the session does not see what has been read ahead", err)
	}
	in.ahead.BeforeWait(func() { waits++ })
	var sent []byte
	for range 3 {
		sent = append(sent, wsFin|wsBinary, frameHeaderSize)
		sent = append(sent, dataHead(3, 5)...)
		sent = append(sent, wsFin|wsBinary, 5)
		sent = append(sent, "hello"...)
	}
	go theirs.Write(sent)
	for i := range 3 {
		_, head, err := in.next()
		if err != nil || head.length != 5 {
			t.Fatalf("got %+v, %v", head, err)
		}
		got := make([]byte, 5)
		if n, err := io.ReadFull(in.br, got); err != nil || string(got) != "hello" {
			t.Fatalf("read %q, %v", got[:n], err)
		}
		if more := in.more(); more != (i < 2) {
			t.Errorf("after %d frames there is more: %v", i+1, more)
		}
		if waits != 1 {
			t.Errorf("%d waits for the network in %d frames that have come together", waits, i+1)
		}
	}
}

// TestGatherBeforeStall: a client that takes nothing holds up only what came
// after its own bytes.
func TestGatherBeforeStall(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newAheadPeer(t)
		quick, quickID := p.client(s, 1<<20)
		slow, slowID := p.client(s, 0)
		piece := string(make([]byte, 16<<10))
		for range maxQueued / len(piece) {
			p.together(data(slowID, piece))
		}
		synctest.Wait()
		if n := s.Load().Queued; n != maxQueued {
			t.Fatalf("%d bytes queued", n)
		}
		p.together(data(quickID, "hello"), data(slowID, "x"), data(quickID, " world"))
		synctest.Wait()
		if got, _ := quick.state(); got != "hello" {
			t.Errorf("the quick client got %q", got)
		}
		slow.take(maxQueued + 1)
		synctest.Wait()
		if got, _ := quick.state(); got != "hello world" {
			t.Errorf("the quick client got %q in the end", got)
		}
	})
}

// TestGatherAtTheEnd: an end does not overtake the bytes before it, nor do they
// need another goroutine.
func TestGatherAtTheEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newAheadPeer(t)
		st, e, d := p.accept(s)
		p.together(replies(e, d)...)
		c := newTryingConn(100)
		result := writeTo(st, c)
		synctest.Wait()
		p.together(data(d, "the"), data(d, " end"), fin(d), fin(e))
		n, err := result()
		if got, tried := c.state(); n != 7 || err != nil || got != "the end" || tried != 7 {
			t.Errorf("got %q, %d of it directly, %d in all, %v", got, tried, n, err)
		}
		st.Close()
	})
}
