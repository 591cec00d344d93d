package tunneltest

import (
	"context"
	"errors"
	"io"
	"net/netip"
	"sync"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/tunneltest/memnet"
)

// Session is the fake's tunnels.Session to one pod.
type Session struct {
	// Endpoint is the one that it was dialled to.
	Endpoint tunnels.Endpoint

	backend *Backend
	done    chan struct{}

	mu      sync.Mutex
	mute    bool
	nth     int // of all pings are answered; 0 for each
	pings   int
	stalled time.Duration
	blocked time.Duration
	unheard time.Duration
	heard   time.Time
	drains  bool
	ended   bool
	err     error
	streams map[*stream]bool

	overlooks  bool
	overlooked []*stream
}

// Mute makes pings wait for ever, as in a network that swallows packets.
func (s *Session) Mute(mute bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mute = mute
}

// AnswerEvery makes all pings but each nth wait for ever, as a server does whose
// workers wait for pods that do not read.
func (s *Session) AnswerEvery(nth int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.nth, s.pings = nth, 0
}

// Stall makes Load report a slow local reader.
func (s *Session) Stall(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.stalled = d
}

// Block makes Load report bytes that the other end does not take.
func (s *Session) Block(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.blocked = d
}

// Unhear makes Load report a stream that has had no answer.
func (s *Session) Unhear(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.unheard = d
}

// Hear makes Load report that a byte came at that time.
func (s *Session) Hear(at time.Time) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.heard = at
}

// Pings returns how often the session was pinged.
func (s *Session) Pings() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.pings
}

// Drain makes the session take no new streams; the open ones go on.
func (s *Session) Drain() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.drains = true
}

// Streams returns how many streams are open.
func (s *Session) Streams() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return len(s.streams)
}

// Open implements tunnels.Session.
func (s *Session) Open(_ context.Context, port uint16) (tunnels.Stream, error) {
	refusal := s.backend.refusal(port)
	near, far := memnet.Pipe(netip.AddrPort{}, netip.AddrPortFrom(netip.IPv4Unspecified(), port))
	st := &stream{session: s, Conn: near}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return nil, &tunnels.Error{Err: errors.New("the session has ended"), Cause: tunnels.CauseSessionLost}
	}
	if s.drains {
		return nil, &tunnels.Error{Err: errors.New("the session takes no more"), Cause: tunnels.CauseSessionLost}
	}
	s.streams[st] = true
	switch {
	case s.overlooks:
		s.overlooked = append(s.overlooked, st)
	case refusal != nil:
		st.cause = refusal
		_ = far.SetLinger(0) // it never fails
		_ = far.Close()
	case s.backend.Serve != nil:
		go s.backend.Serve(port, far)
	default:
		go func() {
			_, _ = io.Copy(far, far) // its end is the client's
			_ = far.Close()
		}()
	}
	return st, nil
}

// Ping implements tunnels.Session.
func (s *Session) Ping(ctx context.Context) error {
	s.mu.Lock()
	s.pings++
	mute := s.mute || s.backend.muted(s.Endpoint.UID) || s.nth > 0 && s.pings%s.nth != 0
	s.mu.Unlock()
	if !mute {
		select {
		case <-s.done:
			return errors.New("the session has ended")
		default:
			return nil
		}
	}
	select {
	case <-s.done:
		return errors.New("the session has ended")
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Abandon implements tunnels.Session. Streams of this fake are answered at once,
// but for those that [Session.Overlook] is about.
func (s *Session) Abandon(_ uint16, _ time.Duration, cause error) {
	s.mu.Lock()
	streams := s.overlooked
	s.overlooked = nil
	s.mu.Unlock()
	for _, st := range streams {
		st.Reset(cause)
	}
}

// Overlook makes the node take no note of the streams that are opened from now
// on: nobody serves them.
func (s *Session) Overlook() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.overlooks = true
}

// Notice ends what Overlook began.
func (s *Session) Notice() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.overlooks = false
}

// Load implements tunnels.Session.
func (s *Session) Load() tunnels.Load {
	s.mu.Lock()
	defer s.mu.Unlock()
	return tunnels.Load{
		Streams: len(s.streams), Stalled: s.stalled, Blocked: s.blocked, Unheard: s.unheard,
		Draining: s.drains, Transport: "memory", Err: s.err, LastByte: s.heard,
	}
}

// Done implements tunnels.Session.
func (s *Session) Done() <-chan struct{} { return s.done }

// Close implements tunnels.Session; a test calls it to cut the session.
func (s *Session) Close(cause error) error {
	s.mu.Lock()
	if s.ended {
		s.mu.Unlock()
		return nil
	}
	s.ended, s.err = true, cause
	streams := s.streams
	s.streams = make(map[*stream]bool)
	s.mu.Unlock()
	for st := range streams {
		st.Reset(&tunnels.Error{Err: errors.New("the session has ended"), Cause: tunnels.CauseSessionLost})
	}
	close(s.done)
	return nil
}

type stream struct {
	*memnet.Conn
	session *Session

	mu    sync.Mutex
	cause error // what reads and writes return instead of the connection's error
}

func (st *stream) Read(p []byte) (int, error) {
	n, err := st.Conn.Read(p)
	return n, st.because(err)
}

func (st *stream) Write(p []byte) (int, error) {
	n, err := st.Conn.Write(p)
	return n, st.because(err)
}

func (st *stream) WriteTo(w io.Writer) (int64, error) {
	return io.Copy(w, struct{ io.Reader }{st})
}

func (st *stream) Reset(cause error) {
	st.mu.Lock()
	if st.cause == nil {
		st.cause = cause
	}
	st.mu.Unlock()
	_ = st.SetLinger(0) // it never fails
	_ = st.Close()
}

func (st *stream) Close() error {
	st.session.mu.Lock()
	delete(st.session.streams, st)
	st.session.mu.Unlock()
	return st.Conn.Close()
}

func (st *stream) because(err error) error {
	if err == nil || errors.Is(err, io.EOF) {
		return err
	}
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.cause != nil {
		return st.cause
	}
	return &tunnels.Error{Err: err, Cause: tunnels.CauseReset}
}
