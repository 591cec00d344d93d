package portforward

import (
	"io"
	"net"
)

const (
	// maxReadAhead is what one read from the network may bring. Under TLS, with
	// a small buffer above it, 512 KiB measured best.
	maxReadAhead = 512 << 10
	// minReadAhead is enough for a TLS record, and what a session begins with.
	minReadAhead = 32 << 10
	// maxEmptyReads in a row, without an error, are a fault of the connection's.
	maxEmptyReads = 100
)

// readAhead reads from a connection as much as has arrived. Its buffer grows
// while reads fill it; where the system lets it, there is none while nothing
// comes. Only one goroutine may use it.
type readAhead struct {
	conn   net.Conn
	socket *socket // nil if reads have to wait with their buffer in hand
	buf    *block  // nil while there is nothing in it
	begin  int
	end    int
	size   int // of the next buffer
	bulk   bulk
	spare  spare
	lend   func() []byte
	regain func() (again bool)
	before func() // a read of conn, which may wait
}

func newReadAhead(conn net.Conn) *readAhead {
	r := &readAhead{conn: conn, size: minReadAhead, socket: newSocket(conn)}
	r.lend = func() []byte { r.take(); return r.buf.b }
	r.regain = func() bool { r.drop(); return r.bulk.stop(r.socket) }
	return r
}

// Len returns how many bytes are there for Read without waiting.
func (r *readAhead) Len() int { return r.end - r.begin }

// Read waits for bytes only if none are there.
func (r *readAhead) Read(p []byte) (int, error) {
	if len(p) == 0 {
		return 0, nil
	}
	if r.begin == r.end {
		if err := r.fill(); err != nil {
			return 0, err
		}
	}
	n := copy(p, r.buf.b[r.begin:r.end])
	r.begin += n
	if r.begin == r.end {
		r.drop()
	}
	return n, nil
}

func (r *readAhead) fill() error {
	if r.before != nil {
		r.before()
	}
	for range maxEmptyReads {
		if r.socket != nil {
			r.bulk.pause(r.socket)
		}
		n, err := r.read()
		if n > 0 {
			r.bulk.arrived(n)
			r.begin, r.end = 0, n
			if n == r.size {
				r.size = min(2*r.size, maxReadAhead)
			}
			return nil // an error comes again with the next read
		}
		r.drop()
		if err != nil {
			return err
		}
	}
	return io.ErrNoProgress
}

func (r *readAhead) read() (int, error) {
	if r.socket != nil {
		return r.socket.readInto(r.lend, r.regain)
	}
	r.take()
	return r.conn.Read(r.buf.b)
}

func (r *readAhead) take() {
	if r.buf != nil {
		return
	}
	r.buf = r.spare.take()
	switch {
	case r.buf == nil:
		r.size = max(r.size/2, minReadAhead) // the connection was idle
		r.buf = &block{make([]byte, r.size)}
	case len(r.buf.b) < r.size:
		r.buf = &block{make([]byte, r.size)}
	}
}

func (r *readAhead) drop() {
	if r.buf != nil {
		r.spare.keep(r.buf)
	}
	r.buf, r.begin, r.end = nil, 0, 0
}
