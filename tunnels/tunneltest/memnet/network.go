package memnet

import (
	"fmt"
	"net"
	"os"
	"sync"
	"syscall"
)

// firstEphemeral is where the ports of dialling ends start, as on Linux.
const firstEphemeral = 32768

// backlog is how many connections may wait to be accepted.
const backlog = 4096

// Network is the loopback interface of one pod. The zero value is ready to use.
type Network struct {
	mu        sync.Mutex
	closed    bool
	listeners map[uint16]*listener
	conns     map[*Conn]struct{} // the serving ends
	ephemeral uint16
}

// Listen takes a port. Its error, when the port is taken or the network closed,
// is a *net.OpError.
func (n *Network) Listen(port uint16) (net.Listener, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	addr := net.TCPAddrFromAddrPort(Loopback(port))
	if n.closed {
		return nil, &net.OpError{Op: "listen", Net: "tcp4", Addr: addr, Err: net.ErrClosed}
	}
	if _, taken := n.listeners[port]; taken {
		return nil, &net.OpError{Op: "listen", Net: "tcp4", Addr: addr, Err: os.NewSyscallError("bind", syscall.EADDRINUSE)}
	}
	l := &listener{network: n, addr: addr, queue: make(chan *Conn, backlog), done: make(chan struct{})}
	if n.listeners == nil {
		n.listeners = make(map[uint16]*listener)
	}
	n.listeners[port] = l
	return l, nil
}

// Dial connects to a port. When nothing listens there, the error reads like the
// kernel's "connection refused".
func (n *Network) Dial(port uint16) (*Conn, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	l, ok := n.listeners[port]
	if !ok || n.closed {
		return nil, Refused("tcp4", port)
	}
	client, server := n.pairLocked(port)
	select {
	case l.queue <- server:
		return client, nil
	default:
		delete(n.conns, server)
		return nil, Refused("tcp4", port)
	}
}

// Blackhole returns a connection whose far end never reads or writes. It ends
// with the network.
func (n *Network) Blackhole(port uint16) *Conn {
	n.mu.Lock()
	client, server := n.pairLocked(port)
	closed := n.closed
	n.mu.Unlock()
	if closed {
		_ = server.Close() // a Conn's Close has no error
	}
	return client
}

func (n *Network) pairLocked(port uint16) (client, server *Conn) {
	n.ephemeral++
	client, server = Pipe(Loopback(firstEphemeral+n.ephemeral%(1<<15-1)), Loopback(port))
	server.onClose = n.forget
	if n.conns == nil {
		n.conns = make(map[*Conn]struct{})
	}
	n.conns[server] = struct{}{}
	return client, server
}

func (n *Network) forget(c *Conn) {
	n.mu.Lock()
	defer n.mu.Unlock()
	delete(n.conns, c)
}

// Conns returns how many connections the pod has open.
func (n *Network) Conns() int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return len(n.conns)
}

// Close is what the kernel does when a pod's processes are killed: listeners
// vanish, and each open connection ends, with a reset where the pod had not
// read everything. Later calls of Listen and Dial fail.
func (n *Network) Close() { n.kill(true) }

// Kill is Close for a process that will be started again: the network stays
// usable.
func (n *Network) Kill() { n.kill(false) }

func (n *Network) kill(forGood bool) {
	n.mu.Lock()
	n.closed = n.closed || forGood
	listeners, conns := n.listeners, n.conns
	n.listeners, n.conns = nil, nil
	n.mu.Unlock()
	for _, l := range listeners {
		l.stop()
	}
	for c := range conns {
		_ = c.Close() // a Conn's Close has no error
	}
}

// Refused is the error of a dial to a port where nothing listens; network is
// "tcp4" or "tcp6".
func Refused(network string, port uint16) error {
	addr := net.TCPAddrFromAddrPort(Loopback(port))
	if network == "tcp6" {
		addr = &net.TCPAddr{IP: net.IPv6loopback, Port: int(port)}
	}
	return &net.OpError{Op: "dial", Net: network, Addr: addr, Err: os.NewSyscallError("connect", syscall.ECONNREFUSED)}
}

type listener struct {
	network *Network
	addr    *net.TCPAddr
	queue   chan *Conn
	done    chan struct{}
	once    sync.Once
}

func (l *listener) Accept() (net.Conn, error) {
	select {
	case <-l.done:
		return nil, l.closed()
	default:
	}
	select {
	case c := <-l.queue:
		return c, nil
	case <-l.done:
		return nil, l.closed()
	}
}

func (l *listener) closed() error {
	return fmt.Errorf("accept tcp4 %s: %w", l.addr, net.ErrClosed)
}

func (l *listener) Close() error {
	l.network.mu.Lock()
	if l.network.listeners[uint16(l.addr.Port)] == l {
		delete(l.network.listeners, uint16(l.addr.Port))
	}
	l.network.mu.Unlock()
	l.stop()
	for {
		select {
		case c := <-l.queue:
			_ = c.SetLinger(0)
			_ = c.Close() // a Conn's Close has no error
		default:
			return nil
		}
	}
}

func (l *listener) stop() { l.once.Do(func() { close(l.done) }) }

func (l *listener) Addr() net.Addr { return l.addr }
