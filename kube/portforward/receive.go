package portforward

import (
	"io"
	"time"

	"culvert/tunnels"

	"github.com/moby/spdystream/spdy"
)

// receive reads frames until the connection ends.
func (s *Session) receive() {
	defer s.running.Done()
	err := s.receiveFrames()
	s.handOn()
	s.lost(err)
}

func (s *Session) receiveFrames() error {
	for {
		frame, data, err := s.in.next()
		if err != nil {
			return err
		}
		if frame == nil {
			err = s.onData(data)
		} else {
			s.handOn()
			err = s.onControl(frame)
		}
		if err != nil {
			return err
		}
	}
}

func (s *Session) onData(data dataFrame) error {
	st := s.stream(data.id)
	if st == nil {
		if err := s.idle.skip(data.length, s.out.opened.Load()); err != nil {
			return err
		}
		return s.in.discard(data.length)
	}
	if data.length == 0 {
		if err := s.idle.frame(s.out.opened.Load()); err != nil {
			return err
		}
	}
	st.heard()
	var err error
	if data.id == st.errID {
		err = s.onErrorText(st, data.length)
	} else {
		err = st.fill(s.in, data.length)
	}
	if err == nil && data.fin {
		s.onFin(st, data.id)
	}
	return err
}

// onErrorText reads what of the payload is still worth keeping.
func (s *Session) onErrorText(st *Stream, length int) error {
	if length == 0 {
		return nil
	}
	text := make([]byte, min(length, maxErrorText))
	if _, err := io.ReadFull(s.in.br, text); err != nil {
		return inFrame(err)
	}
	st.errorText(text)
	return s.in.discard(length - len(text))
}

func (s *Session) onFin(st *Stream, id spdy.StreamId) {
	s.handOn()
	if id == st.errID {
		st.errorEnded()
	} else {
		st.dataEnded(finished)
	}
}

// onControl handles one control frame; it never blocks. Frames for streams
// that are over are ignored, as are settings and window updates: Kubernetes
// uses neither.
func (s *Session) onControl(frame spdy.Frame) error {
	if err := s.idle.frame(s.out.opened.Load()); err != nil {
		return err
	}
	switch f := frame.(type) {
	case *spdy.SynReplyFrame:
		s.onSign(f.StreamId, f.CFHeader.Flags)
	case *spdy.HeadersFrame:
		s.onSign(f.StreamId, f.CFHeader.Flags)
	case *spdy.RstStreamFrame:
		s.onReset(f.StreamId)
	case *spdy.PingFrame:
		return s.onPing(f)
	case *spdy.GoAwayFrame:
		s.onGoAway(f.LastGoodStreamId)
	case *spdy.SynStreamFrame:
		return s.out.queue(&spdy.RstStreamFrame{StreamId: f.StreamId, Status: spdy.RefusedStream})
	}
	return nil
}

func (s *Session) onSign(id spdy.StreamId, flags spdy.ControlFlags) {
	st := s.stream(id)
	if st == nil {
		return
	}
	st.heardReply(id)
	if flags&spdy.ControlFlagFin != 0 {
		st.heard()
		s.onFin(st, id)
	}
}

func (s *Session) onReset(id spdy.StreamId) {
	st := s.stream(id)
	if st == nil {
		return
	}
	st.heard()
	if id == st.errID {
		st.errorEnded()
	} else {
		st.dataEnded(wasReset)
	}
}

// onPing answers the peer's pings, which are even, and takes answers to ours.
func (s *Session) onPing(f *spdy.PingFrame) error {
	if f.Id%2 == 0 {
		return s.out.queue(&spdy.PingFrame{Id: f.Id})
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if pong, ok := s.pings[f.Id]; ok {
		close(pong)
		delete(s.pings, f.Id)
	}
	return nil
}

// onGoAway refuses new streams from now on and ends those that the peer has
// never seen; the others go on until they or the connection end.
func (s *Session) onGoAway(last spdy.StreamId) {
	s.mu.Lock()
	again := s.goneAway
	s.draining, s.goneAway = true, true
	var unseen []*Stream
	for id, st := range s.streams {
		if id == st.dataID && id > last {
			unseen = append(unseen, st)
		}
	}
	empty := len(s.streams) == 0
	s.mu.Unlock()
	for _, st := range unseen {
		if st.unseen(s.goAwayError()) {
			s.forget(st)
		}
	}
	if empty {
		s.end(s.goAwayError(), spdy.GoAwayOK)
	} else if !again {
		s.limitDrain()
	}
}

// drainTime is how long streams may go on after the peer's GOAWAY.
const drainTime = 30 * time.Second

func (s *Session) limitDrain() {
	stop := s.after(drainTime, func() { s.end(s.goAwayError(), spdy.GoAwayOK) })
	s.mu.Lock()
	over := s.over
	s.stopDrain = stop
	s.mu.Unlock()
	if over {
		stop()
	}
}

func (s *Session) stream(id spdy.StreamId) *Stream {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.streams[id]
}

// unseen ends a stream that the peer will not serve; false if it has answered.
func (st *Stream) unseen(err error) bool {
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.answered {
		return false
	}
	st.failLocked(err)
	return true
}

var (
	_ tunnels.Session = (*Session)(nil)
	_ tunnels.Stream  = (*Stream)(nil)
	_ io.ReaderFrom   = (*Stream)(nil)
)
