package portforward

import (
	"errors"
	"fmt"
	"time"

	"culvert/tunnels"
)

// This file is what the session's reading goroutine tells a stream.

// fill reads n bytes of payload into the queue and waits while that is full.
// The bytes of a stream that takes no more are skipped.
func (st *Stream) fill(in *frameReader, n int) error {
	for n > 0 {
		room := st.reserve(n)
		if room == nil {
			return in.discard(n)
		}
		read, err := in.read(room)
		st.commit(read)
		if err != nil {
			return inFrame(err)
		}
		n -= read
	}
	return nil
}

// reserve waits for room for up to n bytes; nil if no bytes are wanted.
func (st *Stream) reserve(n int) []byte {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.takesLocked() && st.queue.full() {
		st.mu.Unlock()
		st.session.handOn()
		st.mu.Lock()
	}
	if st.takesLocked() && st.queue.full() {
		st.session.beginStall()
		defer st.session.endStall()
		for st.takesLocked() && st.queue.full() {
			st.room.Wait()
		}
	}
	if !st.takesLocked() {
		return nil
	}
	return st.queue.reserve(n)
}

func (st *Stream) takesLocked() bool {
	return !st.closed && st.readErr == nil && st.peer == notEnded
}

func (st *Stream) commit(n int) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if !st.queue.commit(n) {
		return
	}
	st.session.queued.Add(int64(n))
	if n == 0 {
		return
	}
	if st.queue.size < chunkSize && st.session.in.more() {
		st.gather()
	} else {
		st.handOnLocked()
	}
}

// dataEnded notes the end of the peer's data stream.
func (st *Stream) dataEnded(how ending) {
	st.mu.Lock()
	if st.peer != wasReset {
		st.peer = how
	}
	st.settleLocked(false)
}

// errorText adds to the text of the error stream.
func (st *Stream) errorText(p []byte) {
	st.mu.Lock()
	room := maxErrorText - len(st.errText)
	st.errText = append(st.errText, p[:min(len(p), room)]...)
	st.settleLocked(false)
}

// errorEnded notes the end of the peer's error stream.
func (st *Stream) errorEnded() {
	st.mu.Lock()
	st.errEnded = true
	st.settleLocked(false)
}

// graceOver runs when the other half of the peer's ending has not come in time.
func (st *Stream) graceOver() {
	st.mu.Lock()
	st.stop = nil
	st.settleLocked(true)
}

// settleLocked decides what the peer's signs mean so far. The error stream's
// text and the data stream's end come in either order, so one waits for the
// other, unless late says that the wait is over. Even an end that looks clean
// waits: containerd and CRI-O close the data stream before the node's server
// writes what went wrong. It unlocks st.mu.
func (st *Stream) settleLocked(late bool) {
	if st.closed || st.writeErr != nil {
		st.mu.Unlock()
		return
	}
	text, complete := string(st.errText), st.errEnded || late
	switch {
	case text != "" && complete:
		err := readErrorText(text, st.session.pod.Name, st.port)
		st.failLocked(err)
		st.mu.Unlock()
		if overlooked(text) {
			st.session.doubt()
		}
		st.session.reset(st)
	case st.peer == wasReset && complete:
		st.failLocked(st.session.cutError(st.port))
		st.mu.Unlock()
		st.session.forget(st)
	case st.peer == wasReset || text != "":
		st.waitLocked(errorGrace)
		st.mu.Unlock()
	case st.peer == finished && !complete:
		st.waitLocked(endGrace)
		st.mu.Unlock()
	case st.peer == finished:
		if st.readErr == nil {
			st.readErr = errEOF
			st.arrived.Broadcast()
		}
		if st.errEnded {
			st.endWritesLocked(errPodDone)
		}
		gone := st.errEnded
		st.mu.Unlock()
		if gone {
			st.session.complete(st)
		}
	default:
		st.mu.Unlock()
	}
}

// waitLocked gives the peer's other sign so long to come, unless it is waited
// for already.
func (st *Stream) waitLocked(d time.Duration) {
	if st.stop == nil && st.readErr == nil {
		st.stop = st.session.after(d, st.graceOver)
	}
}

// failed ends the stream because its session has ended.
func (st *Stream) failed(err error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if text := string(st.errText); text != "" {
		err = readErrorText(text, st.session.pod.Name, st.port)
	}
	st.failLocked(err)
}

// errPodDone is what a write gets after the pod's side has closed both ways:
// the node reads no more, and bytes sent all the same would block its session.
var errPodDone = &tunnels.Error{
	Err:   errors.New("the pod has closed the connection"),
	Cause: tunnels.CauseReset,
}

// cutError is the end of a stream that the peer reset without a word.
func (s *Session) cutError(port uint16) *tunnels.Error {
	return &tunnels.Error{
		Err:   fmt.Errorf("the connection to port %d of pod %s was cut by the cluster", port, s.pod.Name),
		Hint:  "Look at the pod's log and at its restarts if this keeps happening.",
		Cause: tunnels.CauseReset,
	}
}
