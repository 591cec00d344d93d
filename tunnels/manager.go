package tunnels

import (
	"context"
	"net"
	"net/netip"
	"time"
)

// Options are the manager's surroundings. The zero value is ready to use.
type Options struct {
	// Events, when set, is called with each event, in order and never
	// concurrently. It must return soon: a slow one delays all tunnels.
	Events func(Event)
	// Listen binds one local address; nil binds the machine's own. Its errors
	// are those of net.ListenConfig.Listen.
	Listen func(ctx context.Context, addr netip.AddrPort) (net.Listener, error)
	// FINHold is how long the end of a client's input is kept back while the
	// pod is still answering; 0 means 10 s. Containerd cuts an answer one
	// second after it sees the end of the input.
	FINHold time.Duration
}

// Manager keeps tunnels. Make one with [NewManager] and Close it at the end.
type Manager struct{}
