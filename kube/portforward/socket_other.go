//go:build !unix

package portforward

import "net"

// socket is not to be had: a read of the system's waits with its buffer.
type socket struct{}

func newSocket(net.Conn) *socket { return nil }

func (*socket) readInto(func() []byte, func() bool) (int, error) { panic("no socket") }

func (*socket) wakeAt(int) bool { panic("no socket") }
