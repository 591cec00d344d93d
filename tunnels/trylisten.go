package tunnels

import (
	"context"
	"net/netip"
)

// TryListen says whether one could listen on a local port now, as a tunnel with that
// Listen would: it binds the port on each address for a moment. The error is an
// *Error that tells why not. Who asks knows whether a tunnel of its own has the port.
func TryListen(ctx context.Context, listen []string, port uint16) error {
	return tryListen(ctx, listenTCP, listen, port)
}

func tryListen(ctx context.Context, bind listenFunc, listen []string, port uint16) error {
	for _, l := range listen {
		if err := ValidateListen(l); err != nil {
			return err
		}
	}
	for _, f := range families(listen) {
		addr := netip.AddrPortFrom(f.addr, port)
		l, err := bind(ctx, addr)
		if err == nil {
			_ = l.Close() // nobody has had the time to connect
			continue
		}
		if !f.localhost || !lacksFamily(err) {
			return bindError(addr, err)
		}
	}
	return nil
}
