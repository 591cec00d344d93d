package tunnels

import (
	"errors"
	"io"
	"net"
	"os"
	"sync"
	"syscall"
	"time"
)

// maxReplay bounds the bytes of a client that are kept so that they can be sent
// again.
const maxReplay = 64 << 10

// replay is a client's connection whose first bytes can be sent again to
// another stream. It belongs to the goroutine that serves the client.
type replay struct {
	conn net.Conn

	mu     sync.Mutex
	kept   []byte
	ended  bool  // the client's input ends behind kept
	broken error // its connection broke there
	lost   bool  // more bytes came than are kept, or the pod answered
}

// attempt is one try to serve the client: a connection that ends without the
// client's when it is closed.
type attempt struct {
	*replay
	read   int // of kept
	linger bool
	closed bool // guarded by replay.mu, as are the others
}

// attempt begins another try; the one before must be over.
func (r *replay) attempt() *attempt {
	_ = r.conn.SetDeadline(time.Time{}) // it fails on a connection that is over, which Read tells
	return &attempt{replay: r}
}

// repeatable says whether another try would look to the pod's program as the
// first one.
func (r *replay) repeatable() bool {
	r.mu.Lock()
	defer r.mu.Unlock()
	return !r.lost && r.broken == nil
}

// settle says that nothing has to be sent again any more.
func (a *attempt) settle() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.lost = true
	if a.read == len(a.kept) {
		a.kept, a.read = nil, 0
	}
}

// Read reads what was kept of earlier attempts and then the client.
func (a *attempt) Read(p []byte) (int, error) {
	n, ended, broken := a.again(p)
	switch {
	case n > 0:
		return n, nil
	case ended:
		return 0, io.EOF
	case broken != nil:
		return 0, broken
	}
	n, err := a.conn.Read(p)
	a.keep(p[:n], err)
	return n, err
}

// again reads what was kept, and tells how that ends.
func (a *attempt) again(p []byte) (n int, ended bool, broken error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	n = copy(p, a.kept[a.read:])
	a.read += n
	return n, a.ended, a.broken
}

// keep remembers what was read from the client, all of what came before having
// been read in this attempt.
func (a *attempt) keep(b []byte, err error) {
	a.mu.Lock()
	defer a.mu.Unlock()
	switch {
	case a.lost || len(a.kept)+len(b) > maxReplay:
		a.lost, a.kept, a.read = true, nil, 0
	case len(b) > 0:
		a.kept = append(a.kept, b...)
		a.read = len(a.kept)
	}
	switch {
	case errors.Is(err, io.EOF):
		a.ended = true
	case err != nil && (!a.closed || !errors.Is(err, os.ErrDeadlineExceeded)):
		a.broken = err
	}
}

// Write writes to the client.
func (a *attempt) Write(p []byte) (int, error) { return a.conn.Write(p) }

// CloseWrite ends what the client reads.
func (a *attempt) CloseWrite() error {
	if c, ok := a.conn.(interface{ CloseWrite() error }); ok {
		return c.CloseWrite()
	}
	return nil
}

// SetLinger with 0 makes finish reset the client's connection.
func (a *attempt) SetLinger(sec int) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.linger = sec == 0
	return nil
}

// Close ends this attempt's reads and writes, and leaves the client there.
func (a *attempt) Close() error {
	a.setClosed()
	return a.conn.SetDeadline(time.Unix(1, 0))
}

func (a *attempt) setClosed() {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.closed = true
}

func (a *attempt) lingers() bool {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.linger
}

// finish closes the client's connection as the attempt was closed.
func (a *attempt) finish() {
	if a.lingers() {
		reset(a.conn)
		return
	}
	_ = a.conn.Close()
}

// resent is how many bytes the attempt has read that another one reads again.
func (a *attempt) resent() uint64 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return uint64(a.read)
}

// SyscallConn implements [syscall.Conn] where the client's connection does.
func (a *attempt) SyscallConn() (syscall.RawConn, error) {
	if c, ok := a.conn.(syscall.Conn); ok {
		return c.SyscallConn()
	}
	return nil, errors.ErrUnsupported
}

func (a *attempt) LocalAddr() net.Addr                { return a.conn.LocalAddr() }
func (a *attempt) RemoteAddr() net.Addr               { return a.conn.RemoteAddr() }
func (a *attempt) SetDeadline(t time.Time) error      { return a.conn.SetDeadline(t) }
func (a *attempt) SetReadDeadline(t time.Time) error  { return a.conn.SetReadDeadline(t) }
func (a *attempt) SetWriteDeadline(t time.Time) error { return a.conn.SetWriteDeadline(t) }
