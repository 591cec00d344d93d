package delay

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"sync/atomic"
	"time"
)

// flow is one connection through a link.
type flow struct {
	link   *Link
	client net.Conn
	server net.Conn    // nil when the link was a black hole from the beginning
	dead   atomic.Bool // bytes of it were swallowed
}

// reset closes both ends so that they are told of a reset.
func (f *flow) reset() {
	for _, c := range []net.Conn{f.client, f.server} {
		if lingers, ok := c.(interface{ SetLinger(int) error }); ok {
			_ = lingers.SetLinger(0) // the close that follows matters more
		}
	}
	f.close()
}

func (f *flow) close() {
	f.client.Close()
	if f.server != nil {
		f.server.Close()
	}
}

// carry passes bytes both ways until both have ended.
func (f *flow) carry(ctx context.Context) {
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{f.client, f.server}, {f.server, f.client}} {
		both.Go(func() {
			err := f.pass(ctx, way[0], way[1])
			if f.dead.Load() {
				f.discard(way[0])
				// The end of the server is not told to the client, but nobody
				// needs the server when the client has gone.
				if way[0] == f.client {
					f.close()
				}
				return
			}
			if err != nil {
				// What is wrong with one side is the end of both.
				f.reset()
			}
		})
	}
	both.Wait()
}

// discard reads to the end.
func (f *flow) discard(from net.Conn) { _, _ = io.Copy(io.Discard, from) }

// swallowed says whether what was just read must go nowhere.
func (f *flow) swallowed() bool {
	if f.link.now().Swallow {
		f.dead.Store(true)
	}
	return f.dead.Load()
}

// piece is what was read at once, and when it may go on. One without bytes is
// the end.
type piece struct {
	b  []byte
	at time.Time
}

const (
	pieceSize = 64 << 10
	// pieces bounds what is on its way in one direction, 64 MiB: more than any
	// link of this delay would hold.
	pieces = 1024
)

// pass carries one direction to its end.
func (f *flow) pass(ctx context.Context, from, to net.Conn) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	way := make(chan piece, pieces)
	read := make(chan error, 1)
	go func() { // ends with from, or with ctx
		defer close(way)
		read <- f.fill(ctx, from, way)
	}()
	timer := time.NewTimer(0)
	defer timer.Stop()
	for p := range way {
		timer.Reset(time.Until(p.at))
		select {
		case <-timer.C:
		case <-ctx.Done():
			return ctx.Err()
		}
		if f.dead.Load() {
			continue
		}
		if len(p.b) == 0 {
			if half, ok := to.(interface{ CloseWrite() error }); ok {
				return half.CloseWrite()
			}
			return to.Close()
		}
		if _, err := to.Write(p.b); err != nil {
			return err
		}
	}
	return <-read
}

// fill reads until the end, which it passes on too.
func (f *flow) fill(ctx context.Context, from net.Conn, way chan<- piece) error {
	var s stalls
	for {
		b := make([]byte, pieceSize)
		n, err := from.Read(b)
		if f.swallowed() {
			return errDead
		}
		for _, p := range [][]byte{b[:n], nil} {
			if len(p) == 0 && !errors.Is(err, io.EOF) {
				break
			}
			c, now := f.link.now(), time.Now()
			select {
			case way <- piece{p, now.Add(c.Delay + s.at(now, c.Loss))}:
			case <-ctx.Done():
				return ctx.Err()
			}
		}
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}
