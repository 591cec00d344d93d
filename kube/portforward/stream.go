package portforward

import (
	"net"
	"sync"
	"time"

	"github.com/moby/spdystream/spdy"
)

const (
	// answerTimeout is how long a new stream waits for the peer's replies. The
	// server replies to a stream it accepts before it dials the port.
	answerTimeout = 10 * time.Second
	// errorGrace is how long a stream that the peer has cut waits for the text
	// on the error stream, and a text for the end of its stream.
	errorGrace = time.Second
	// endGrace is how long the end of the data waits for a text that says it was
	// none. Nodes send the two back to back; one that ends the error stream only
	// when the client has ended, too, delays the end by so much.
	endGrace = 250 * time.Millisecond
	// maxErrorText bounds the text kept; kubelets send some 300 bytes.
	maxErrorText = 4 << 10
)

// Stream is one connection to a port of the pod: an SPDY data stream and its
// error stream. See [tunnels.Stream] for its methods' contract; one goroutine
// may read while another one writes.
type Stream struct {
	session *Session
	port    uint16
	errID   spdy.StreamId
	dataID  spdy.StreamId
	opened  time.Time
	over    chan struct{} // closed when nothing can be written any more

	reading   sync.Mutex // held by the local reader
	gathering bool       // is among session.gathered; of the receiving goroutine

	mu       sync.Mutex
	queue    queue
	arrived  *sync.Cond // bytes or an end
	room     *sync.Cond // for bytes
	direct   direct
	answered bool
	heardOf  chan struct{} // closed when answered; nil while nobody waits for it
	replied  [2]bool       // to the error and to the data stream
	pardon   bool          // the peer has been given time for it, see pardonNow
	peer     ending        // of the peer's data stream
	errEnded bool          // the peer's error stream
	errText  []byte
	readErr  error       // after what is queued
	writeErr error       // set when over is closed
	closed   bool        // locally: nothing more is delivered
	stop     func() bool // the running timer's

	// Guarded by session.out.mu.
	finSent, rstSent bool

	// Guarded by session.unheard.
	isUnheard    bool
	older, newer *Stream

	early int // frames sent before an answer; of whoever writes
}

// ending is how a peer has ended its data stream.
type ending uint8

const (
	notEnded ending = iota
	finished
	wasReset
)

// Read implements [io.Reader].
func (st *Stream) Read(p []byte) (int, error) {
	st.reading.Lock()
	defer st.reading.Unlock()
	if len(p) == 0 {
		return 0, nil
	}
	b, err := st.take()
	if err != nil {
		return 0, err
	}
	n := copy(p, b)
	st.release(n)
	return n, nil
}

// take waits for bytes and returns them; release must follow.
func (st *Stream) take() ([]byte, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for {
		if st.closed {
			return nil, st.readErr
		}
		if b := st.queue.take(); b != nil {
			return b, nil
		}
		if st.readErr != nil {
			return nil, st.readErr
		}
		st.session.out.hurry()
		st.arrived.Wait()
	}
}

// release gives back the bytes that take has returned, n of which are done with.
func (st *Stream) release(n int) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.releaseLocked(n)
}

func (st *Stream) releaseLocked(n int) {
	n = st.queue.release(n)
	if st.queue.size <= maxQueued-chunkSize {
		st.room.Signal()
	}
	st.session.queued.Add(int64(-n))
}

// Reset implements [tunnels.Stream]. A nil cause stands for [net.ErrClosed]. A
// write that the connection is already taking returns when that is through.
func (st *Stream) Reset(cause error) {
	if cause == nil {
		cause = net.ErrClosed
	}
	if st.shut(cause) {
		st.session.reset(st)
	}
}

// Close implements [tunnels.Stream]. It always returns nil.
func (st *Stream) Close() error {
	sent := st.session.out.finished(st)
	st.mu.Lock()
	over := st.peer == wasReset || st.peer == finished && sent
	st.mu.Unlock()
	if !st.shut(net.ErrClosed) {
		return nil
	}
	if over {
		st.session.forget(st)
	} else {
		st.session.reset(st)
	}
	return nil
}

// shut ends the stream for its local users; false if it was shut already.
func (st *Stream) shut(cause error) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.closed {
		return false
	}
	st.closed = true
	st.session.queued.Add(int64(-st.queue.drop()))
	st.readErr = cause
	st.endWritesLocked(cause)
	st.writeErr = cause
	st.stopTimerLocked()
	st.session.unheard.remove(st)
	st.arrived.Broadcast()
	st.room.Broadcast()
	return true
}

// failLocked ends the stream with err, after the bytes that are queued. A clean
// end that came first stays one for the reader.
func (st *Stream) failLocked(err error) {
	if st.readErr == nil {
		st.readErr = err
	}
	st.endWritesLocked(err)
	st.stopTimerLocked()
	st.session.unheard.remove(st)
	st.arrived.Broadcast()
	st.room.Broadcast()
}

func (st *Stream) endWritesLocked(err error) {
	if st.writeErr == nil {
		st.writeErr = err
		close(st.over)
	}
}

func (st *Stream) stopTimerLocked() {
	if st.stop != nil {
		st.stop()
		st.stop = nil
	}
}
