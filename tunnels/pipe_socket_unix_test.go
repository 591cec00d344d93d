//go:build unix

package tunnels

import (
	"bytes"
	"errors"
	"io"
	"net"
	"sync/atomic"
	"testing"
	"time"
)

// tcpPair returns both ends of a connection.
func tcpPair(t *testing.T) (ours, theirs *net.TCPConn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	dialled, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	accepted, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		dialled.Close()
		accepted.Close()
	})
	return accepted.(*net.TCPConn), dialled.(*net.TCPConn)
}

// TestTryWrite: a socket takes what fits and says so at once, and all of it
// arrives.
func TestTryWrite(t *testing.T) {
	ours, theirs := tcpPair(t)
	var in counter
	in.total = new(atomic.Uint64)
	var last atomic.Bool
	w := &countingWriter{w: ours, n: &in, last: &last, spoke: make(chan struct{}, 1)}
	try, ok := w.trying(newSocket(ours)).(tryingWriter)
	if !ok {
		t.Fatal("no TryWrite for a TCP connection")
	}
	sent := bytes.Repeat([]byte("0123456789abcdef"), 4<<20)
	total := 0
	for {
		n, err := try.TryWrite(sent[total:min(total+1<<20, len(sent))])
		if err != nil {
			t.Fatal(err)
		}
		total += n
		if n < 1<<20 {
			break
		}
	}
	if n, err := try.TryWrite(sent); err != nil || n > len(sent)/2 {
		t.Errorf("a full socket took %d bytes, %v", n, err)
	} else {
		total += n
	}
	if total == 0 || in.Load() != uint64(total) || !last.Load() {
		t.Errorf("wrote %d, counted %d", total, in.Load())
	}
	ours.CloseWrite()
	got, err := io.Copy(io.Discard, theirs)
	if err != nil || got != int64(total) {
		t.Errorf("%d bytes arrived, %v; want %d", got, err, total)
	}
	ours.Close()
	if _, err := try.TryWrite(sent[:1]); !errors.Is(err, net.ErrClosed) || w.err == nil {
		t.Errorf("after the close: %v", err)
	}
}

// TestAwait: it says that there is nothing to read, and waits for it, or for an
// end.
func TestAwait(t *testing.T) {
	ours, theirs := tcpPair(t)
	r := (&countingReader{r: ours}).awaiting(newSocket(ours)).(awaitingReader)
	idle := 0
	r.Await(func() { idle++ }, false)
	if idle != 1 {
		t.Errorf("idle %d times without input", idle)
	}
	r.Await(func() { // and input comes only now
		if _, err := theirs.Write([]byte("x")); err != nil {
			t.Error(err)
		}
	}, true)
	var got [1]byte
	if n, err := ours.Read(got[:]); n != 1 || err != nil {
		t.Errorf("read %d, %v", n, err)
	}
	r.Await(func() { ours.SetReadDeadline(time.Unix(1, 0)) }, true) // as whoever ends the connection does
	ours.SetReadDeadline(time.Time{})
	theirs.CloseWrite()
	r.Await(func() {}, true)
	if n, err := ours.Read(got[:]); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("read %d, %v; want the end", n, err)
	}
	r.Await(func() { t.Error("the end of the input counts as no input") }, true)
	ours.Close()
	r.Await(func() { t.Error("a closed connection is idle") }, true)
}
