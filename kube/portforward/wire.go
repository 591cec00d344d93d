package portforward

import (
	"net"
	"sync"
	"time"
)

const (
	// maxCorked bounds what is collected for one write.
	maxCorked = 320 << 10
	// closeNotifyTimeout is how long TLS may take to say goodbye.
	closeNotifyTimeout = 200 * time.Millisecond
)

// Keepalive times of the connection to the API server: an idle peer that
// vanished is noticed in 15 + 4 × 5 s. Unanswered bytes have no such limit:
// TCP_USER_TIMEOUT would also end a connection whose peer takes no more for a
// while, as a pod that pauses an upload.
const (
	keepAliveIdle     = 15 * time.Second
	keepAliveInterval = 5 * time.Second
	keepAliveCount    = 4
)

// wire is the connection under TLS. It reads ahead, and while it is corked it
// collects writes, so that the many records of a large frame go out as one.
type wire struct {
	net.Conn
	ahead *readAhead

	mu     sync.Mutex
	corked bool
	held   *[]byte // nil while nothing is held back

	spare *sync.Pool // *[]byte; for held, shared by a dialer's wires
}

// newWire takes over conn and tunes it if it is TCP. What the system refuses to
// set is no reason to go without a connection. Between writes that are held back
// their buffer lies in spare.
func newWire(conn net.Conn, spare *sync.Pool) *wire {
	if tcp, ok := conn.(*net.TCPConn); ok {
		_ = tcp.SetNoDelay(true)
		_ = tcp.SetKeepAliveConfig(net.KeepAliveConfig{
			Enable: true, Idle: keepAliveIdle, Interval: keepAliveInterval, Count: keepAliveCount,
		})
	}
	return &wire{Conn: conn, ahead: newReadAhead(conn), spare: spare}
}

// NetConn returns what is below.
func (w *wire) NetConn() net.Conn { return w.Conn }

// Read implements [net.Conn].
func (w *wire) Read(p []byte) (int, error) { return w.ahead.Read(p) }

// Write implements [net.Conn].
func (w *wire) Write(p []byte) (int, error) {
	w.ahead.bulk.wrote.Store(true)
	w.mu.Lock()
	defer w.mu.Unlock()
	if !w.corked {
		return w.Conn.Write(p)
	}
	if w.held == nil {
		held, ok := w.spare.Get().(*[]byte)
		if !ok {
			held = new([]byte)
		}
		w.held = held
	}
	if len(*w.held)+len(p) > maxCorked {
		if err := w.flushLocked(); err != nil {
			return 0, err
		}
	}
	*w.held = append(*w.held, p...)
	return len(p), nil
}

// cork collects the writes from now on, maxCorked bytes at a time.
func (w *wire) cork() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.corked = true
}

// uncork writes what was held back.
func (w *wire) uncork() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.corked = false
	if w.held == nil {
		return nil
	}
	err := w.flushLocked()
	w.spare.Put(w.held)
	w.held = nil
	return err
}

func (w *wire) flushLocked() error {
	_, err := w.Conn.Write(*w.held)
	*w.held = (*w.held)[:0]
	return err
}

// upgraded is a connection after its HTTP upgrade: what is read and written
// through the HTTP response's body travels over wire.
type upgraded struct {
	body upgradedBody
	wire *wire
}

type upgradedBody interface {
	Read([]byte) (int, error)
	Write([]byte) (int, error)
	Close() error
}

// NetConn returns what is below HTTP and TLS.
func (u *upgraded) NetConn() net.Conn { return u.wire }

func (u *upgraded) Read(p []byte) (int, error) { return u.body.Read(p) }

// Write writes p as one piece. Calls must not overlap.
func (u *upgraded) Write(p []byte) (int, error) {
	u.wire.cork()
	n, err := u.body.Write(p)
	if werr := u.wire.uncork(); err == nil && werr != nil {
		return 0, werr
	}
	return n, err
}

// ReadAhead returns how many bytes, as they travel, have been read from the
// network and wait for a Read.
func (u *upgraded) ReadAhead() int { return u.wire.ahead.Len() }

// Unread tells whether there are any.
func (u *upgraded) Unread() bool { return u.ReadAhead() > 0 }

// BeforeWait makes Read call f each time when it needs more from the network than
// has been read ahead. It must be called before the first Read.
func (u *upgraded) BeforeWait(f func()) { u.wire.ahead.before = f }

// Close ends both connections in less than half a second, whatever the peer
// does, and unblocks reads and writes.
func (u *upgraded) Close() error {
	timer := time.AfterFunc(closeNotifyTimeout, func() {
		_ = u.wire.Close() // the second close reports it
	})
	defer timer.Stop()
	err := u.body.Close()
	_ = u.wire.Close() // usually closed by the body already
	return err
}

func (u *upgraded) LocalAddr() net.Addr                { return u.wire.LocalAddr() }
func (u *upgraded) RemoteAddr() net.Addr               { return u.wire.RemoteAddr() }
func (u *upgraded) SetDeadline(t time.Time) error      { return u.wire.SetDeadline(t) }
func (u *upgraded) SetReadDeadline(t time.Time) error  { return u.wire.SetReadDeadline(t) }
func (u *upgraded) SetWriteDeadline(t time.Time) error { return u.wire.SetWriteDeadline(t) }
