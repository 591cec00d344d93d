package portforward

import (
	"bytes"
	"encoding/binary"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/moby/spdystream/spdy"
)

const (
	// maxPending bounds the control frames that wait while the peer does not
	// read: only a peer that floods us with pings gets there.
	maxPending = 1 << 20
	// maxJoined is up to which size control frames and a DATA frame are copied
	// together to go out in one write.
	maxJoined = 16 << 10
)

// sender writes frames to a connection. Control frames are queued and never
// block their sender; a DATA frame is written by its caller and takes all
// control frames queued before it along, so a stream's frames stay in order.
type sender struct {
	conn  net.Conn
	start time.Time // what since counts from
	// contained returns what a timer is to call instead of f.
	contained func(f func()) func()
	turn      chan struct{} // holds a token while somebody writes to conn
	kick      chan struct{} // holds a token while control frames are to leave
	batch     []byte        // of whoever has the turn
	since     atomic.Int64  // when the write under way began, in ns; 0 if there is none

	opened atomic.Int64 // streams so far

	opening atomic.Bool // the frames of a new stream wait for its first data, see open

	mu      sync.Mutex
	later   *time.Timer // wakes after patience; nil before the first time
	armed   bool        // it will
	pending bytes.Buffer
	framer  *spdy.Framer // into pending
	nextID  uint32       // the next stream's id; odd
	pairs   opening
}

// newSender returns a sender whose times count from start, which has passed.
func newSender(conn net.Conn, start time.Time) (*sender, error) {
	s := &sender{
		conn: conn, start: start, turn: make(chan struct{}, 1), kick: make(chan struct{}, 1), nextID: 1,
		contained: func(f func()) func() { return f },
	}
	framer, err := spdy.NewFramer(&s.pending, nil)
	if err != nil {
		return nil, err
	}
	s.framer = framer
	return s, nil
}

// queue leaves control frames to the flushing goroutine. It never blocks.
func (s *sender) queue(frames ...spdy.Frame) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.queueLocked(frames...)
}

func (s *sender) queueLocked(frames ...spdy.Frame) error {
	if err := s.addLocked(frames...); err != nil {
		return err
	}
	s.wake()
	return nil
}

// wake has the queued frames flushed.
func (s *sender) wake() {
	select {
	case s.kick <- struct{}{}:
	default:
	}
}

// hurry has the frames of new streams flushed that wait for data to go with.
func (s *sender) hurry() {
	if s.opening.Load() {
		s.wake()
	}
}

// errTooMuchPending is a peer that keeps us answering and takes no answers.
var errTooMuchPending = &frameError{"more control frames than it takes answers"}

func (s *sender) addLocked(frames ...spdy.Frame) error {
	if s.pending.Len() > maxPending {
		return errTooMuchPending
	}
	for _, frame := range frames {
		if err := s.framer.WriteFrame(frame); err != nil {
			return err
		}
	}
	return nil
}

// patience is how long frames wait at most that need not leave by themselves: each
// packet costs everybody on its way as much as a new connection does. Those that open
// a stream wait for the stream's user to write or to wait for something, those that
// end one for others to go with.
const patience = 20 * time.Millisecond

// open queues the frames that open a pair of streams. They leave with the
// stream's first data, when hurry is called, or after patience. register runs
// with the ids before any frame can leave; its error is returned and opens
// nothing.
func (s *sender) open(port uint16, register func(errID, dataID spdy.StreamId) error) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.nextID+2 > maxStreamID {
		return errNoMoreIDs
	}
	errID, dataID := spdy.StreamId(s.nextID), spdy.StreamId(s.nextID+2)
	if err := register(errID, dataID); err != nil {
		return err
	}
	s.nextID += 4
	s.opened.Add(1)
	if s.pending.Len() > maxPending {
		return errTooMuchPending
	}
	s.pending.Write(s.pairs.append(s.pending.AvailableBuffer(), errID, dataID, port))
	s.opening.Store(true)
	s.waitLocked()
	return nil
}

