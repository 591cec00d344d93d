package portforward

import (
	"errors"
	"fmt"
	"io"
	"net"
	"time"

	"culvert/tunnels"

	"github.com/moby/spdystream/spdy"
)

// farewell is how long the last frames may take when the session ends.
const farewell = 250 * time.Millisecond

// Close implements [tunnels.Session].
func (s *Session) Close(cause error) error {
	s.end(cause, spdy.GoAwayOK)
	s.running.Wait()
	return nil
}

// end ends the session: its streams with err, or as closed when err is nil, and
// then the connection. Only the first call does anything. It takes no longer
// than farewell plus the closing of the connection.
func (s *Session) end(err error, status spdy.GoAwayStatus) {
	s.mu.Lock()
	if s.over {
		s.mu.Unlock()
		return
	}
	s.over, s.err = true, err
	streams := make([]*Stream, 0, len(s.streams)/2)
	for id, st := range s.streams {
		if id == st.dataID {
			streams = append(streams, st)
		}
	}
	clear(s.streams)
	stopDrain := s.stopDrain
	s.mu.Unlock()
	close(s.ended)
	if stopDrain != nil {
		stopDrain()
	}
	for _, st := range streams {
		st.failed(s.endError())
	}
	s.sayGoodbye(streams, status)
	s.out.close()
	// An error here says that the connection was broken already: it is gone
	// either way.
	_ = s.conn.Close()
}

// sayGoodbye resets the streams and writes GOAWAY if the peer takes it in time.
// That is a courtesy, so its errors do not matter.
func (s *Session) sayGoodbye(streams []*Stream, status spdy.GoAwayStatus) {
	if s.conn.SetWriteDeadline(time.Now().Add(farewell)) != nil {
		return
	}
	timer := time.NewTimer(farewell)
	defer timer.Stop()
	select {
	case s.out.turn <- struct{}{}:
		defer s.out.pass()
	case <-timer.C:
		return
	}
	frames := make([]spdy.Frame, 0, len(streams)+1)
	for _, st := range streams {
		frames = append(frames, &spdy.RstStreamFrame{StreamId: st.dataID, Status: spdy.Cancel})
	}
	frames = append(frames, &spdy.GoAwayFrame{Status: status})
	if s.out.queue(frames...) == nil {
		_ = s.out.flushInTurn()
	}
}

// endError returns why nothing works any more on an ended session.
func (s *Session) endError() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.endErrorLocked()
}

func (s *Session) endErrorLocked() error {
	if s.err == nil {
		return errClosed
	}
	return s.err
}

// lost ends the session because its connection does not work any more.
func (s *Session) lost(err error) {
	var broken *frameError
	raw := ""
	switch {
	case errors.As(err, &broken):
		s.broken(err)
		return
	case s.isGoneAway():
		s.end(s.goAwayError(), spdy.GoAwayOK)
		return
	case errors.Is(err, io.EOF):
		raw, err = oneLine(err.Error()), errors.New("the API server closed the connection to the pod")
	case errors.Is(err, io.ErrUnexpectedEOF):
		raw, err = oneLine(err.Error()), errors.New("the connection to the API server ended in the middle of a frame")
	case errors.Is(err, net.ErrClosed):
		raw, err = oneLine(err.Error()), errors.New("the connection to the API server was closed")
	default:
		err = fmt.Errorf("the connection to the API server broke: %w", err)
	}
	s.end(&tunnels.Error{Op: s.op(), Err: err, Raw: raw, Cause: tunnels.CauseSessionLost}, spdy.GoAwayOK)
}

// broken ends the session because the peer broke the protocol.
func (s *Session) broken(err error) {
	s.end(&tunnels.Error{
		Op:    s.op(),
		Err:   fmt.Errorf("the cluster sent what is not the port-forward protocol: %w", err),
		Hint:  "Look for a proxy or load balancer on the way that changes connections.",
		Cause: tunnels.CauseProtocol,
	}, spdy.GoAwayProtocolError)
}

func (s *Session) isGoneAway() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.goneAway
}

// goAwayError is the end that the peer announced with GOAWAY.
func (s *Session) goAwayError() error {
	return &tunnels.Error{
		Op:    s.op(),
		Err:   errors.New("the cluster ended the session in order"),
		Cause: tunnels.CauseSessionLost,
	}
}

func (s *Session) op() string { return "session to pod/" + s.pod.Name }
