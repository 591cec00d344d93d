package tunnels

import (
	"errors"
	"io"
	"net"
	"sync/atomic"
	"time"

	"culvert/tunnels/crash"
)

// pipe copies both ways between a client and a stream until both directions
// are over, and closes both. It returns nil when the connection ended well,
// errClientGone when the client went away, and otherwise the pod side's trouble.
//
// The end of the client's input is kept back while the pod's answer is
// outstanding, because containerd cuts the answer one second after it has seen
// the end: until the pod has been silent for finHold, or for answeringHold once
// it has begun to answer, or for answeredHold where it had spoken last before
// the end, as in most connections. ending is called with true when nothing but the
// end is due, and with false if the pod speaks again. The end of the pod's output
// is passed on at once, and the upload goes on; but dying may say that the pod has
// not ended its output of its own will, and then the client is reset.
func pipe(crashes *crash.Reporter, client net.Conn, st Stream, in, out *counter, finHold time.Duration, ending func(bool), dying func() error) error {
	defer st.Close()
	defer client.Close()
	returned := false
	defer func() {
		if !returned { // by a panic, and what the client has is not all
			reset(client)
		}
	}()

	var answered atomic.Bool // the pod spoke last, or was asked nothing
	answered.Store(true)
	spoke := make(chan struct{}, 1)
	down := make(chan error, 1)
	var over atomic.Bool // the download
	socket := newSocket(client)
	go crashes.Contained("a connection", func() { // until the stream ends, which is at the latest when pipe closes it
		w := &countingWriter{w: client, n: in, last: &answered, spoke: spoke}
		_, err := st.WriteTo(w.trying(socket))
		if w.err != nil {
			err = errClientGone
		}
		if err == nil {
			err = dying()
		}
		if err == nil {
			err = closeWrite(client)
		}
		over.Store(true)
		if err != nil {
			abort(client, st, err) // and the upload ends, too
		}
		down <- err
	}, func(p *crash.Panic) {
		err := PanicError(p)
		defer func() { down <- err }()
		over.Store(true)
		abort(client, st, err)
	})()
	r := &countingReader{r: client, n: out, last: &answered}
	_, upErr := io.Copy(st, r.awaiting(socket))
	if r.err != nil {
		upErr = errClientGone
	}

	var downErr error
	served := false // the client had its answer and has ended
	switch {
	case over.Load():
		downErr = <-down
	case upErr == nil:
		e := end{st: st, down: down, spoke: spoke, notify: ending}
		served, downErr = e.pass(answered.Load(), finHold)
	default:
		downErr = settle(client, st, upErr, down)
	}
	returned = true
	for _, err := range []error{downErr, upErr} {
		if err != nil && (!served || in.Load() == 0) {
			return err
		}
	}
	return nil
}

const (
	// answeredHold is how long the end of the input is kept back after an
	// answer, and answeringHold how long the pod may pause in one that it began
	// after the end.
	answeredHold  = time.Second
	answeringHold = 3 * time.Second
)

// errClientGone stands for an error of the client's own connection.
var errClientGone = errors.New("the client went away")

// end is what is left of a connection whose client has ended its input.
type end struct {
	st     Stream
	down   <-chan error
	spoke  <-chan struct{}
	notify func(ending bool)
}

// pass keeps the end of the input back as long as it is due, passes it on and
// waits for the download. served says that the client had its answer by then.
func (e *end) pass(answered bool, finHold time.Duration) (served bool, err error) {
	hold := finHold
	if answered {
		hold = min(hold, answeredHold)
		e.notify(true)
	}
	select {
	case <-e.spoke: // before the end
	default:
	}
	quiet := time.NewTimer(hold)
	defer quiet.Stop()
	for {
		select {
		case err := <-e.down:
			return answered, err
		case <-e.spoke:
			answered = false
			hold = min(finHold, answeringHold)
			quiet.Reset(hold)
			e.notify(false)
		case <-quiet.C:
			if hold < finHold {
				answered = true
				e.notify(true)
			}
			if err := e.st.CloseWrite(); err != nil {
				e.st.Reset(err)
			}
			return answered, e.passed()
		}
	}
}

// passed waits for the download when the end is on its way. The pod may yet have
// more to say than it can in the second that most nodes leave it.
func (e *end) passed() error {
	select {
	case err := <-e.down:
		return err
	case <-e.spoke:
		e.notify(false)
		return <-e.down
	}
}

// settle ends a connection whose upload failed. A client that went away takes
// the stream with it; when it was the pod's side, its last words are on the way
// down and are waited for.
func settle(client net.Conn, st Stream, upErr error, down <-chan error) error {
	if errors.Is(upErr, errClientGone) {
		st.Reset(upErr)
		reset(client)
	}
	return <-down
}

func abort(client net.Conn, st Stream, cause error) {
	reset(client)
	st.Reset(cause)
}

// reset closes a client's connection so that the client sees an error, and not
// an end that looks like success.
func reset(client net.Conn) {
	if c, ok := client.(interface{ SetLinger(sec int) error }); ok {
		_ = c.SetLinger(0) // the close that follows matters more
	}
	_ = client.Close()
}

func closeWrite(client net.Conn) error {
	if c, ok := client.(interface{ CloseWrite() error }); ok {
		if c.CloseWrite() != nil {
			return errClientGone
		}
	}
	return nil
}

// counter counts bytes for one connection and for its tunnel.
type counter struct {
	atomic.Uint64
	total *atomic.Uint64
	first func() // called once, with the first bytes; may be nil
}

func (c *counter) count(n int) {
	if n <= 0 {
		return
	}
	if c.Add(uint64(n)) == uint64(n) && c.first != nil {
		c.first()
	}
	c.total.Add(uint64(n))
}

// forget takes back n bytes that will be counted again.
func (c *counter) forget(n uint64) {
	c.Add(-n)
	c.total.Add(-n)
}

type countingWriter struct {
	w     io.Writer
	n     *counter
	last  *atomic.Bool // set to true by a write
	spoke chan<- struct{}
	err   error
}

func (c *countingWriter) Write(p []byte) (int, error) {
	c.begin()
	n, err := c.w.Write(p)
	c.end(n, err)
	return n, err
}

func (c *countingWriter) begin() {
	c.last.Store(true)
	select {
	case c.spoke <- struct{}{}:
	default:
	}
}

func (c *countingWriter) end(n int, err error) {
	c.n.count(n)
	if err != nil {
		c.err = err
	}
}

type countingReader struct {
	r    io.Reader
	n    *counter
	last *atomic.Bool // set to false by a read
	err  error        // other than io.EOF
}

func (c *countingReader) Read(p []byte) (int, error) {
	n, err := c.r.Read(p)
	if n > 0 {
		c.last.Store(false)
	}
	c.n.count(n)
	if err != nil && !errors.Is(err, io.EOF) {
		c.err = err
	}
	return n, err
}
