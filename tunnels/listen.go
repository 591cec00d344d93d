package tunnels

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

const (
	rebindEvery = 5 * time.Second
	// pairTries is how many random ports are tried until one is free in every
	// family.
	pairTries = 32
	acceptMin = 10 * time.Millisecond
	acceptMax = time.Second
)

var (
	loopback4 = netip.AddrFrom4([4]byte{127, 0, 0, 1})
	loopback6 = netip.IPv6Loopback()
)

// listenTCP binds one address of this machine. IPv6 addresses never take the
// IPv4 ones with them.
func listenTCP(ctx context.Context, addr netip.AddrPort) (net.Listener, error) {
	network := "tcp6"
	if addr.Addr().Is4() {
		network = "tcp4"
	}
	var lc net.ListenConfig
	if addr.Addr().IsLoopback() {
		lc.KeepAlive = -1 // clients of this machine do not vanish without a word, and it takes four system calls
	}
	return lc.Listen(ctx, network, addr.String())
}

// family is one local address that a mapping is to listen on.
type family struct {
	addr      netip.Addr
	localhost bool // asked for as "localhost": the machine may lack it
}

// listenFunc binds one address, as [Options].Listen.
type listenFunc func(context.Context, netip.AddrPort) (net.Listener, error)

// families returns the addresses that Spec.Listen means, IPv4 first.
func families(listen []string) []family {
	if len(listen) == 0 {
		listen = []string{Localhost}
	}
	var four, six []family
	add := func(f family) {
		list := &six
		if f.addr.Is4() {
			list = &four
		}
		for _, g := range *list {
			if g.addr == f.addr {
				return
			}
		}
		*list = append(*list, f)
	}
	for _, l := range listen {
		if l == Localhost {
			add(family{loopback4, true})
			add(family{loopback6, true})
			continue
		}
		if a, err := netip.ParseAddr(l); err == nil {
			add(family{addr: a.Unmap()})
		}
	}
	return append(uncovered(four), uncovered(six)...)
}

// uncovered leaves out what of localhost all addresses of the machine contain, if these
// are asked for too.
func uncovered(fs []family) []family {
	if !slices.ContainsFunc(fs, func(f family) bool { return f.addr.IsUnspecified() }) {
		return fs
	}
	return slices.DeleteFunc(fs, func(f family) bool { return f.localhost })
}

// binder binds the addresses of one mapping and keeps them. Its methods are
// called by one goroutine.
type binder struct {
	mapping  Mapping
	families []family
	listen   listenFunc
	claims   *claims
	owner    ID
	title    func(ID) string

	port    uint16                  // the number in use; 0 while a random one is not chosen
	before  uint16                  // the random number that was in use when it was asked for again; 0 for none
	instead bool                    // that number stands in for the one that the mapping means
	serves  atomic.Pointer[Mapping] // the mapping, for who accepts
	open    map[netip.Addr]net.Listener
	trouble map[netip.Addr]*Error
	missing map[netip.Addr]bool // families of localhost that the machine lacks
}

func newBinder(mp Mapping, fs []family, m *Manager, owner ID) *binder {
	b := &binder{
		families: fs, listen: m.opts.Listen, claims: m.claims, owner: owner, title: m.title,
		open:    make(map[netip.Addr]net.Listener),
		trouble: make(map[netip.Addr]*Error),
		missing: make(map[netip.Addr]bool),
	}
	b.serve(mp)
	return b
}

// serve gives the binder a mapping.
func (b *binder) serve(m Mapping) {
	b.mapping = m
	b.serves.Store(&m)
}

// bind tries to bind what is not bound yet and returns the new listeners.
// known is the port that a mapping of AnyPort had last time or that one of SamePort
// is to have, 0 when that is not known.
func (b *binder) bind(ctx context.Context, known uint16) []net.Listener {
	switch {
	case b.port != 0:
		return b.bindAll(ctx)
	case b.mapping.Local != AnyPort:
		b.port = b.mapping.Local.Fixed()
		if b.mapping.Local == SamePort {
			b.port = known
		}
		if b.port == 0 {
			return nil
		}
		return b.bindAll(ctx)
	}
	return b.bindAny(ctx, known)
}

// unnamed says whether the port of a mapping of SamePort is not known yet.
func (b *binder) unnamed() bool { return b.mapping.Local == SamePort && b.port == 0 }

