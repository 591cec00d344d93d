package chaos

import (
	"context"
	"fmt"
	"net"
	"net/netip"
	"net/url"

	"culvert/e2e/delay"
	"culvert/e2e/real"
)

// NewLink makes a link to the API server that listens beside it, and returns
// the URL at which a client finds it. The API server's certificate is good for
// it.
func NewLink(ctx context.Context, c *real.Cluster) (*delay.Link, string, error) {
	server, err := url.Parse(c.Server())
	if err != nil {
		return nil, "", err
	}
	addr, err := netip.ParseAddr(server.Hostname())
	if err != nil {
		return nil, "", fmt.Errorf("make a link to %s: %w", server, err)
	}
	l, err := c.Listen(ctx, "tcp", netip.AddrPortFrom(addr, 0).String())
	if err != nil {
		return nil, "", err
	}
	link := delay.Serve(l, func(ctx context.Context) (net.Conn, error) { return c.Dial(ctx, "tcp", server.Host) })
	return link, "https://" + l.Addr().String(), nil
}
