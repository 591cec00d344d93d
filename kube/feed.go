package kube

import (
	"context"
	"sync"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/crash"
)

// feedKey names what a feed carries. Two watches of the same thing share one.
type feedKey struct {
	context   string
	view      string // what becomes of the objects; each has a type of its own
	resource  resource
	namespace string // empty for resources in none, and for the context's own
	name      string // of the one object; empty for all
	selector  string // of labels; empty for all
}

// feed is one running watch of the cluster with everybody who wants to know.
type feed[T any] struct {
	stop context.CancelFunc
	done chan struct{} // closed when its goroutine has ended
	poke chan struct{} // asks a polling watch to look now; holds one
	refs int           // guarded by Clusters.mu

	mu      sync.Mutex
	known   Listing[T]
	told    bool          // known means something
	changed chan struct{} // closed, and made anew, at each change
}

// publish makes l what the subscribers know. It never blocks on them.
func (f *feed[T]) publish(l Listing[T]) {
	f.mu.Lock()
	defer f.mu.Unlock()
	f.known, f.told = l, true
	close(f.changed)
	f.changed = make(chan struct{})
}

// latest returns what is known, and a channel that is closed once that is out
// of date.
func (f *feed[T]) latest() (known Listing[T], told bool, changed <-chan struct{}) {
	f.mu.Lock()
	defer f.mu.Unlock()
	return f.known, f.told, f.changed
}

func (f *feed[T]) pokeNow() {
	select {
	case f.poke <- struct{}{}:
	default: // asked already
	}
}

// subscribe calls fn, never concurrently, with what a feed knows and at each
// change, until ctx is done or c is closed. Changes that come while fn runs are
// told as one. The feed is started by run for the first subscriber, and has
// ended when the last one returns.
func subscribe[T any](ctx context.Context, c *Clusters, key feedKey, run func(context.Context, *feed[T]), fn func(Listing[T])) {
	f := join(c, key, run)
	defer leave(c, key, f)
	for {
		known, told, changed := f.latest()
		if told {
			fn(known)
		}
		select {
		case <-changed:
		case <-ctx.Done():
			return
		case <-c.ctx.Done():
			return
		}
	}
}

func join[T any](c *Clusters, key feedKey, run func(context.Context, *feed[T])) *feed[T] {
	c.mu.Lock()
	defer c.mu.Unlock()
	if f, ok := c.feeds[key].(*feed[T]); ok {
		f.refs++
		return f
	}
	ctx, stop := context.WithCancel(c.ctx)
	f := &feed[T]{
		stop: stop, refs: 1,
		done: make(chan struct{}), poke: make(chan struct{}, 1), changed: make(chan struct{}),
	}
	c.feeds[key] = f
	go c.crashes.Guard("a watch", func() {
		defer close(f.done)
		c.awaitShell(ctx, key.context)
		f.keep(ctx, c.crashes, run)
	})
	return f
}

// keep runs a feed until ctx is done. After a panic, which its subscribers are told as an
// error, it begins anew, ever more slowly.
func (f *feed[T]) keep(ctx context.Context, crashes *crash.Reporter, run func(context.Context, *feed[T])) {
	var delay time.Duration
	for ctx.Err() == nil {
		began := time.Now()
		p := crashes.Contain("a watch", func() { run(ctx, f) })
		if p == nil {
			return
		}
		f.publish(Listing[T]{Complete: true, Err: tunnels.PanicError(p)})
		if time.Since(began) > rareRetry {
			delay = 0
		}
		delay = min(max(2*delay, firstRetry), lastRetry)
		pause(ctx, delay, nil, f.poke)
	}
}

func leave[T any](c *Clusters, key feedKey, f *feed[T]) {
	if drop(c, key, f) {
		f.stop()
		<-f.done
	}
}

// drop takes one subscriber off a feed and says whether it was the last one.
func drop[T any](c *Clusters, key feedKey, f *feed[T]) (last bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	f.refs--
	last = f.refs == 0
	if last {
		delete(c.feeds, key)
	}
	return last
}
