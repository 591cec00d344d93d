package portforward

import (
	"bytes"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"sync"
)

// upgrade is one attempt to turn one HTTP request into a connection. It is the
// round tripper below those that add credentials, so that its time starts when
// the credentials are there.
type upgrade struct {
	dialer  *Dialer
	ready   func()    // called when RoundTrip is
	reached bool      // RoundTrip was called
	conn    *upgraded // set after an upgrade to whatever
}

// RoundTrip implements [http.RoundTripper]: it connects anew, follows no
// redirect and returns with the whole body of an answer that grants nothing.
func (u *upgrade) RoundTrip(req *http.Request) (*http.Response, error) {
	if u.conn != nil {
		return nil, errors.Join(errors.New("the upgrade was asked for twice"), u.abandon())
	}
	u.reached = true
	u.ready()
	ctx, cancel := context.WithTimeout(req.Context(), dialTimeout)
	defer cancel()
	link := &link{ctx: ctx, dialer: u.dialer}
	transport := u.dialer.roundTripper(link)
	defer transport.CloseIdleConnections() // also ends a dial that nobody waits for
	resp, err := transport.RoundTrip(req.WithContext(ctx))
	if err != nil {
		link.abandon()
		return nil, u.explain(ctx, req, err)
	}
	if resp.StatusCode == http.StatusSwitchingProtocols {
		if body, ok := resp.Body.(upgradedBody); ok {
			u.conn = &upgraded{body: body, wire: link.wire}
		} else {
			link.abandon() // no word of an upgrade in the headers
		}
		resp.Body = http.NoBody
		return resp, nil
	}
	body, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	link.abandon()
	if err != nil && len(body) == 0 && ctx.Err() != nil {
		return nil, u.explain(ctx, req, err)
	}
	resp.Body = io.NopCloser(bytes.NewReader(body))
	return resp, nil
}

// explain says in place of err that the time is over, if that is the reason.
func (u *upgrade) explain(ctx context.Context, req *http.Request, err error) error {
	if req.Context().Err() == nil && errors.Is(ctx.Err(), context.DeadlineExceeded) {
		return fmt.Errorf("no answer from %s within %s: %w", req.URL.Host, dialTimeout, context.DeadlineExceeded)
	}
	return err
}

// abandon closes the connection, if there is one.
func (u *upgrade) abandon() error {
	if u.conn == nil {
		return nil
	}
	return u.conn.Close()
}

// roundTripper returns an HTTP/1.1 transport for one request over link.
func (d *Dialer) roundTripper(link *link) *http.Transport {
	protocols := new(http.Protocols)
	protocols.SetHTTP1(true)
	return &http.Transport{
		Proxy:                  d.proxy,
		DialContext:            link.dialContext,
		TLSClientConfig:        d.tls.Clone(),
		TLSNextProto:           map[string]func(string, *tls.Conn) http.RoundTripper{},
		Protocols:              protocols,
		DisableKeepAlives:      true,
		DisableCompression:     true,
		MaxResponseHeaderBytes: maxAnswer,
		OnProxyConnectResponse: func(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
			if resp.StatusCode != http.StatusOK {
				return &ProxyError{Proxy: proxy.Host, Code: resp.StatusCode}
			}
			return nil
		},
	}
}

// link makes the one network connection of an upgrade, to the API server or to
// a proxy, and keeps hold of it.
type link struct {
	ctx    context.Context // of the attempt: the HTTP transport dials under another one
	dialer *Dialer

	mu        sync.Mutex
	wire      *wire
	abandoned bool
}

func (l *link) dialContext(ctx context.Context, network, address string) (net.Conn, error) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	defer context.AfterFunc(l.ctx, cancel)()
	conn, err := l.dialer.dial(ctx, network, address)
	if err != nil {
		return nil, err
	}
	l.mu.Lock()
	defer l.mu.Unlock()
	if l.abandoned {
		return nil, errors.Join(context.Canceled, conn.Close())
	}
	l.wire = newWire(conn, &l.dialer.spare)
	return l.wire, nil
}

// abandon closes the connection, now or as soon as there is one.
func (l *link) abandon() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.abandoned = true
	if l.wire != nil {
		_ = l.wire.Close() // nobody is left to hear of it
	}
}
