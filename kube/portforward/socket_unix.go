//go:build unix

package portforward

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// socket reads from a TCP connection without holding a buffer while it waits.
// Only one goroutine may use it.
type socket struct {
	conn net.Conn // for what errors say
	raw  syscall.RawConn
	once func(fd uintptr) bool // one attempt

	lend   func() []byte
	regain func() (again bool)
	n      int
	err    error
}

// newSocket returns nil if conn is no TCP connection.
func newSocket(conn net.Conn) *socket {
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		return nil
	}
	raw, err := tcp.SyscallConn()
	if err != nil {
		return nil
	}
	s := &socket{conn: conn, raw: raw}
	s.once = s.attempt
	return s
}

// readInto reads into the buffer that lend returns, once there may be bytes;
// regain is called each time there turned out to be none, and says whether to look
// once more before waiting.
func (s *socket) readInto(lend func() []byte, regain func() (again bool)) (int, error) {
	s.lend, s.regain, s.n, s.err = lend, regain, 0, nil
	if err := s.raw.Read(s.once); err != nil {
		return 0, err
	}
	switch {
	case s.err != nil:
		return 0, &net.OpError{
			Op: "read", Net: "tcp", Source: s.conn.LocalAddr(), Addr: s.conn.RemoteAddr(),
			Err: os.NewSyscallError("read", s.err),
		}
	case s.n == 0:
		return 0, io.EOF
	}
	return s.n, nil
}

func (s *socket) attempt(fd uintptr) (done bool) {
	for {
		buf := s.lend()
		s.n, s.err = syscall.Read(int(fd), buf)
		switch {
		case errors.Is(s.err, syscall.EINTR):
		case errors.Is(s.err, syscall.EAGAIN):
			if !s.regain() {
				return false
			}
		default:
			return true
		}
	}
}

// wakeAt makes the system report input only when so many bytes have arrived, or
// the end. It returns false if that is not to be had.
func (s *socket) wakeAt(n int) bool {
	var err error
	cerr := s.raw.Control(func(fd uintptr) {
		err = syscall.SetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVLOWAT, n)
	})
	return cerr == nil && err == nil
}
