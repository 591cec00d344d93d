package portforward

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"time"

	"k8s.io/client-go/rest"
)

const (
	// dialTimeout bounds connecting, TLS and the answer to the upgrade.
	dialTimeout = 10 * time.Second
	// credentialsTimeout bounds all of a dial that may run a credential plugin.
	credentialsTimeout = 60 * time.Second
)

// Dialer opens sessions to the pods of one API server. It may be used from
// many goroutines. A changed configuration needs a new Dialer.
type Dialer struct {
	config *rest.Config
	tls    *tls.Config
	base   *url.URL
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
	proxy  func(*http.Request) (*url.URL, error)
}

// NewDialer prepares for the server and the credentials in cfg, which it
// copies. It reads certificate files, but connects to nothing. Of cfg it heeds
// what says where the server is, how to reach it and who we are; a custom
// Transport is ignored.
func NewDialer(cfg *rest.Config) (*Dialer, error) {
	config := rest.CopyConfig(cfg)
	config.Transport = nil
	if config.UserAgent == "" {
		config.UserAgent = rest.DefaultKubernetesUserAgent()
	}
	base, _, err := rest.DefaultServerUrlFor(config)
	if err != nil {
		return nil, fmt.Errorf("read the server's address %q: %w", cfg.Host, err)
	}
	config.NextProtos = []string{"http/1.1"}
	tlsConfig, err := rest.TLSConfigFor(config)
	if err != nil {
		return nil, fmt.Errorf("prepare TLS for %s: %w", base.Host, err)
	}
	tlsConfig.DynamicRecordSizingDisabled = true
	if !certificateChanges(config) {
		tlsConfig.ClientSessionCache = tls.NewLRUClientSessionCache(0)
	}
	d := &Dialer{config: config, tls: tlsConfig, base: base, dial: config.Dial, proxy: config.Proxy}
	if d.dial == nil {
		d.dial = new(net.Dialer).DialContext
	}
	if d.proxy == nil {
		d.proxy = http.ProxyFromEnvironment
	}
	return d, nil
}

// certificateChanges tells whether the client certificate may be another one at
// the next dial. A resumed TLS session would still speak for the old one.
func certificateChanges(config *rest.Config) bool {
	fromFile := config.CertFile != "" && len(config.CertData) == 0
	return fromFile || config.ExecProvider != nil
}

// Dial opens a session to a pod. It returns within 10 seconds, 60 where
// credentials have to be obtained first, and at once when ctx is done; ctx does
// not bound the session's life. The error wraps a *StatusError, *ProtocolError,
// *ProxyError or *CredentialsError, [context.DeadlineExceeded] when the time
// was over, or what the network and TLS say.
func (d *Dialer) Dial(ctx context.Context, pod PodRef) (*Session, error) {
	conn, err := d.connect(ctx, d.url(pod))
	if err != nil {
		return nil, fmt.Errorf("dial pod %s: %w", pod, err)
	}
	return newSession(conn, "SPDY", pod)
}

// url returns the pod's port-forward endpoint.
func (d *Dialer) url(pod PodRef) *url.URL {
	return d.base.JoinPath("api", "v1", "namespaces", url.PathEscape(pod.Namespace),
		"pods", url.PathEscape(pod.Name), "portforward")
}

// connect upgrades a POST request to a connection.
func (d *Dialer) connect(ctx context.Context, to *url.URL) (net.Conn, error) {
	if d.config.ExecProvider == nil && d.config.AuthProvider == nil {
		return d.request(ctx, to)
	}
	return d.requestInTime(ctx, to)
}

// requestInTime is request for credentials that come from a program or another
// server: client-go neither cancels nor bounds that, so it goes on alone when
// the time is over, until the program ends, and then sends nothing.
func (d *Dialer) requestInTime(ctx context.Context, to *url.URL) (net.Conn, error) {
	ctx, cancel := context.WithTimeout(ctx, credentialsTimeout)
	defer cancel()
	type result struct {
		conn net.Conn
		err  error
	}
	done := make(chan result)
	go func() {
		conn, err := d.request(ctx, to)
		select {
		case done <- result{conn, err}:
		case <-ctx.Done():
			if err == nil {
				_ = conn.Close() // nobody waits for it any more
			}
		}
	}()
	select {
	case r := <-done:
		return r.conn, r.err
	case <-ctx.Done():
		if errors.Is(ctx.Err(), context.Canceled) {
			return nil, ctx.Err()
		}
		return nil, &CredentialsError{fmt.Errorf("not done within %s: %w", credentialsTimeout, ctx.Err())}
	}
}

// request sends the request with the configured credentials.
func (d *Dialer) request(ctx context.Context, to *url.URL) (net.Conn, error) {
	req, err := http.NewRequestWithContext(ctx, http.MethodPost, to.String(), http.NoBody)
	if err != nil {
		return nil, err
	}
	req.Header.Set("Connection", "Upgrade")
	req.Header.Set("Upgrade", spdyProtocol)
	req.Header.Set(headerStreamProtocol, portForwardProtocol)
	up := &upgrade{dialer: d}
	tripper, err := rest.HTTPWrappersForConfig(d.config, up)
	if err != nil {
		return nil, &CredentialsError{err}
	}
	resp, err := tripper.RoundTrip(req)
	if err != nil {
		if !up.reached && ctx.Err() == nil {
			err = &CredentialsError{err}
		}
		return nil, errors.Join(err, up.abandon())
	}
	defer resp.Body.Close() // it is in memory, see upgrade.RoundTrip
	if err := up.check(resp); err != nil {
		return nil, errors.Join(err, up.abandon())
	}
	return up.conn, nil
}
