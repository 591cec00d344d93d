package portforward

import (
	"errors"
	"io"
)

// This file is how received bytes get out of a stream without a copy, and
// mostly without another goroutine.

// tryWriter writes what can be written without waiting: perhaps less than all,
// or nothing, and that is no error.
type tryWriter interface {
	TryWrite(p []byte) (int, error)
}

// direct is where WriteTo writes to. It is guarded by its stream's lock.
type direct struct {
	to   tryWriter // nil while there is no WriteTo, or its writer would wait
	busy bool      // somebody writes there
	n    int64     // written by the session's reading goroutine
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

// passOnLocked writes the last n bytes received to where WriteTo writes, if none
// wait before them and it does not take waiting. It says whether WriteTo has
// nothing to do then. It unlocks st.mu meanwhile.
func (st *Stream) passOnLocked(n int) bool {
	d := &st.direct
	if d.to == nil || d.busy || d.err != nil || st.queue.size != n {
		return false
	}
	d.busy = true
	to, b := d.to, st.queue.take()
	st.mu.Unlock()
	n, err := to.TryWrite(b)
	st.mu.Lock()
	d.busy = false
	d.n += int64(n)
	d.err = err
	st.releaseLocked(n)
	return n == len(b) && err == nil && d.to != nil && !st.closed && st.readErr == nil
}
