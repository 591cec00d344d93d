package portforward

import (
	"bufio"
	"errors"
	"io"
	"net"
	"testing"
	"testing/synctest"
	"time"

	"github.com/moby/spdystream/spdy"
)

// TestFault32BlackHoleIsNotBlocked: what was sent before the window closed is acknowledged, so a
// peer that only pauses leaves nothing unanswered for long.
func TestFault32BlackHoleIsNotBlocked(t *testing.T) {
	tests := map[string]struct {
		side sendSide
		want bool
	}{
		"all is well":                {sendSide{}, false},
		"window closed for long":     {sendSide{unsent: true, quiet: time.Hour}, false},
		"probe on its way":           {sendSide{unsent: true, probes: 1}, false},
		"two probes unanswered":      {sendSide{unsent: true, probes: 2}, true},
		"a packet lost":              {sendSide{unsent: true, retransmits: 1}, false},
		"and lost again":             {sendSide{unsent: true, retransmits: 2}, false},
		"three times":                {sendSide{unsent: true, retransmits: 3}, true},
		"nothing left to send":       {sendSide{retransmits: 7}, true},
		"unanswered for a long time": {sendSide{unsent: true, retransmits: 15, probes: 15}, true},
	}
	for name, test := range tests {
		if got := test.side.swallowed(); got != test.want {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

// newTCPPeer is newPeer over loopback TCP. The peer does not read by itself.
func newTCPPeer(t *testing.T, sendBuffer int) (*Session, *peer) {
	t.Helper()
	accepted := make(chan *net.TCPConn)
	done := make(chan struct{})
	l := listen(t, func(conn net.Conn) {
		accepted <- conn.(*net.TCPConn)
		<-done
	})
	t.Cleanup(func() { close(done) })
	ours, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	theirs := <-accepted
	if err := errors.Join(ours.(*net.TCPConn).SetWriteBuffer(sendBuffer), theirs.SetReadBuffer(16<<10)); err != nil {
		t.Fatal(err)
	}
	s, err := newSession(ours, "SPDY", web1, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeInTime(t, s) })
	p := &peer{t: t, conn: theirs, out: bufio.NewWriter(theirs)}
	if p.framer, err = spdy.NewFramer(p.out, theirs); err != nil {
		t.Fatal(err)
	}
	return s, p
}

// readUpload reads frames until size bytes of data have come.
func (p *peer) readUpload(size int) {
	p.t.Helper()
	for size > 0 {
		if frame, ok := p.next().(*spdy.DataFrame); ok {
			size -= len(frame.Data)
		}
	}
	if size < 0 {
		p.t.Errorf("%d bytes too many", -size)
	}
}

// wantBlocked waits until the session has been blocked for a while.
func wantBlocked(t *testing.T, s *Session) {
	t.Helper()
	waitFor(t, "a blocked session", func() bool { return s.Load().Blocked > 300*time.Millisecond })
	if err := s.Load().Err; err != nil {
		t.Fatal(err)
	}
}

func wantUnblocked(t *testing.T, s *Session) {
	t.Helper()
	waitFor(t, "a session that is not blocked", func() bool { return s.Load().Blocked == 0 })
}

func waitFor(t *testing.T, what string, done func() bool) {
	t.Helper()
	deadline := time.After(10 * time.Second)
	tick := time.NewTicker(5 * time.Millisecond)
	defer tick.Stop()
	for !done() {
		select {
		case <-tick.C:
		case <-deadline:
			t.Fatalf("there is not %s", what)
		}
	}
}

// TestFault46SlowPodReader: while the peer takes nothing the session says so, and all
// bytes arrive when it goes on.
func TestFault46SlowPodReader(t *testing.T) {
	checkLeaks(t)
	const size = 4 << 20
	s, p := newTCPPeer(t, 32<<10)
	if blocked := s.Load().Blocked; blocked != 0 {
		t.Errorf("blocked for %v before anything was sent", blocked)
	}
	st, e, d := p.accept(s)
	p.send(replies(e, d)...)
	written := make(chan error, 1)
	go func() {
		_, err := st.Write(make([]byte, size))
		written <- err
	}()
	wantBlocked(t, s)
	p.readUpload(size)
	if err := <-written; err != nil {
		t.Error(err)
	}
	wantUnblocked(t, s)
}

// TestBlockedThroughTLS: the same through the Dialer, with a pod that pauses.
func TestBlockedThroughTLS(t *testing.T) {
	checkLeaks(t)
	const size = 64 << 20
	goOn := make(chan struct{})
	received := make(chan int64, 1)
	api := newAPIServer(t, pods{80: func(stream io.ReadWriteCloser) error {
		<-goOn
		n, err := io.Copy(io.Discard, stream)
		received <- n
		return err
	}})
	s := mustDial(t, api.config())
	if s.socket == nil {
		t.Error("the connection below TLS is not known")
	}
	st := open(t, s, 80)
	written := make(chan error, 1)
	go func() {
		_, err := st.Write(make([]byte, size))
		written <- errors.Join(err, st.CloseWrite())
	}()
	wantBlocked(t, s)
	close(goOn)
	if err := <-written; err != nil {
		t.Error(err)
	}
	if n := <-received; n != size {
		t.Errorf("%d bytes arrived, want %d", n, size)
	}
	wantUnblocked(t, s)
}

// TestNoAnswerWhileBlocked: a stream whose opening waits behind an upload is
// not given up. A connection that is no socket counts each waiting write.
func TestNoAnswerWhileBlocked(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s, p := newPeer(t)
		slow, e, d := p.accept(s)
		p.send(replies(e, d)...)
		written := make(chan error, 1)
		go func() {
			_, err := slow.Write(make([]byte, 1<<20))
			written <- err
		}()
		st := open(t, s, 80).(*Stream)
		time.Sleep(answerTimeout + 5*time.Second)
		if load := s.Load(); load.Blocked != answerTimeout+5*time.Second || load.Draining {
			t.Errorf("load %+v", load)
		}
		p.keepReading()
		if err := <-written; err != nil {
			t.Error(err)
		}
		p.send(replies(st.errID, st.dataID)...)
		p.send(fin(st.dataID))
		if err := wantRead(t, st, ""); !errors.Is(err, io.EOF) {
			t.Error(err)
		}
		if blocked := s.Load().Blocked; blocked != 0 {
			t.Errorf("still blocked for %v", blocked)
		}
	})
}
