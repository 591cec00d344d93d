// Package delay makes a connection long: a proxy whose two sides hear each
// other a fixed time later, and are not slowed otherwise.
package delay

import (
	"context"
	"errors"
	"io"
	"net"
	"sync"
	"time"
)

// Proxy carries connections from a listener to wherever it dials. What arrives
// on one side goes out on the other after the delay, each way; that includes
// the end of one side. A connection itself is made without delay.
type Proxy struct {
	cancel  context.CancelFunc
	l       net.Listener
	running sync.WaitGroup
}

// Serve starts a proxy that Close ends. It owns the listener.
func Serve(l net.Listener, dial func(context.Context) (net.Conn, error), delay time.Duration) *Proxy {
	ctx, cancel := context.WithCancel(context.Background())
	p := &Proxy{cancel: cancel, l: l}
	p.running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // the listener is closed
			}
			p.running.Go(func() { carry(ctx, conn, dial, delay) })
		}
	})
	return p
}

// Close ends the proxy and its connections and waits for that.
func (p *Proxy) Close() {
	p.cancel()
	p.l.Close()
	p.running.Wait()
}

func carry(ctx context.Context, client net.Conn, dial func(context.Context) (net.Conn, error), delay time.Duration) {
	defer client.Close()
	server, err := dial(ctx)
	if err != nil {
		return // the client sees a closed connection
	}
	defer server.Close()
	defer context.AfterFunc(ctx, func() { client.Close(); server.Close() })()
	var both sync.WaitGroup
	for _, way := range [][2]net.Conn{{client, server}, {server, client}} {
		both.Go(func() {
			if err := pass(ctx, way[0], way[1], delay); err != nil {
				// What is wrong with one side is the end of both.
				client.Close()
				server.Close()
			}
		})
	}
	both.Wait()
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
func pass(ctx context.Context, from, to net.Conn, delay time.Duration) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	way := make(chan piece, pieces)
	read := make(chan error, 1)
	go func() { // ends with from, or with ctx
		defer close(way)
		read <- fill(ctx, from, way, delay)
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
func fill(ctx context.Context, from net.Conn, way chan<- piece, delay time.Duration) error {
	for {
		b := make([]byte, pieceSize)
		n, err := from.Read(b)
		for _, p := range [][]byte{b[:n], nil} {
			if len(p) == 0 && !errors.Is(err, io.EOF) {
				break
			}
			select {
			case way <- piece{p, time.Now().Add(delay)}:
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
