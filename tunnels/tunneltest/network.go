package tunneltest

import (
	"context"
	"net"
	"net/netip"
	"os"
	"sync"
	"syscall"

	"culvert/tunnels/tunneltest/memnet"
)

// Network is a machine's local addresses in memory. Its errors are those of the
// operating system. The zero value has no listeners.
type Network struct {
	mu        sync.Mutex
	listeners map[netip.AddrPort]*listener
	failures  map[netip.Addr]error
	nextPort  uint16
}

// Listen binds an address; port 0 picks the next free one from 40000 on. It fits
// tunnels.Options.Listen.
func (n *Network) Listen(_ context.Context, addr netip.AddrPort) (net.Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if err := n.failures[addr.Addr()]; err != nil {
		return nil, listenError(addr, err)
	}
	if n.listeners == nil {
		n.listeners = make(map[netip.AddrPort]*listener)
	}
	for addr.Port() == 0 || n.nextPort == 0 {
		if n.nextPort == 0 {
			n.nextPort = 40000
			continue
		}
		free := netip.AddrPortFrom(addr.Addr(), n.nextPort)
		n.nextPort++
		if n.listeners[free] == nil {
			addr = free
		}
	}
	if n.listeners[addr] != nil {
		return nil, listenError(addr, syscall.EADDRINUSE)
	}
	l := &listener{network: n, addr: addr, conns: make(chan net.Conn), closed: make(chan struct{})}
	n.listeners[addr] = l
	return l, nil
}

// Fail makes binding any port of an address fail with err, as with
// syscall.EADDRNOTAVAIL; nil makes it work again.
func (n *Network) Fail(addr netip.Addr, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.failures == nil {
		n.failures = make(map[netip.Addr]error)
	}
	n.failures[addr] = err
}

// Dial connects to a listener and returns ECONNREFUSED where there is none.
func (n *Network) Dial(addr netip.AddrPort) (*memnet.Conn, error) {
	n.mu.Lock()
	l := n.listeners[addr]
	n.mu.Unlock()
	refused := &net.OpError{Op: "dial", Net: "tcp", Addr: net.TCPAddrFromAddrPort(addr), Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
	if l == nil {
		return nil, refused
	}
	near, far := memnet.Pipe(netip.AddrPortFrom(addr.Addr(), 1), addr)
	select {
	case l.conns <- far:
		return near, nil
	case <-l.closed:
		return nil, refused
	}
}

// Break makes the listener at addr end by itself, as when the system takes its
// address away.
func (n *Network) Break(addr netip.AddrPort) {
	n.mu.Lock()
	l := n.listeners[addr]
	n.mu.Unlock()
	if l != nil {
		_ = l.Close() // it never fails
	}
}

// FailAccept makes the next n calls of Accept at addr fail with err, as with
// syscall.EMFILE. Each connection that is made meets one of them.
func (n *Network) FailAccept(addr netip.AddrPort, times int, err error) {
	n.mu.Lock()
	l := n.listeners[addr]
	n.mu.Unlock()
	l.mu.Lock()
	defer l.mu.Unlock()
	l.failing, l.err = times, err
}

func listenError(addr netip.AddrPort, err error) error {
	return &net.OpError{Op: "listen", Net: "tcp", Addr: net.TCPAddrFromAddrPort(addr), Err: os.NewSyscallError("bind", err)}
}

type listener struct {
	network *Network
	addr    netip.AddrPort
	conns   chan net.Conn
	closed  chan struct{}
	once    sync.Once

	mu      sync.Mutex
	failing int // calls of Accept that fail yet
	err     error
	kept    net.Conn // that Accept has failed to hand out
}

func (l *listener) Accept() (net.Conn, error) {
	l.mu.Lock()
	kept := l.kept
	l.mu.Unlock()
	if kept != nil {
		return l.hand(kept)
	}
	select {
	case c := <-l.conns:
		return l.hand(c)
	case <-l.closed:
		return nil, net.ErrClosed
	}
}

// hand returns a connection, or the error that is due in its place: it stays in
// the queue then.
func (l *listener) hand(c net.Conn) (net.Conn, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.failing > 0 {
		l.failing--
		l.kept = c
		return nil, &net.OpError{Op: "accept", Net: "tcp", Addr: l.Addr(), Err: os.NewSyscallError("accept4", l.err)}
	}
	l.kept = nil
	return c, nil
}

func (l *listener) Close() error {
	l.once.Do(func() {
		l.network.mu.Lock()
		delete(l.network.listeners, l.addr)
		l.network.mu.Unlock()
		close(l.closed)
	})
	return nil
}

func (l *listener) Addr() net.Addr { return net.TCPAddrFromAddrPort(l.addr) }
