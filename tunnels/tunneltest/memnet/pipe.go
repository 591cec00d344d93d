package memnet

import (
	"io"
	"os"
	"sync"
	"syscall"
	"time"
)

// A direction's buffer starts small, for a thousand idle connections, and grows
// up to about what a kernel gives a loopback socket.
const (
	minBuffer = 4 << 10
	maxBuffer = 256 << 10
)

// pipe is one direction of a connection.
type pipe struct {
	mu      sync.Mutex
	changed sync.Cond
	ring    []byte
	start   int
	length  int
	ended   bool // no more bytes will be written
	gone    bool // nobody will read any more
	reset   bool // reads fail once the buffer is empty, writes at once

	readBy, writeBy deadline
}

func newPipe() *pipe {
	p := &pipe{}
	p.changed.L = &p.mu
	return p
}

func (p *pipe) read(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for {
		switch {
		case p.gone:
			return 0, os.ErrClosed
		case p.readBy.passed:
			return 0, os.ErrDeadlineExceeded
		case len(b) == 0:
			return 0, nil
		case p.length > 0:
			n := p.takeLocked(b)
			p.changed.Broadcast()
			return n, nil
		case p.reset:
			return 0, os.NewSyscallError("read", syscall.ECONNRESET)
		case p.ended:
			return 0, io.EOF
		}
		p.changed.Wait()
	}
}

func (p *pipe) write(b []byte) (int, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	written := 0
	for {
		switch {
		case p.ended:
			return written, os.ErrClosed
		case p.reset:
			return written, os.NewSyscallError("write", syscall.ECONNRESET)
		case p.gone:
			return written, os.NewSyscallError("write", syscall.EPIPE)
		case p.writeBy.passed:
			return written, os.ErrDeadlineExceeded
		case len(b) == 0:
			return written, nil
		}
		if n := p.putLocked(b); n > 0 {
			written, b = written+n, b[n:]
			p.changed.Broadcast()
			continue
		}
		p.changed.Wait()
	}
}

func (p *pipe) takeLocked(b []byte) int {
	total := 0
	for len(b) > 0 && p.length > 0 {
		n := copy(b, p.ring[p.start:min(p.start+p.length, len(p.ring))])
		p.start = (p.start + n) % len(p.ring)
		p.length -= n
		total, b = total+n, b[n:]
	}
	return total
}

func (p *pipe) putLocked(b []byte) int {
	p.growLocked(p.length + len(b))
	total := 0
	for len(b) > 0 && p.length < len(p.ring) {
		at := (p.start + p.length) % len(p.ring)
		n := copy(p.ring[at:min(at+len(p.ring)-p.length, len(p.ring))], b)
		p.length += n
		total, b = total+n, b[n:]
	}
	return total
}

func (p *pipe) growLocked(want int) {
	size := max(len(p.ring), minBuffer)
	for size < want && size < maxBuffer {
		size *= 2
	}
	if size == len(p.ring) {
		return
	}
	ring := make([]byte, size)
	n := p.length
	p.takeLocked(ring)
	p.ring, p.start, p.length = ring, 0, n
}

// end says that no more bytes will be written.
func (p *pipe) end() { p.update(func() { p.ended = true }) }

// leave says that nobody will read any more, and whether bytes were left unread.
func (p *pipe) leave() (unread bool) {
	p.update(func() {
		unread = p.length > 0
		p.gone, p.ring, p.length = true, nil, 0
	})
	return unread
}

// abort makes both sides fail.
func (p *pipe) abort() { p.update(func() { p.reset = true }) }

func (p *pipe) update(change func()) {
	p.mu.Lock()
	defer p.mu.Unlock()
	change()
	p.changed.Broadcast()
}

// deadline is a moment after which one side's operations fail. Its fields are
// guarded by the pipe's lock.
type deadline struct {
	timer  *time.Timer
	passed bool
}

func (p *pipe) setDeadline(d *deadline, t time.Time) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if d.timer != nil {
		d.timer.Stop()
		d.timer = nil
	}
	d.passed = false
	p.changed.Broadcast()
	if t.IsZero() {
		return
	}
	wait := time.Until(t)
	if wait <= 0 {
		d.passed = true
		return
	}
	var timer *time.Timer
	timer = time.AfterFunc(wait, func() {
		p.update(func() { d.passed = d.passed || d.timer == timer })
	})
	d.timer = timer
}
