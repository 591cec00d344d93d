package portforward

import (
	"errors"
	"io"
)

// This file is how received bytes get out of a stream without a copy, mostly
// without another goroutine, and as many at a time as have arrived together.

// tryWriter writes what can be written without waiting: perhaps less than all,
// or nothing, and that is no error.
type tryWriter interface {
	TryWrite(p []byte) (int, error)
}

// direct is where WriteTo writes to. It is guarded by its stream's lock.
type direct struct {
	to   tryWriter // nil while there is no WriteTo, or its writer would wait
	busy bool      // somebody writes there
	n    int64     // written by the session's receiving goroutine
	err  error     // of that
}

// WriteTo implements [io.WriterTo]: it hands the received bytes to w until the
// stream's end. A w that has a method TryWrite(p []byte) (int, error), which
// writes as much as it can without waiting, spares the bytes a goroutine: TryWrite
// is called by another one than Write, but never at the same time, and no more
// when WriteTo has returned.
func (st *Stream) WriteTo(w io.Writer) (total int64, err error) {
	st.reading.Lock()
	defer st.reading.Unlock()
	st.beginDirect(w)
	defer func() { total += st.endDirect() }()
	for {
		b, err := st.takeToWrite()
		if errors.Is(err, io.EOF) {
			return total, nil
		}
		if err != nil {
			return total, err
		}
		n, err := w.Write(b)
		st.wrote(n)
		total += int64(n)
		if err == nil && n < len(b) {
			err = io.ErrShortWrite
		}
		if err != nil {
			return total, err
		}
	}
}

func (st *Stream) beginDirect(w io.Writer) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.direct = direct{}
	st.direct.to, _ = w.(tryWriter)
}

// endDirect returns how much went past WriteTo.
func (st *Stream) endDirect() int64 {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.direct.to = nil
	for st.direct.busy {
		st.arrived.Wait()
	}
	return st.direct.n
}

// takeToWrite waits for bytes that have to be written and returns them; wrote
// must follow.
func (st *Stream) takeToWrite() ([]byte, error) {
	st.mu.Lock()
	defer st.mu.Unlock()
	for {
		if !st.direct.busy {
			switch b := st.queue.take(); {
			case st.direct.err != nil:
				return nil, st.direct.err
			case st.closed:
				return nil, st.readErr
			case b != nil:
				st.direct.busy = true
				return b, nil
			case st.readErr != nil:
				return nil, st.readErr
			}
		}
		st.arrived.Wait()
	}
}

func (st *Stream) wrote(n int) {
	st.mu.Lock()
	defer st.mu.Unlock()
	st.direct.busy = false
	st.releaseLocked(n)
}

// gather leaves the bytes in the queue for more to join them. Only the session's
// receiving goroutine calls it, and handOn before it waits for anything.
func (st *Stream) gather() {
	if !st.gathering {
		st.gathering = true
		st.session.gathered = append(st.session.gathered, st)
	}
}

// handOn hands on what the streams have gathered.
func (s *Session) handOn() {
	for i, st := range s.gathered {
		s.gathered[i] = nil
		st.gathering = false
		st.mu.Lock()
		if st.queue.size > 0 {
			st.handOnLocked()
		}
		st.mu.Unlock()
	}
	s.gathered = s.gathered[:0]
}

// handOnLocked hands the queue to the local reader. It unlocks st.mu meanwhile.
func (st *Stream) handOnLocked() {
	if !st.passOnLocked() {
		st.arrived.Signal()
	}
}

// passOnLocked writes the queue to where WriteTo writes, if that does not take
// waiting. It says whether WriteTo has nothing to do then. It unlocks st.mu
// meanwhile.
func (st *Stream) passOnLocked() bool {
	d := &st.direct
	for {
		if d.to == nil || d.busy || d.err != nil {
			return false
		}
		to, b := d.to, st.queue.take()
		if b == nil {
			return !st.closed && st.readErr == nil
		}
		d.busy = true
		st.mu.Unlock()
		n, err := to.TryWrite(b)
		st.mu.Lock()
		d.busy = false
		d.n += int64(n)
		d.err = err
		st.releaseLocked(n)
		if n < len(b) || err != nil {
			return false
		}
	}
}
