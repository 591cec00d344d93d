//go:build unix

package portforward

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"syscall"
	"testing"
	"time"
)

// aheadPair returns a wire on a TCP connection, and the other end.
func aheadPair(t *testing.T) (*wire, net.Conn) {
	t.Helper()
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	ours, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	theirs, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		ours.Close()
		theirs.Close()
	})
	for _, c := range []net.Conn{ours, theirs} {
		if err := c.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
			t.Fatal(err)
		}
	}
	return newWire(ours, nil), theirs
}

// wakesAt is how many bytes the system waits for before it reports input.
func wakesAt(t *testing.T, w *wire) int {
	t.Helper()
	var n int
	var err error
	cerr := w.ahead.socket.raw.Control(func(fd uintptr) {
		n, err = syscall.GetsockoptInt(int(fd), syscall.SOL_SOCKET, syscall.SO_RCVLOWAT)
	})
	if err := errors.Join(cerr, err); err != nil {
		t.Fatal(err)
	}
	return n
}

// transfer sends n bytes and reads them.
func transfer(t *testing.T, w *wire, from net.Conn, n int) {
	t.Helper()
	sent := make([]byte, n)
	for i := range sent {
		sent[i] = byte(rand.Uint32())
	}
	done := make(chan error, 1)
	go func() {
		_, err := from.Write(sent)
		done <- err
	}()
	got := make([]byte, n)
	if _, err := io.ReadFull(w, got); err != nil {
		t.Fatal(err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, sent) {
		t.Error("other bytes arrived than were sent")
	}
}

// TestBulk: a large download is read in large pieces; its last bytes, a single
// one after it, and the end come without anything behind them; and what is
// written ends it.
func TestBulk(t *testing.T) {
	w, theirs := aheadPair(t)
	b := &w.ahead.bulk
	transfer(t, w, theirs, bulkRun/2)
	if b.on {
		t.Error("half of a run counts as a bulk transfer")
	}
	transfer(t, w, theirs, 8*bulkRun)
	if b.run == 0 {
		t.Fatal("eight runs are none")
	}
	for range 3 {
		transfer(t, w, theirs, bulkRun) // so that it is on again, whatever paused
		transfer(t, w, theirs, 1)
	}

	transfer(t, w, theirs, 8*bulkRun)
	b.run = bulkRun
	b.pause(w.ahead.socket)
	if !b.on || wakesAt(t, w) < minReadAhead {
		t.Fatalf("on: %v; the system wakes at %d bytes", b.on, wakesAt(t, w))
	}
	transfer(t, w, theirs, 100) // where the system still waits for many

	b.run = bulkRun
	b.pause(w.ahead.socket)
	if _, err := w.Write([]byte("a question")); err != nil {
		t.Fatal(err)
	}
	b.pause(w.ahead.socket)
	if b.on || b.run != 0 || wakesAt(t, w) != 1 {
		t.Errorf("after a write: on: %v, a run of %d, the system wakes at %d bytes", b.on, b.run, wakesAt(t, w))
	}

	b.run = bulkRun
	theirs.Close()
	if n, err := w.Read(make([]byte, 1)); n != 0 || err == nil {
		t.Errorf("read %d, %v; want the end", n, err)
	}
}

// TestBulkRest: a run does not go on after a rest.
func TestBulkRest(t *testing.T) {
	var b bulk
	b.arrived(bulkRun - 1)
	b.last = b.last.Add(-2 * bulkRest)
	b.arrived(2)
	if b.run != 2 {
		t.Errorf("a run of %d bytes", b.run)
	}
}
