package tunnels

import (
	"context"
	"net"
	"net/netip"
	"syscall"
	"testing"
)

func TestTryListen(t *testing.T) {
	bind := func(_ context.Context, addr netip.AddrPort) (net.Listener, error) {
		switch {
		case addr.Port() < 1024:
			return nil, syscall.EACCES
		case addr.Addr().Is6():
			return nil, syscall.EAFNOSUPPORT
		case addr.Port() == 6000:
			return nil, syscall.EADDRINUSE
		}
		return nothing{}, nil
	}
	for _, tt := range []struct {
		name   string
		listen []string
		port   uint16
		want   Cause
	}{
		{"a free port, on a machine without IPv6", nil, 6001, CauseUnknown},
		{"a port that somebody has", nil, 6000, CausePortBusy},
		{"a port for administrators", nil, 80, CausePrivileged},
		{"an address of a family that there is not", []string{"::1"}, 6001, CauseNoAddress},
		{"what is no address", []string{"nowhere"}, 6001, CauseInvalid},
	} {
		t.Run(tt.name, func(t *testing.T) {
			var got Cause
			if err := tryListen(t.Context(), bind, tt.listen, tt.port); err != nil {
				got = AsError(err).Cause
			}
			if got != tt.want {
				t.Errorf("the cause is %v, want %v", got, tt.want)
			}
		})
	}
}

// nothing listens nowhere.
type nothing struct{ net.Listener }

func (nothing) Close() error { return nil }