// waitLocked has the queued frames flushed within patience. A timer that runs
// already is left alone: to set one wakes a thread.
func (s *sender) waitLocked() {
	switch {
	case s.armed:
		return
	case s.later == nil:
		s.later = time.AfterFunc(patience, s.contained(s.waited)) // until close
	default:
		s.later.Reset(patience)
	}
	s.armed = true
}

func (s *sender) waited() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.armed = false
	if s.pending.Len() > 0 {
		s.wake()
	}
}

// close stops what the sender does by itself.
func (s *sender) close() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.later != nil {
		s.later.Stop()
	}
	s.armed = true // it will not be set again
}

// finish queues the last frame of st's data stream, once. An end leaves with others,
// or after patience; a reset at once, since its client may come again.
func (s *sender) finish(st *Stream, frame spdy.Frame) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, reset := frame.(*spdy.RstStreamFrame); reset {
		if st.rstSent {
			return nil
		}
		st.rstSent, st.finSent = true, true
		return s.queueLocked(frame)
	}
	if st.finSent {
		return nil
	}
	st.finSent = true
	if err := s.addLocked(frame); err != nil {
		return err
	}
	s.waitLocked()
	return nil
}

// finished tells whether st has sent its last byte.
func (s *sender) finished(st *Stream) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return st.finSent
}

// data writes one DATA frame of st. frame is the payload behind room for the
// frame's header. It blocks until the connection has taken the frame; before
// that it gives up, with errGivenUp, when one of the channels is closed or the
// stream has sent its last frame.
func (s *sender) data(st *Stream, frame []byte, over, ended <-chan struct{}) error {
	binary.BigEndian.PutUint32(frame, uint32(st.dataID))
	binary.BigEndian.PutUint32(frame[4:], uint32(len(frame)-frameHeaderSize))
	if !s.take(over, ended) {
		return errGivenUp
	}
	defer s.pass()
	select {
	case <-over:
		return errGivenUp
	default:
	}
	s.mu.Lock()
	if st.finSent {
		s.mu.Unlock()
		return errGivenUp
	}
	s.collectLocked()
	s.mu.Unlock()
	if len(s.batch)+len(frame) <= maxJoined {
		s.batch = append(s.batch, frame...)
		return s.write(s.batch)
	}
	if err := s.write(s.batch); err != nil {
		return err
	}
	return s.write(frame)
}

// flush writes the control frames that wait; nil if ended is closed first.
func (s *sender) flush(ended <-chan struct{}) error {
	if !s.take(nil, ended) {
		return nil
	}
	defer s.pass()
	return s.flushInTurn()
}

// flushInTurn is flush for a caller that has the turn.
func (s *sender) flushInTurn() error {
	s.mu.Lock()
	s.collectLocked()
	s.mu.Unlock()
	return s.write(s.batch)
}

func (s *sender) collectLocked() {
	s.batch = append(s.batch[:0], s.pending.Bytes()...)
	s.pending.Reset()
	s.opening.Store(false)
}

func (s *sender) write(p []byte) error {
	if len(p) == 0 {
		return nil
	}
	s.since.Store(int64(time.Since(s.start)))
	_, err := s.conn.Write(p)
	s.since.Store(0)
	return err
}

// waiting returns for how long the write under way has been going on; 0 if
// there is none.
func (s *sender) waiting() time.Duration {
	since := s.since.Load()
	if since == 0 {
		return 0
	}
	return max(1, time.Since(s.start)-time.Duration(since))
}

// take waits for the turn to write, until one of the channels is closed.
func (s *sender) take(over, ended <-chan struct{}) bool {
	select {
	case s.turn <- struct{}{}:
		return true
	default:
	}
	select {
	case s.turn <- struct{}{}:
		return true
	case <-over:
		return false
	case <-ended:
		return false
	}
}

func (s *sender) pass() { <-s.turn }
