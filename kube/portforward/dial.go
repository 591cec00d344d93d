package portforward

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"sync"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/crash"

	"k8s.io/client-go/rest"
)

const (
	// dialTimeout bounds connecting, TLS and the answer to the upgrade.
	dialTimeout = 10 * time.Second
	// credentialsTimeout bounds all of a dial that may run a credential plugin.
	credentialsTimeout = 60 * time.Second
)

// PodRef names a pod.
type PodRef struct {
	Namespace, Name string
	// Node and UID are for the node route only, which needs the first and, when
	// the second is set, does not lead to another pod of the same name.
	Node, UID string
}

func (p PodRef) String() string { return p.Namespace + "/" + p.Name }

// Dialer opens sessions to the pods of one API server. It may be used from
// many goroutines. A changed configuration needs a new Dialer.
type Dialer struct {
	// Turn, when set, is waited for before credentials are obtained from a
	// program or another server, and done is called once they are there. It is
	// set before the first Dial.
	Turn func(ctx context.Context) (done func(), err error)
	// Crashes contains panics and reports them; nil contains them only. It is set before
	// the first Dial.
	Crashes *crash.Reporter

	config *rest.Config
	tls    *tls.Config
	base   *url.URL
	dial   func(ctx context.Context, network, address string) (net.Conn, error)
	proxy  func(*http.Request) (*url.URL, error)
	spare  sync.Pool // of its wires
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

// Dial opens a session to a pod over a transport, which must not be
// [tunnels.ViaAuto]: to choose is the caller's part. It returns within 10
// seconds, 60 where credentials have to be obtained first, and at once when ctx
// is done; ctx does not bound the session's life. It tells a trace in ctx
// ([net/http/httptrace]) of its way. The error wraps a *StatusError,
// *ProtocolError, *NodeError, *ProxyError or *CredentialsError,
// [context.DeadlineExceeded] when the time was over, or what the network and TLS
// say.
func (d *Dialer) Dial(ctx context.Context, pod PodRef, via tunnels.Via) (*Session, error) {
	conn, name, err := d.transport(ctx, pod, via)
	if err != nil {
		return nil, fmt.Errorf("dial pod %s: %w", pod, err)
	}
	return newSession(conn, name, pod, d.Crashes)
}

// transport opens a connection that carries SPDY to a pod, and names it.
func (d *Dialer) transport(ctx context.Context, pod PodRef, via tunnels.Via) (conn net.Conn, name string, err error) {
	var up *upgraded
	switch via {
	case tunnels.ViaSPDY:
		name = "SPDY"
		up, err = d.connect(ctx, ask{to: d.url(pod)})
	case tunnels.ViaWebSocket:
		name = "WebSocket"
		if up, err = d.connect(ctx, ask{to: d.url(pod), webSocket: true}); err == nil {
			return newWebSocketFor(up, d.Crashes), name, nil
		}
	case tunnels.ViaNode:
		name = "SPDY via node"
		up, err = d.connectNode(ctx, pod)
	default:
		err = fmt.Errorf("there is no transport %q", via)
	}
	if err != nil {
		return nil, "", err
	}
	return up, name, nil
}

// url returns the pod's port-forward endpoint.
func (d *Dialer) url(pod PodRef) *url.URL {
	return d.base.JoinPath("api", "v1", "namespaces", url.PathEscape(pod.Namespace),
		"pods", url.PathEscape(pod.Name), "portforward")
}

// ask is what to ask the API server for.
type ask struct {
	to        *url.URL
	webSocket bool // instead of SPDY
}

// connect upgrades a request to a connection.
func (d *Dialer) connect(ctx context.Context, a ask) (*upgraded, error) {
	if d.config.ExecProvider == nil && d.config.AuthProvider == nil {
		return d.request(ctx, a, func() {})
	}
	return d.requestInTime(ctx, a)
}

// requestInTime is request for credentials that come from a program or another
// server: client-go neither cancels nor bounds that, so it goes on alone when
// the time is over, until the program ends, and then sends nothing.
func (d *Dialer) requestInTime(ctx context.Context, a ask) (*upgraded, error) {
	ctx, cancel := context.WithTimeout(ctx, credentialsTimeout)
	defer cancel()
	type result struct {
		conn *upgraded
		err  error
	}
	done := make(chan result)
	go d.Crashes.Contained("dialling", func() {
		conn, err := d.requestInTurn(ctx, a)
		select {
		case done <- result{conn, err}:
		case <-ctx.Done():
			if err == nil {
				_ = conn.Close() // nobody waits for it any more
			}
		}
	}, func(p *crash.Panic) {
		select {
		case done <- result{err: tunnels.PanicError(p)}:
		case <-ctx.Done():
		}
	})()
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

// requestInTurn is request once it is its turn.
func (d *Dialer) requestInTurn(ctx context.Context, a ask) (*upgraded, error) {
	if d.Turn == nil {
		return d.request(ctx, a, func() {})
	}
	done, err := d.Turn(ctx)
	if err != nil {
		return nil, err
	}
	defer done()
	return d.request(ctx, a, done)
}

// request sends the request with the configured credentials and calls ready,
// more than once perhaps, when they are there.
func (d *Dialer) request(ctx context.Context, a ask, ready func()) (*upgraded, error) {
	req, check, err := a.request(ctx)
	if err != nil {
		return nil, err
	}
	up := &upgrade{dialer: d, ready: ready}
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
	if resp.StatusCode != http.StatusSwitchingProtocols {
		return nil, errors.Join(readAnswer(resp), up.abandon())
	}
	if err := check(resp.Header); err != nil {
		return nil, errors.Join(err, up.abandon())
	}
	if up.conn == nil {
		return nil, &ProtocolError{Want: a.what(), Flaw: "no connection behind it"}
	}
	return up.conn, nil
}

// what returns what is asked for, in words for errors.
func (a ask) what() string {
	if a.webSocket {
		return webSocketTunnel
	}
	return spdyUpgrade
}

// request returns the request, and what its answer has to be checked with.
func (a ask) request(ctx context.Context) (req *http.Request, check func(http.Header) error, err error) {
	method := http.MethodPost
	if a.webSocket {
		method = http.MethodGet
	}
	if req, err = http.NewRequestWithContext(ctx, method, a.to.String(), http.NoBody); err != nil {
		return nil, nil, err
	}
	if a.webSocket {
		return req, askWebSocket(req), nil
	}
	askSPDY(req)
	return req, checkSPDY, nil
}
