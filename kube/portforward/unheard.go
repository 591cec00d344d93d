package portforward

import (
	"sync"
	"sync/atomic"
	"time"
)

// unheard are the open streams that the peer has not answered yet, in the order
// of their opening, and how fast it answered others.
type unheard struct {
	mu             sync.Mutex
	oldest, newest *Stream
	overlooked     time.Time    // when the first one was opened that a living peer never answered
	usual          atomic.Int64 // time to an answer, smoothed, in ns; 0 before the first
}

// overlook notes a stream that is given up because a living peer does not answer it.
// What is in its way there does not go away by that: the next one may meet it too.
func (u *unheard) overlook(st *Stream) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.overlooked.IsZero() {
		u.overlooked = st.opened
	}
}

func (u *unheard) add(st *Stream) {
	u.mu.Lock()
	defer u.mu.Unlock()
	st.isUnheard = true
	st.older = u.newest
	if u.newest != nil {
		u.newest.newer = st
	} else {
		u.oldest = st
	}
	u.newest = st
}

func (u *unheard) remove(st *Stream) {
	u.mu.Lock()
	defer u.mu.Unlock()
	if !st.isUnheard {
		return
	}
	st.isUnheard = false
	if st.older != nil {
		st.older.newer = st.newer
	} else {
		u.oldest = st.newer
	}
	if st.newer != nil {
		st.newer.older = st.older
	} else {
		u.newest = st.older
	}
	st.older, st.newer = nil, nil
}

// answered notes how long an answer took. Only the reading goroutine calls it.
func (u *unheard) answered(took time.Duration) {
	usual := u.usual.Load()
	if usual == 0 {
		u.usual.Store(max(1, int64(took)))
		return
	}
	u.usual.Store(max(1, usual+(int64(took)-usual)/8))
}

// since returns for how long the oldest stream has been waiting, also if it was
// overlooked and is given up; 0 if none does.
func (u *unheard) since() time.Duration {
	u.mu.Lock()
	defer u.mu.Unlock()
	switch {
	case !u.overlooked.IsZero():
		return max(1, time.Since(u.overlooked))
	case u.oldest == nil:
		return 0
	}
	return max(1, time.Since(u.oldest.opened))
}

// waiting returns the streams to a port that have been waiting for d.
func (u *unheard) waiting(port uint16, d time.Duration) []*Stream {
	u.mu.Lock()
	defer u.mu.Unlock()
	var out []*Stream
	for st := u.oldest; st != nil; st = st.newer {
		if st.port == port && time.Since(st.opened) >= d {
			out = append(out, st)
		}
	}
	return out
}

// Abandon implements [tunnels.Session].
func (s *Session) Abandon(port uint16, unheard time.Duration, cause error) {
	if s.held() > 0 {
		return // their answers may wait behind bytes that we do not read
	}
	for _, st := range s.unheard.waiting(port, unheard) {
		st.giveUp(cause)
	}
}

const (
	// An answer may take so long before new streams are careful: firstPatience
	// while none is known, then usualPatience times what it usually takes, but
	// leastPatience. Care costs a new stream one round trip.
	firstPatience = 50 * time.Millisecond
	leastPatience = 20 * time.Millisecond
	usualPatience = 4
	// maxEarly is how many DATA frames go out before the stream has an answer.
	maxEarly = 4
)

// late says that an answer is missing for longer than it should.
func (u *unheard) late() bool {
	usual := time.Duration(u.usual.Load())
	if usual == 0 {
		return u.since() > firstPatience
	}
	return u.since() > max(leastPatience, usualPatience*usual)
}

// waitForAnswer holds back the data of a stream that the peer has not answered,
// while that seems to be more than the network's delay. It returns false when the
// stream or the session was over first.
//
// The node's server hands the frames of a stream to one of five workers, by its
// id. One whose pod does not read its upload answers no new streams. Data for a
// stream of which it has only one half would block the worker of the other half,
// too, and so on; and a blocked worker's queue holds 50 frames, after which the
// server reads nothing at all.
func (st *Stream) waitForAnswer() bool {
	st.mu.Lock()
	if st.answered {
		st.mu.Unlock()
		return true
	}
	if st.early < maxEarly && !st.session.unheard.late() {
		st.early++
		st.mu.Unlock()
		return true
	}
	if st.heardOf == nil {
		st.heardOf = make(chan struct{})
	}
	answered := st.heardOf
	st.mu.Unlock()
	st.session.out.hurry()
	select {
	case <-answered:
		return true
	case <-st.over:
	case <-st.session.ended:
	}
	return false
}
