package portforward

import (
	"net"
	"syscall"
	"time"
)

// sendSide is what the system tells of a TCP connection's outgoing bytes.
type sendSide struct {
	unsent      bool          // bytes wait for the peer's window or for the network
	quiet       time.Duration // since the last byte left
	retransmits uint8         // of the oldest bytes that are not acknowledged
	probes      uint8         // of a closed window, unanswered
}

// A peer that answers has no more than this of either: a lost packet or two are
// nothing, and a probe is unanswered while it is on its way or because Linux
// answers two in half a second only once (tcp_invalid_ratelimit). With Linux'
// shortest retransmission time, 200 ms, the third retransmission goes out after
// 1.4 s of silence; with any below 2 s it does in the 15 s that pings may take.
const (
	maxRetransmits = 2
	maxProbes      = 1
)

// swallowed tells that the bytes do not reach the peer, or its answers not us.
//
// A peer with a closed window has acknowledged everything that was sent and
// answers each probe, so both numbers are zero however long it takes nothing;
// without a peer one of them grows. The system doubles the time between two
// probes up to 120 s, so a peer that vanishes after a pause of t is missed
// within about 3t, and 4 minutes at most.
func (s sendSide) swallowed() bool {
	return s.retransmits > maxRetransmits || s.probes > maxProbes
}

// blocked returns how long bytes for the peer have been waiting: in a write, or
// where the system tells also those that it has taken but not sent. It is 0
// when the system knows that the network swallows them. Through a proxy, the
// proxy is the peer. It takes a few microseconds.
func (s *Session) blocked() time.Duration {
	waiting := s.out.waiting()
	side, ok := readSendSide(s.socket)
	switch {
	case !ok:
		return waiting
	case side.swallowed():
		return 0
	case side.unsent:
		return max(waiting, side.quiet, 1)
	}
	return waiting
}

// socketOf returns the system's side of conn or of what it wraps; nil if there
// is none or a wrapper does not tell.
func socketOf(conn net.Conn) syscall.RawConn {
	for {
		switch c := conn.(type) {
		case syscall.Conn:
			raw, err := c.SyscallConn()
			if err != nil {
				return nil // it is closed
			}
			return raw
		case interface{ NetConn() net.Conn }:
			conn = c.NetConn()
		default:
			return nil
		}
	}
}