// bindAny binds a free port: that of last time, if it is known and free.
func (b *binder) bindAny(ctx context.Context, sticky uint16) []net.Listener {
	if sticky != 0 {
		b.port = sticky
		b.before = 0
		if ls := b.bindAll(ctx); len(ls) > 0 && !b.taken() {
			return ls
		}
		if b.taken() {
			b.before = sticky
		}
		b.drop()
	}
	for range pairTries {
		b.port = 0
		ls := b.bindAll(ctx)
		if len(ls) > 0 && !b.taken() || len(ls) == 0 {
			return ls
		}
		b.drop()
	}
	b.port = 0
	return b.bindAll(ctx)
}

// bindAll binds the addresses not yet bound to b.port, or to the port that the
// first of them gets.
func (b *binder) bindAll(ctx context.Context) []net.Listener {
	var fresh []net.Listener
	b.trouble = make(map[netip.Addr]*Error)
	for _, f := range b.families {
		if b.open[f.addr] != nil || b.missing[f.addr] {
			continue
		}
		l, err := b.bindOne(ctx, f)
		if err != nil {
			b.trouble[f.addr] = err
			continue
		}
		if l == nil {
			continue
		}
		fresh = append(fresh, l)
	}
	if len(b.open) == 0 && len(b.missing) == len(b.families) {
		for _, f := range b.families {
			b.trouble[f.addr] = bindError(netip.AddrPortFrom(f.addr, b.port), syscall.EADDRNOTAVAIL)
		}
		clear(b.missing)
	}
	return fresh
}

// bindOne returns nil and nil for a family that the machine lacks.
func (b *binder) bindOne(ctx context.Context, f family) (net.Listener, *Error) {
	want := netip.AddrPortFrom(f.addr, b.port)
	if b.claims.mine(want, b.owner) {
		return nil, &Error{
			Op:    "listen on " + want.String(),
			Err:   errors.New("another port of this tunnel already listens there"),
			Hint:  "Give one of them another local port.",
			Cause: CausePortBusy,
		}
	}
	if holder, ok := b.claims.holder(want, b.owner); ok {
		return nil, &Error{
			Op:    "listen on " + want.String(),
			Err:   fmt.Errorf("your tunnel %q already listens there", b.title(holder)),
			Hint:  "Stop that tunnel or give this one another local port.",
			Cause: CausePortBusy,
		}
	}
	l, err := b.listen(ctx, want)
	if err != nil {
		if f.localhost && lacksFamily(err) {
			b.missing[f.addr] = true
			return nil, nil
		}
		return nil, bindError(want, err)
	}
	if b.port == 0 {
		b.port = addrOf(l).Port()
	}
	b.open[f.addr] = l
	b.claims.claim(netip.AddrPortFrom(f.addr, b.port), b.owner)
	return l, nil
}

// taken says whether the port is busy in one of the families.
func (b *binder) taken() bool {
	for _, e := range b.trouble {
		if e.Cause == CausePortBusy {
			return true
		}
	}
	return false
}

// drop closes all listeners of the mapping.
func (b *binder) drop() {
	for a, l := range b.open {
		_ = l.Close() // nothing has been accepted from it
		b.forget(a)
	}
}

// forget gives up one address whose listener is closed.
func (b *binder) forget(a netip.Addr) {
	b.claims.release(netip.AddrPortFrom(a, b.port), b.owner)
	delete(b.open, a)
}

// lost takes note of a listener that ended by itself, so that the next bind
// makes it anew.
func (b *binder) lost(l net.Listener) {
	for a, open := range b.open {
		if open == l {
			b.forget(a)
			b.trouble[a] = &Error{
				Op:    "listen on " + netip.AddrPortFrom(a, b.port).String(),
				Err:   errors.New("the system closed the listener"),
				Hint:  "It is opened again by itself.",
				Cause: CauseNoAddress,
			}
		}
	}
}

// incomplete says whether an address is not bound.
func (b *binder) incomplete() bool { return len(b.open) < len(b.families)-len(b.missing) }

// recall makes the next bind try the families again that the machine lacked.
func (b *binder) recall() { clear(b.missing) }

