package tunnels

import (
	"context"
	"sync/atomic"
	"time"

	"culvert/tunnels/crash"
)

// guarded is a session in which a panic is the session's end: nobody knows in what state
// it has left what the session's streams share. Panics of streams are contained by
// those who use them.
type guarded struct {
	inner  Session
	catch  containing
	done   <-chan struct{}
	broken atomic.Pointer[Error]
}

var _ Session = (*guarded)(nil)

// containing runs a part of the program and returns its panic, as [crash.Reporter.Contain].
type containing func(part string, f func()) *crash.Panic

func guard(s Session, catch containing) *guarded {
	g := &guarded{inner: s, catch: catch}
	_ = g.contain(func() { g.done = s.Done() }) // Load tells
	return g
}

// contain runs f and returns why it has failed: with the first panic the session is over.
func (g *guarded) contain(f func()) error {
	p := g.catch("a session", f)
	if p == nil {
		return nil
	}
	e := PanicError(p)
	if g.broken.CompareAndSwap(nil, e) {
		// Not from here: whoever calls may have locked what a stream needs to end.
		go g.contained("closing a session", func() { _ = g.inner.Close(e) }) // within a second
	}
	return e
}

func (g *guarded) contained(part string, f func()) { _ = g.catch(part, f) }

func (g *guarded) Open(ctx context.Context, port uint16) (st Stream, err error) {
	if e := g.broken.Load(); e != nil {
		return nil, e
	}
	if e := g.contain(func() { st, err = g.inner.Open(ctx, port) }); e != nil {
		return nil, e
	}
	return st, err
}

func (g *guarded) Ping(ctx context.Context) (err error) {
	if e := g.broken.Load(); e != nil {
		return e
	}
	if e := g.contain(func() { err = g.inner.Ping(ctx) }); e != nil {
		return e
	}
	return err
}

func (g *guarded) Abandon(port uint16, unheard time.Duration, cause error) {
	_ = g.contain(func() { g.inner.Abandon(port, unheard, cause) }) // the session tells
}

func (g *guarded) Load() (l Load) {
	if e := g.broken.Load(); e != nil {
		return Load{Err: e}
	}
	if e := g.contain(func() { l = g.inner.Load() }); e != nil {
		return Load{Err: e}
	}
	return l
}

func (g *guarded) Done() <-chan struct{} { return g.done }

func (g *guarded) Close(cause error) (err error) {
	if e := g.contain(func() { err = g.inner.Close(cause) }); e != nil {
		return e
	}
	return err
}
