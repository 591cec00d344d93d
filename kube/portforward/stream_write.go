package portforward

import (
	"errors"
	"io"
	"net"

	"github.com/moby/spdystream/spdy"
)

// errGivenUp is the sender's word that the stream or the session was over
// before a frame could be written.
var errGivenUp = errors.New("over before it was written")

// errEOF is the clean end as readers get it.
var errEOF = io.EOF

// Write implements [io.Writer]. It blocks while the connection takes no bytes.
func (st *Stream) Write(p []byte) (int, error) {
	total := 0
	for len(p) > 0 {
		n := min(len(p), maxPayload)
		if err := st.writeOne(p[:n]); err != nil {
			return total, err
		}
		total += n
		p = p[n:]
	}
	return total, nil
}

func (st *Stream) writeOne(p []byte) error {
	frame := st.session.buffers.frame(len(p))
	defer st.session.buffers.putFrame(frame)
	n := copy((*frame)[frameHeaderSize:], p)
	return st.send((*frame)[:frameHeaderSize+n])
}

// ReadFrom implements [io.ReaderFrom]: it reads straight into the frames, which
// begin at 8 KiB and grow to 256 KiB while r fills them.
func (st *Stream) ReadFrom(r io.Reader) (int64, error) {
	var total int64
	size := minPayload
	for {
		n, err := st.readOne(r, &size)
		total += int64(n)
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
	}
}

func (st *Stream) readOne(r io.Reader, size *int) (int, error) {
	frame := st.session.buffers.frame(*size)
	defer st.session.buffers.putFrame(frame)
	payload := (*frame)[frameHeaderSize:]
	n, err := r.Read(payload)
	if n > 0 {
		if werr := st.send((*frame)[:frameHeaderSize+n]); werr != nil {
			return 0, werr
		}
	}
	if n == len(payload) {
		*size = min(2*len(payload), maxPayload)
	} else {
		*size = max(n, minPayload)
	}
	return n, err
}

// send writes one DATA frame, see [sender.data].
func (st *Stream) send(frame []byte) error {
	s := st.session
	err := s.out.data(st, frame, st.over, s.ended)
	switch {
	case err == nil:
		return nil
	case errors.Is(err, errGivenUp):
		return st.writeError()
	default:
		s.lost(err)
		return st.writeError()
	}
}

// writeError returns why nothing can be written any more.
func (st *Stream) writeError() error {
	st.mu.Lock()
	defer st.mu.Unlock()
	switch {
	case st.writeErr != nil:
		return st.writeErr
	case st.session.Load().Err != nil:
		return st.session.Load().Err
	}
	return net.ErrClosed // after CloseWrite
}

// CloseWrite implements [tunnels.Stream]. It does not wait for the connection.
func (st *Stream) CloseWrite() error {
	st.mu.Lock()
	err := st.writeErr
	st.mu.Unlock()
	if err != nil {
		if errors.Is(err, errPodDone) {
			return nil // both sides are done
		}
		return err
	}
	return st.session.finish(st, &spdy.DataFrame{StreamId: st.dataID, Flags: spdy.DataFlagFin})
}
