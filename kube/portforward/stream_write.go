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

// awaiter is a reader that tells when reading would wait. Await returns at once
// if it would not. Otherwise it calls idle, which does not block, and then waits
// until there is something to read if park is true.
type awaiter interface {
	Await(idle func(), park bool)
}

// ReadFrom implements [io.ReaderFrom]: it reads straight into the frames, which
// begin at 8 KiB and grow to 256 KiB while r fills them. While it waits for an r
// that has a method Await(idle func(), park bool) it holds no frame.
func (st *Stream) ReadFrom(r io.Reader) (int64, error) {
	var total int64
	input, ok := r.(awaiter)
	if !ok {
		st.session.out.hurry()
	}
	hurry := st.session.out.hurry
	size, short := minPayload, false
	for {
		if input != nil && (total == 0 || short) {
			input.Await(hurry, short)
		}
		n, room, err := st.readOne(r, size)
		total += int64(n)
		if err != nil {
			hurry() // nothing more will go with what opens the stream
		}
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		short = n < room
		size = max(n, minPayload)
		if !short {
			size = 2 * room
		}
	}
}

// readOne reads and sends one frame, of about size bytes of payload. There was
// room for as many bytes as it says.
func (st *Stream) readOne(r io.Reader, size int) (n, room int, err error) {
	s := st.session
	frame := s.buffers.frame(min(size, s.buffers.share()))
	defer s.buffers.putFrame(frame)
	payload := (*frame)[frameHeaderSize:]
	n, err = r.Read(payload)
	if n > 0 {
		if werr := st.send((*frame)[:frameHeaderSize+n]); werr != nil {
			return 0, len(payload), werr
		}
	}
	return n, len(payload), err
}

// send writes one DATA frame, see [sender.data].
func (st *Stream) send(frame []byte) error {
	s := st.session
	s.buffers.sending.Add(1)
	defer s.buffers.sending.Add(-1)
	if !st.waitForAnswer() {
		return st.writeError()
	}
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
