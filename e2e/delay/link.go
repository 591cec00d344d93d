// Package delay makes a connection long, lossy or dead: a proxy that carries
// bytes as a bad network would.
package delay

import (
	"context"
	"errors"
	"net"
	"sync"
	"time"
)

// Link carries connections from a listener to wherever it dials. At first it is
// a perfect network. Its methods may be called from many goroutines; Close
// ends it.
type Link struct {
	cancel  context.CancelFunc
	l       net.Listener
	dial    func(context.Context) (net.Conn, error)
	running sync.WaitGroup

	mu        sync.Mutex
	condition Condition
	flows     map[*flow]struct{}
}

// Condition is what the network is like. The zero value is a perfect one.
type Condition struct {
	// Delay is how much later than it was sent a byte arrives, each way. So does
	// the end of one side. A connection itself is made without delay.
	Delay time.Duration
	// Loss is what lost packets do to a connection.
	Loss Loss
	// Swallow makes the link a black hole: it takes connections and bytes, and
	// passes nothing on. A connection from which bytes were taken stays dead
	// for ever, as behind a router that has forgotten it, and is never told.
	Swallow bool
}

// Serve starts a link that Close ends. It owns the listener.
func Serve(l net.Listener, dial func(context.Context) (net.Conn, error)) *Link {
	ctx, cancel := context.WithCancel(context.Background())
	k := &Link{cancel: cancel, l: l, dial: dial, flows: make(map[*flow]struct{})}
	k.running.Go(func() {
		for {
			conn, err := l.Accept()
			if err != nil {
				return // the listener is closed
			}
			k.running.Go(func() { k.carry(ctx, conn) })
		}
	})
	return k
}

// Addr returns where the link listens.
func (k *Link) Addr() net.Addr { return k.l.Addr() }

// Set makes the network so from now on, for all connections. What is already on
// its way arrives as it would have.
func (k *Link) Set(c Condition) {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.condition = c
}

func (k *Link) now() Condition {
	k.mu.Lock()
	defer k.mu.Unlock()
	return k.condition
}

// Reset ends all present connections as a reset at both ends, and returns how
// many they were. The link takes new ones.
func (k *Link) Reset() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	for f := range k.flows {
		f.reset()
	}
	return len(k.flows)
}

// Forget makes all present connections dead, as a router does that was switched
// off and on: nothing that is sent arrives, and nobody is told. It returns how
// many they were. The link takes new ones.
func (k *Link) Forget() int {
	k.mu.Lock()
	defer k.mu.Unlock()
	for f := range k.flows {
		f.dead.Store(true)
	}
	return len(k.flows)
}

// Close ends the link and its connections and waits for that.
func (k *Link) Close() {
	k.cancel()
	k.l.Close()
	k.running.Wait()
}

func (k *Link) carry(ctx context.Context, client net.Conn) {
	defer client.Close()
	if k.now().Swallow {
		f := &flow{link: k, client: client}
		f.dead.Store(true)
		k.hold(ctx, f, func() { f.discard(client) })
		return
	}
	server, err := k.dial(ctx)
	if err != nil {
		return // the client sees a closed connection
	}
	defer server.Close()
	f := &flow{link: k, client: client, server: server}
	k.hold(ctx, f, func() { f.carry(ctx) })
}

// hold keeps a flow among those that can be reset while run runs, and closes
// it when ctx is done.
func (k *Link) hold(ctx context.Context, f *flow, run func()) {
	k.mu.Lock()
	k.flows[f] = struct{}{}
	k.mu.Unlock()
	stop := context.AfterFunc(ctx, f.close)
	run()
	stop()
	k.mu.Lock()
	delete(k.flows, f)
	k.mu.Unlock()
}

// errDead ends a direction of a flow in which the bytes go nowhere.
var errDead = errors.New("swallowed")