func (b *binder) bound() []Bound {
	var bs []Bound
	for _, f := range b.families {
		if b.open[f.addr] != nil {
			bs = append(bs, Bound{b.mapping, netip.AddrPortFrom(f.addr, b.port)})
		}
	}
	return bs
}

func (b *binder) unbound() []Unbound {
	var us []Unbound
	for _, f := range b.families {
		if e := b.trouble[f.addr]; e != nil && b.open[f.addr] == nil {
			us = append(us, Unbound{b.mapping, netip.AddrPortFrom(f.addr, b.port), e})
		}
	}
	return us
}

func (b *binder) warnings() []string {
	var ws []string
	for _, f := range b.families {
		if b.missing[f.addr] {
			ws = append(ws, fmt.Sprintf("This machine has no %s: the tunnel listens without it.", f.addr))
		}
	}
	if moved := b.movedFrom(); moved != "" {
		ws = append(ws, moved)
	}
	return ws
}

// retriable says whether trying to bind again by itself makes sense.
func (b *binder) retriable() bool {
	for _, e := range b.trouble {
		if !e.Permanent {
			return true
		}
	}
	return false
}

// addrOf returns where a listener listens; a TCP listener always tells.
func addrOf(l net.Listener) netip.AddrPort {
	a, err := netip.ParseAddrPort(l.Addr().String())
	if err != nil {
		return netip.AddrPort{}
	}
	return a
}

func lacksFamily(err error) bool {
	return errors.Is(err, syscall.EADDRNOTAVAIL) || errors.Is(err, syscall.EAFNOSUPPORT)
}

// bindError says in the user's words why addr could not be bound.
func bindError(addr netip.AddrPort, err error) *Error {
	e := &Error{Op: "listen on " + addr.String(), Err: err}
	switch {
	case errors.Is(err, syscall.EADDRINUSE), strings.Contains(err.Error(), "Only one usage of each socket address"):
		e.Cause = CausePortBusy
		e.Err = fmt.Errorf("another program uses port %d", addr.Port())
		e.Hint = "Stop that program or give the tunnel another local port."
	case errors.Is(err, syscall.EACCES), errors.Is(err, syscall.EPERM):
		e.Cause, e.Permanent = CausePrivileged, true
		e.Err = fmt.Errorf("this system lets only administrators use port %d", addr.Port())
		e.Hint = "Give the tunnel a local port from 1024 on."
	case lacksFamily(err):
		e.Cause = CauseNoAddress
		e.Err = fmt.Errorf("%s is not an address of this machine now", addr.Addr())
		e.Hint = "Check the listen address, or the network that brings it."
	}
	return e
}

// claims remembers which local address belongs to which tunnel.
type claims struct {
	mu     sync.Mutex
	owners map[netip.AddrPort]ID
}

func newClaims() *claims { return &claims{owners: make(map[netip.AddrPort]ID)} }

// holder returns the other tunnel that keeps asking from binding a: one on the
// same port of the same address, or of all addresses of the family.
func (c *claims) holder(a netip.AddrPort, asking ID) (ID, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	for other, id := range c.owners {
		overlap := other.Addr() == a.Addr() ||
			other.Addr().Is4() == a.Addr().Is4() && (other.Addr().IsUnspecified() || a.Addr().IsUnspecified())
		if id != asking && a.Port() != 0 && other.Port() == a.Port() && overlap {
			return id, true
		}
	}
	return "", false
}

// mine says whether another mapping of the asking tunnel is bound to a.
func (c *claims) mine(a netip.AddrPort, asking ID) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	return a.Port() != 0 && c.owners[a] == asking
}

func (c *claims) claim(a netip.AddrPort, owner ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.owners[a] = owner
}

func (c *claims) release(a netip.AddrPort, owner ID) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.owners[a] == owner {
		delete(c.owners, a)
	}
}

// acceptLoop hands each connection to fn until the listener is closed. Other
// errors, as running out of descriptors, are waited out: the listener stays.
func acceptLoop(ctx context.Context, l net.Listener, fn func(net.Conn)) {
	delay := acceptMin
	for {
		c, err := l.Accept()
		if err == nil {
			delay = acceptMin
			fn(c)
			continue
		}
		if errors.Is(err, net.ErrClosed) || ctx.Err() != nil {
			return
		}
		select {
		case <-time.After(delay):
		case <-ctx.Done():
			return
		}
		delay = min(2*delay, acceptMax)
	}
}
