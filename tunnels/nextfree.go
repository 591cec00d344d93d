package tunnels

import (
	"context"
	"fmt"
	"net/netip"
)

// freeTries is how many ports are tried until it is no use to go on.
const freeTries = 2000

// NextFree returns the first port from one on that could be bound a moment ago on
// all addresses that listen means, as Spec.Listen does, and that no tunnel of this
// manager names. It tries by binding, which takes some milliseconds. The error, an
// *Error, means that there is none near, or that no port could be bound there.
func (m *Manager) NextFree(ctx context.Context, listen []string, from uint16) (uint16, error) {
	named := make(map[uint16]bool)
	for _, st := range m.Snapshot() {
		for _, mp := range st.Spec.Mappings {
			named[mp.Local.Fixed()] = true
		}
	}
	return nextFree(ctx, m.opts.Listen, listen, from, named)
}

func nextFree(ctx context.Context, bind listenFunc, listen []string, from uint16, not map[uint16]bool) (uint16, error) {
	for _, l := range listen {
		if err := ValidateListen(l); err != nil {
			return 0, err
		}
	}
	fs := families(listen)
	for n := max(int(from), 1); n <= 65535 && n < int(from)+freeTries; n++ {
		port := uint16(n)
		if not[port] {
			continue
		}
		free, err := isFree(ctx, bind, fs, port)
		if err != nil {
			return 0, err
		}
		if free {
			return port, nil
		}
	}
	return 0, &Error{
		Err:   fmt.Errorf("no free port was found from %d on", from),
		Hint:  "Choose another one, or none for any free port.",
		Cause: CausePortBusy, Permanent: true,
	}
}

// isFree says whether a port can be bound in all families that there are. An error
// means that no port can.
func isFree(ctx context.Context, bind listenFunc, fs []family, port uint16) (bool, error) {
	for _, f := range fs {
		if err := ctx.Err(); err != nil {
			return false, err
		}
		addr := netip.AddrPortFrom(f.addr, port)
		l, err := bind(ctx, addr)
		if err == nil {
			_ = l.Close() // nobody has had the time to connect
			continue
		}
		if f.localhost && lacksFamily(err) {
			continue
		}
		if e := bindError(addr, err); e.Cause != CausePortBusy && e.Cause != CausePrivileged {
			return false, e
		}
		return false, nil
	}
	return true, nil
}
