package portforward

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"syscall"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/crash"

	"github.com/moby/spdystream/spdy"
)

// Session multiplexes connections to the ports of one pod over one upgraded
// connection. It implements [tunnels.Session].
type Session struct {
	pod       PodRef
	transport string
	conn      net.Conn
	socket    syscall.RawConn // below conn; nil if unknown
	in        *frameReader
	out       *sender
	crashes   *crash.Reporter
	buffers   buffers
	unheard   unheard
	start     time.Time     // what the times below count from
	ended     chan struct{} // closed first of all when the session ends
	running   sync.WaitGroup

	heardAt   atomic.Int64 // when the peer was last heard of, in ns
	backAt    atomic.Int64 // when a silence of the peer's ended that was longer than awayLong, in ns
	stalledAt atomic.Int64 // when the reader began to wait for a stream, in ns; 0 if it does not
	queued    atomic.Int64 // bytes in all streams' queues
	gathered  []*Stream    // have bytes that wait for more; of the receiving goroutine
	idle      idle         // of the receiving goroutine

	mu        sync.Mutex
	over      bool
	err       error
	draining  bool
	goneAway  bool
	stopDrain func() bool               // nil before the peer's GOAWAY
	streams   map[spdy.StreamId]*Stream // each under both of its ids
	pings     map[uint32]chan struct{}
	nextPing  uint32     // odd
	judging   *judgement // nil while nobody asks, see alive
}

var (
	errNoMoreIDs = errors.New("the session has no stream ids left")
	errClosed    = &tunnels.Error{Err: errors.New("the session is closed"), Cause: tunnels.CauseSessionLost}
	errDraining  = &tunnels.Error{
		Err:   errors.New("the session takes no new connections"),
		Cause: tunnels.CauseSessionLost,
	}
)

// newSession starts a session on an upgraded connection, which it owns from
// then on, also when it returns an error. Closing conn must unblock its reads
// and writes and must not take longer than half a second. Panics are reported, and end
// the session.
func newSession(conn net.Conn, transport string, pod PodRef, crashes *crash.Reporter) (*Session, error) {
	s := &Session{
		crashes:   crashes,
		pod:       pod,
		transport: transport,
		conn:      conn,
		socket:    socketOf(conn),
		start:     time.Now().Add(-1), // so that no time counts as 0, which means never
		ended:     make(chan struct{}),
		streams:   make(map[spdy.StreamId]*Stream),
		pings:     make(map[uint32]chan struct{}),
		nextPing:  1,
		idle:      newIdle(),
	}
	var err error
	if s.in, err = newFrameReader(heardReader{s}, conn); err == nil {
		s.out, err = newSender(conn, s.start)
	}
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	if s.in.ahead != nil {
		s.in.ahead.BeforeWait(s.handOn)
	}
	s.running.Add(2)
	s.out.contained = s.contained
	go s.contained(s.receive)() // until conn is closed, see end
	go s.contained(s.flush)()   // until s.ended is closed
	return s, nil
}

// contained returns f so that its panic ends the session: what its streams share may be
// wrong then.
func (s *Session) contained(f func()) func() {
	return s.crashes.Contained("a session", f, func(p *crash.Panic) {
		_ = s.conn.Close() // whoever holds a lock of ours and waits for the network gives it up
		s.end(tunnels.PanicError(p), spdy.GoAwayInternalError)
	})
}

// heardReader notes when bytes arrive.
type heardReader struct{ s *Session }

func (h heardReader) Read(p []byte) (int, error) {
	n, err := h.s.conn.Read(p)
	if n > 0 {
		now := int64(time.Since(h.s.start))
		if now-h.s.heardAt.Swap(now) > int64(awayLong) {
			h.s.backAt.Store(now)
		}
	}
	return n, err
}

// flush writes the queued control frames.
func (s *Session) flush() {
	defer s.running.Done()
	for {
		select {
		case <-s.ended:
			return
		case <-s.out.kick:
		}
		if err := s.out.flush(s.ended); err != nil {
			s.lost(err)
		}
	}
}

// Open implements [tunnels.Session]. It does not wait for the network at all.
func (s *Session) Open(ctx context.Context, port uint16) (tunnels.Stream, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if port == 0 {
		return nil, &tunnels.Error{
			Err:       errors.New("port 0 cannot be forwarded"),
			Hint:      "Name a port between 1 and 65535.",
			Cause:     tunnels.CauseInvalid,
			Permanent: true,
		}
	}
	st := s.newStream(port)
	var broken *frameError
	err := s.out.open(port, func(errID, dataID spdy.StreamId) error {
		st.errID, st.dataID = errID, dataID
		return s.register(st)
	})
	switch {
	case errors.Is(err, errNoMoreIDs):
		s.drain()
		return nil, errDraining
	case errors.As(err, &broken):
		s.broken(err)
		return nil, s.endError()
	case err != nil:
		return nil, err
	}
	st.expectAnswer()
	return st, nil
}

func (s *Session) newStream(port uint16) *Stream {
	st := &Stream{session: s, port: port, opened: time.Now(), over: make(chan struct{})}
	st.queue.pool = &s.buffers
	st.arrived, st.room = sync.NewCond(&st.mu), sync.NewCond(&st.mu)
	return st
}

// register adds a stream, or says why the session takes none.
func (s *Session) register(st *Stream) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return s.endErrorLocked()
	}
	if s.draining {
		return errDraining
	}
	s.streams[st.errID], s.streams[st.dataID] = st, st
	s.unheard.add(st)
	return nil
}

// forget drops a stream that is over. What the peer still sends for it is
// skipped.
func (s *Session) forget(st *Stream) {
	s.mu.Lock()
	delete(s.streams, st.errID)
	delete(s.streams, st.dataID)
	last := s.goneAway && len(s.streams) == 0
	s.mu.Unlock()
	if last {
		s.end(s.goAwayError(), spdy.GoAwayOK)
	}
}

// reset tells the peer that a stream is over, and forgets it.
func (s *Session) reset(st *Stream) {
	st.mu.Lock()
	told := st.peer == wasReset
	st.mu.Unlock()
	if !told {
		frame := &spdy.RstStreamFrame{StreamId: st.dataID, Status: spdy.Cancel}
		if err := s.finish(st, frame); err != nil {
			return
		}
	}
	s.forget(st)
}

// complete ends our half of a stream whose peer has ended both of its streams.
func (s *Session) complete(st *Stream) {
	frame := &spdy.DataFrame{StreamId: st.dataID, Flags: spdy.DataFlagFin}
	if err := s.finish(st, frame); err == nil {
		s.forget(st)
	}
}

// finish queues a stream's last frame, see [sender.finish]; an error has ended the session.
func (s *Session) finish(st *Stream, frame spdy.Frame) error {
	err := s.out.finish(st, frame)
	if err != nil {
		s.broken(err)
	}
	return err
}

// drain makes the session refuse new streams; the open ones go on.
func (s *Session) drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.draining = true
}

// after runs fn in d unless the returned function stops it first or the session
// ends before after is called. The session's end waits for a running fn.
func (s *Session) after(d time.Duration, fn func()) (stop func() bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.over {
		return func() bool { return false }
	}
	s.running.Add(1)
	timer := time.AfterFunc(d, s.contained(func() {
		defer s.running.Done()
		fn()
	}))
	return func() bool {
		if !timer.Stop() {
			return false
		}
		s.running.Done()
		return true
	}
}
