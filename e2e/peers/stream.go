package peers

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"syscall"
	"time"
)

// stream is a connection on which the pod sends a line every 100 ms and never
// ends by itself: its end is the forwarder's doing, or that of the fault.
type stream struct {
	conn net.Conn
	done chan struct{} // closed when it has ended

	mu     sync.Mutex
	last   time.Time // when data came last
	ending Ending    // how it ended, "" while it goes on
}

// streams opens a stream through the i-th port of every peer.
func (s *scene) streams(ctx context.Context, i int) {
	s.each(func(u *subject) {
		conn, err := u.at().Dial(ctx, "tcp", u.addr(i))
		if err != nil {
			u.o.Transfer = Told
			return
		}
		u.stream = &stream{conn: conn, done: make(chan struct{}), last: time.Now()}
		go u.stream.read() // ends with the connection, which end closes
	})
	pause(ctx, time.Second)
}

func (t *stream) read() {
	defer close(t.done)
	for b := make([]byte, 4096); ; {
		n, err := t.conn.Read(b)
		t.mu.Lock()
		if n > 0 {
			t.last = time.Now()
		}
		if err != nil {
			t.ending = ending(err)
			t.mu.Unlock()
			return
		}
		t.mu.Unlock()
	}
}

// silence is how long nothing comes on a stream that hangs.
const silence = 3 * time.Second

// end closes the stream and says how it went.
func (t *stream) end() Ending {
	t.mu.Lock()
	how, last := t.ending, t.last
	t.mu.Unlock()
	t.conn.Close()
	<-t.done
	switch {
	case how != "":
		return how
	case time.Since(last) > silence:
		return Hanging
	}
	return Whole
}

// ending says what the end of a read is that came before the end of the data.
func ending(err error) Ending {
	var waited net.Error
	switch {
	case errors.Is(err, io.EOF), errors.Is(err, io.ErrUnexpectedEOF):
		return Silent
	case errors.Is(err, syscall.ECONNRESET):
		return Told
	case errors.As(err, &waited) && waited.Timeout():
		return Hanging
	}
	return Told
}
