//go:build unix

package tunnels

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"
)

// socket is the system's side of a client's connection. One goroutine may await
// input while another one tries to write.
type socket struct {
	raw syscall.RawConn

	// Of whoever awaits input.
	peek   func(fd uintptr) bool
	idle   func()
	park   bool
	parked bool
	first  [1]byte

	// Of whoever writes.
	write   func(fd uintptr) bool
	bytes   []byte
	written int
	failed  error
}

// newSocket returns nil if conn has none.
func newSocket(conn net.Conn) *socket {
	c, ok := conn.(syscall.Conn)
	if !ok {
		return nil
	}
	raw, err := c.SyscallConn()
	if err != nil {
		return nil
	}
	s := &socket{raw: raw}
	s.peek, s.write = s.peekOnce, s.writeOnce
	return s
}

// await returns at once if a read of the socket would not wait. Otherwise it
// calls idle, and then waits for something to read if park is true. What ends the
// waiting is told by the read that follows.
func (s *socket) await(idle func(), park bool) {
	s.idle, s.park, s.parked = idle, park, false
	_ = s.raw.Read(s.peek)
}

func (s *socket) peekOnce(fd uintptr) (done bool) {
	if s.parked {
		return true
	}
	for {
		_, _, err := syscall.Recvfrom(int(fd), s.first[:], syscall.MSG_PEEK)
		switch {
		case errors.Is(err, syscall.EINTR):
		case errors.Is(err, syscall.EAGAIN):
			s.idle()
			s.parked = true
			return !s.park
		default:
			return true
		}
	}
}

// tryWrite writes as much of p as the socket takes at once.
func (s *socket) tryWrite(p []byte) (int, error) {
	s.bytes, s.written, s.failed = p, 0, nil
	err := s.raw.Write(s.write)
	s.bytes = nil
	if err == nil {
		err = s.failed
	}
	return s.written, err
}

func (s *socket) writeOnce(fd uintptr) (done bool) {
	for s.written < len(s.bytes) {
		n, err := syscall.Write(int(fd), s.bytes[s.written:])
		switch {
		case errors.Is(err, syscall.EINTR):
			continue
		case errors.Is(err, syscall.EAGAIN):
			return true
		case err != nil:
			s.failed = os.NewSyscallError("write", err)
			return true
		}
		s.written += n
		if s.written < len(s.bytes) {
			return true // the rest would have to wait
		}
	}
	return true
}

// tryingWriter and awaitingReader add to counting what a stream can make use of,
// see [Stream].
type tryingWriter struct {
	*countingWriter
	socket *socket
}

// TryWrite writes what the client's connection takes without waiting.
func (w tryingWriter) TryWrite(p []byte) (int, error) {
	w.begin()
	n, err := w.socket.tryWrite(p)
	w.end(n, err)
	return n, err
}

func (c *countingWriter) trying(s *socket) io.Writer {
	if s == nil {
		return c
	}
	return tryingWriter{c, s}
}

type awaitingReader struct {
	*countingReader
	socket *socket
}

// Await returns at once if a read would not wait. Otherwise it calls idle, which
// must not block, and then waits for input if park is true.
func (r awaitingReader) Await(idle func(), park bool) { r.socket.await(idle, park) }

func (c *countingReader) awaiting(s *socket) io.Reader {
	if s == nil {
		return c
	}
	return awaitingReader{c, s}
}
