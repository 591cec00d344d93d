package kubetest

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"culvert/tunnels/tunneltest/memnet"
)

// lastGasp is how long containerd lets one direction of a connection go on after
// the other has ended.
const lastGasp = time.Second

var errSessionOver = errors.New("the session has ended")

// node is the container runtime's end of one session: what containerd does
// with a stream. Its error texts are containerd's.
type node struct {
	server  *Server
	pod     *runningPod
	passFIN bool
	session <-chan struct{} // closed when the session's connection is over
}

// PortForward serves one connection until it ends. The error goes to the
// client as the text of the connection's error stream.
func (n *node) PortForward(ctx context.Context, sandbox, _ string, port int32, stream io.ReadWriteCloser) error {
	exit, ok := n.server.library.enter()
	if !ok {
		_ = stream.Close() // the session goes with the server
		return errSessionOver
	}
	defer exit()
	defer func() { _ = stream.Close() }() // fails when the session is over
	return n.forward(ctx, sandbox, port, stream)
}

// forward is PortForward without the stream's end, which may never come.
func (n *node) forward(ctx context.Context, sandbox string, port int32, stream io.ReadWriteCloser) error {
	end, ok := n.server.begin()
	if !ok {
		return errSessionOver
	}
	defer end()
	if n.pod.isGone() {
		return fmt.Errorf("network namespace for sandbox %q is closed", sandbox)
	}
	conn, err := n.dial(uint16(port))
	if err == nil {
		defer func() { _ = conn.Close() }() // a memnet.Conn's Close has no error
		err = n.copy(ctx, conn, stream)
	} else {
		err = fmt.Errorf("failed to connect to localhost:%d inside namespace %q, IPv4: %w IPv6 %w ",
			port, sandbox, err, memnet.Refused("tcp6", uint16(port)))
	}
	if err != nil {
		return fmt.Errorf("failed to execute portforward in network namespace %q: %w", "/var/run/netns/cni-"+n.pod.uid, err)
	}
	return nil
}

func (n *node) dial(port uint16) (*memnet.Conn, error) {
	switch n.server.portFault(n.pod.key, port) {
	case PortRefuses:
		return nil, memnet.Refused("tcp4", port)
	case PortResets:
		client, server := memnet.Pipe(memnet.Loopback(port), memnet.Loopback(port))
		_ = server.SetLinger(0)
		_ = server.Close() // a memnet.Conn's Close has no error
		return client, nil
	case PortStalls:
		return n.pod.net.Blackhole(port), nil
	case PortServes:
	}
	return n.pod.net.Dial(port)
}

// copy moves bytes both ways. It ends a second after either side has ended,
// unless FINs are passed on: then each side ends when the other one has.
func (n *node) copy(ctx context.Context, conn *memnet.Conn, stream io.ReadWriteCloser) error {
	down, up := make(chan error, 1), make(chan error, 1)
	n.spawn(func() {
		_, err := io.Copy(stream, conn)
		if n.passFIN && err == nil {
			err = stream.Close()
		}
		down <- err
	})
	n.spawn(func() {
		_, err := io.Copy(conn, stream)
		if n.passFIN && err == nil {
			err = conn.CloseWrite()
		}
		up <- err
	})
	var first error
	var rest <-chan error
	select {
	case first = <-down:
		rest = up
	case first = <-up:
		rest = down
	case <-n.session:
		return errSessionOver
	case <-ctx.Done():
		return ctx.Err()
	}
	var cut <-chan time.Time
	if !n.passFIN || first != nil {
		timer := time.NewTimer(lastGasp)
		defer timer.Stop()
		cut = timer.C
	}
	select {
	case err := <-rest:
		if first == nil {
			first = err
		}
	case <-cut:
	case <-n.session:
		return errSessionOver
	case <-ctx.Done():
		return ctx.Err()
	}
	return first
}

// spawn runs half of a connection. It ends with the connection, or with the
// session at the latest, unless the streaming library keeps it.
func (n *node) spawn(f func()) {
	exit, ok := n.server.library.enter()
	if !ok {
		return
	}
	go func() {
		defer exit()
		f()
	}()
}
