package real

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"net/url"
)

// Unplug pulls the cable out of the host: the host sees that, and its address
// and routes vanish as a network manager lets them. Plug ends it.
func (h *ClientHost) Unplug() error {
	return h.inside(func() error {
		return errors.Join(setAddress(clientEnd, netip.IPv4Unspecified()), setUp(clientEnd, false))
	})
}

// Plug puts the cable of an unplugged host in again. The host has the address
// that it had.
func (h *ClientHost) Plug(ctx context.Context) error { return h.join(ctx, h.here) }

// Move brings the host into another network, where it has another address and
// other routes, as another Wi-Fi or a VPN does. The next Move brings it back.
// What was connected with the old address hears nothing of it. The host may be
// unplugged.
func (h *ClientHost) Move(ctx context.Context) error {
	addr := h.home
	if h.here == h.home {
		b := h.home.As4()
		b[1]++ // a network of which nobody else is
		addr = netip.AddrFrom4(b)
	}
	if err := h.Unplug(); err != nil {
		return err
	}
	return h.join(ctx, addr)
}

// Addr returns the host's present address.
func (h *ClientHost) Addr() netip.Addr { return h.here }

// join gives the host an address and the routes to the cluster and back, and
// returns when the API server can be reached.
func (h *ClientHost) join(ctx context.Context, addr netip.Addr) error {
	server, err := url.Parse(h.c.Server())
	if err != nil {
		return err
	}
	api, err := netip.ParseAddr(server.Hostname())
	if err != nil {
		return err
	}
	err = h.inside(func() error {
		if err := setUp(clientEnd, true); err != nil {
			return err
		}
		if err := setAddress(clientEnd, addr); err != nil {
			return err
		}
		if err := addRoute(clientEnd, h.there, netip.Addr{}); err != nil {
			return err
		}
		return addRoute(clientEnd, api, h.there)
	})
	if err != nil {
		return fmt.Errorf("join a network as %s: %w", addr, err)
	}
	h.here = addr
	if err := h.c.Inside(func() error { return addRoute(h.cable, addr, netip.Addr{}) }); err != nil {
		return fmt.Errorf("lead back to %s: %w", addr, err)
	}
	return h.AwaitNetwork(ctx)
}

// AwaitNetwork returns when the host reaches the cluster's network.
func (h *ClientHost) AwaitNetwork(ctx context.Context) error {
	server, err := url.Parse(h.c.Server())
	if err != nil {
		return err
	}
	return retry(ctx, func() error {
		conn, err := h.Dial(ctx, "tcp", server.Host)
		if err == nil {
			err = conn.Close()
		}
		return err
	})
}
