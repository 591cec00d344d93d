// Package holder tells which program listens on a local port, for a user whose
// tunnel cannot have it. It looks with the rights that it has, asks for no others
// and ends nothing.
//
// Linux tells in /proc, Windows through its table of listeners, and macOS through
// lsof, which comes with it: there is no other stable way without cgo.
package holder

import (
	"errors"
	"net/netip"
)

// Process is a program that listens on a port.
type Process struct {
	PID  int
	Name string // as "postgres"; empty where the system does not tell
	Path string // of the program's file; empty where the system does not tell
	Own  bool   // it is this very process
}

var (
	// ErrFree means that nobody listens there (any more).
	ErrFree = errors.New("nobody listens there")
	// ErrUnknown means that somebody listens there, and that the system does not
	// tell who, as with another user's program.
	ErrUnknown = errors.New("the system does not tell who listens there")
)

// Find returns who keeps others from listening on addr: a listener on the same
// port of the same address or of all addresses. Of several it is one with the
// lowest process id, which is the parent of the others as a rule. It takes two
// seconds at most; the error is ErrFree, ErrUnknown, or tells why it could not
// look.
func Find(addr netip.AddrPort) (Process, error) { return find(addr) }

// grip is how surely a listener keeps others from an address.
type grip uint8

const (
	none   grip = iota
	maybe       // it listens on all addresses of IPv6, which may take IPv4 with them: systems do not tell
	surely      // it listens on the address, or on all of the family
)

// gripOf says whether a listener keeps others from listening on addr.
func gripOf(listener, addr netip.AddrPort) grip {
	a, b := listener.Addr().Unmap().WithZone(""), addr.Addr().Unmap().WithZone("")
	switch {
	case listener.Port() != addr.Port():
		return none
	case a.Is4() == b.Is4() && (a == b || a.IsUnspecified() || b.IsUnspecified()):
		return surely
	case a.Is6() && a.IsUnspecified():
		return maybe
	}
	return none
}
