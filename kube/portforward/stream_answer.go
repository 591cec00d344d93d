package portforward

import (
	"fmt"
	"time"

	"culvert/tunnels"

	"github.com/moby/spdystream/spdy"
)

// This file is how a new stream waits for the peer to take it.

// heldLong is how long a session has to be held up to be the reason for a missing
// answer at first sight: a write may always be under way for a moment.
const heldLong = time.Second

const (
	// awayLong is a silence in which a peer may have been away.
	awayLong = time.Second
	// pardon is how long a peer that is back may take for what came meanwhile: a node
	// that had stopped for a while has all connections to answer at once.
	pardon = 5 * time.Second
)

// expectAnswer starts the wait for the peer's replies.
func (st *Stream) expectAnswer() {
	st.mu.Lock()
	defer st.mu.Unlock()
	if !st.answered && !st.closed {
		st.stop = st.session.after(answerTimeout, st.noAnswer)
	}
}

// heardReply notes the peer's reply for one half of this stream. The node serves
// the connection only once it has seen both.
func (st *Stream) heardReply(id spdy.StreamId) {
	st.mu.Lock()
	defer st.mu.Unlock()
	if id == st.errID {
		st.replied[0] = true
	} else {
		st.replied[1] = true
	}
	if st.replied[0] && st.replied[1] {
		st.heardLocked()
	}
}

// heard notes any other sign of the peer for this stream.
func (st *Stream) heard() {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.heardLocked()
}

func (st *Stream) heardLocked() {
	if st.answered {
		return
	}
	st.answered = true
	st.stopTimerLocked()
	st.session.unheard.remove(st)
	st.session.unheard.answered(time.Since(st.opened))
	if st.heardOf != nil {
		close(st.heardOf)
		st.heardOf = nil
	}
}

// noAnswer runs when the peer has not answered in time. While the session is
// held up that is not the peer's fault. Else the peer is asked whether it is
// there at all: only if it is not, the session is given up with the stream.
func (st *Stream) noAnswer() {
	s := st.session
	if s.held() >= heldLong {
		st.expectAnswer()
		return
	}
	if !st.late() {
		return
	}
	alive := st.pardoned() || s.alive()
	select {
	case <-s.ended:
		return // and the session's end is the stream's
	default:
	}
	waited := time.Since(st.opened).Round(time.Second)
	switch {
	case !st.late(), alive && st.pardonNow():
	case alive:
		err := &tunnels.Error{
			Err: fmt.Errorf("the node did not answer the new connection to port %d of pod %s within %v",
				st.port, s.pod.Name, waited),
			Hint:  overlookedHint,
			Cause: tunnels.CauseUnknown,
		}
		if st.giveUp(err) {
			s.unheard.overlook(st)
		}
	case s.held() > 0:
		st.expectAnswer()
	default:
		s.drain()
		st.giveUp(&tunnels.Error{
			Err:   fmt.Errorf("pod %s did not answer the new connection within %v", s.pod.Name, waited),
			Hint:  "The network or the node may be down; the connection to the pod has to be made anew.",
			Cause: tunnels.CauseSessionLost,
		})
	}
}

// pardonNow waits once more where the peer was silent until a moment ago.
func (st *Stream) pardonNow() bool {
	left := pardon - (time.Since(st.session.start) - time.Duration(st.session.backAt.Load()))
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.pardon || left <= 0 {
		return false
	}
	st.pardon = true
	if st.lateLocked() {
		st.stop = st.session.after(left, st.noAnswer)
	}
	return true
}

// pardoned says whether the peer has had that time. It has shown then that it lives.
func (st *Stream) pardoned() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.pardon
}

// overlookedHint is for a connection that a living node does not take.
const overlookedHint = "Another connection's upload that the pod does not read may be in the way: " +
	"end that one, or try again."

// late tells whether the stream still waits for an answer.
func (st *Stream) late() bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	return st.lateLocked()
}

func (st *Stream) lateLocked() bool { return !st.answered && !st.closed && st.readErr == nil }

// giveUp ends the stream with err if it still waits for an answer, and says whether it
// did.
func (st *Stream) giveUp(err error) bool {
	st.mu.Lock()
	late := st.lateLocked()
	if late {
		st.failLocked(err)
	}
	st.mu.Unlock()
	if late {
		st.session.reset(st)
	}
	return late
}
