package kube

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"errors"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"sync/atomic"
	"time"

	"culvert/kube/portforward"
	"culvert/tunnels"
	"culvert/tunnels/crash"

	utilnet "k8s.io/apimachinery/pkg/util/net"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/transport"
	"k8s.io/client-go/util/connrotation"
)

// Time-outs of requests to an API server. A credential plugin may take its time
// because it may ask a browser; nothing else may.
const (
	dialTimeout   = 10 * time.Second
	answerTimeout = 15 * time.Second
	pluginTimeout = 60 * time.Second
	pageTimeout   = 60 * time.Second // of a whole list page
	listTimeout   = 10 * time.Minute // of all pages
)

// cluster is the connection to one context's API server, as its configuration
// was when the cluster was made. A changed configuration makes another one.
type cluster struct {
	context  Context
	rest     *rest.Config
	print    [sha256.Size]byte
	base     *url.URL
	trip     http.RoundTripper // with credentials
	plugin   *pluginPlace      // nil for none
	turn     turn              // to ask it
	bare     *http.Transport   // trip without credentials
	conns    *connrotation.ConnectionTracker
	sessions *portforward.Dialer
	choice   choice
	limits   *limits
	bounds   bounds
	room     *room        // nil for any
	large    turns        // nil for no waiting
	log      *slog.Logger // nil for none
	crashes  *crash.Reporter

	gone    chan struct{} // closed when the configuration has changed
	pending atomic.Int32  // requests given up because their plugin hangs
	doubts  atomic.Int32  // since it was last asked whether it answers
}

// cluster returns the connection of a context, or an *tunnels.Error. Where the
// context's plugin needs the login shell's environment, it waits for that.
func (c *Clusters) cluster(name string) (*cluster, error) {
	cl, _, err := c.clusterFor(c.ctx, name)
	return cl, err
}

// clusterFor is cluster that waits for the login shell no longer than until ctx is
// done, with a channel that is closed when the configuration is not the one any
// more that the answer is from.
func (c *Clusters) clusterFor(ctx context.Context, name string) (cl *cluster, changed <-chan struct{}, err error) {
	c.awaitShell(ctx, name)
	c.mu.Lock()
	cl, err = c.clusterLocked(name)
	changed, caution := c.changed, c.cautionLocked(cl)
	c.mu.Unlock()
	if caution != nil {
		c.warn(caution)
	}
	return cl, changed, err
}

func (c *Clusters) clusterLocked(name string) (*cluster, error) {
	if name == "" {
		name = c.loaded.current
	}
	if cl := c.clusters[name]; cl != nil {
		return cl, nil
	}
	e := c.loaded.entries[name]
	if e == nil {
		return nil, c.unknownLocked(name)
	}
	if e.context.Err != nil {
		return nil, e.context.Err
	}
	over := c.source.over
	if over.any() && e.context.Origin != OriginKubeconfig && name == cmp.Or(over.Context, c.loaded.current) {
		var err error
		if e, err = over.ontoOther(e); err != nil {
			return nil, err
		}
	}
	cl, err := newCluster(e, over.Timeout)
	if err != nil {
		return nil, brokenContext(name, err, e.rest.Host)
	}
	cl.limits, cl.log = c.limitsLocked(cl.base), c.log
	cl.room, cl.large = &cl.limits.room, cl.limits.large
	cl.crashes, cl.sessions.Crashes = c.crashes, c.crashes
	c.clusters[name] = cl
	return cl, nil
}

// unknownLocked says why there is no such context.
func (c *Clusters) unknownLocked(name string) error {
	if len(c.loaded.contexts) == 0 && c.broken != nil {
		return c.broken
	}
	return c.loaded.unknownContext(name)
}

// newCluster opens nothing yet. A timeout of 0 is the usual one.
func newCluster(e *entry, timeout time.Duration) (*cluster, error) {
	base, _, err := rest.DefaultServerUrlFor(e.rest)
	if err != nil {
		return nil, err
	}
	cfg := rest.CopyConfig(e.rest)
	dialer := &net.Dialer{Timeout: dialTimeout, KeepAliveConfig: net.KeepAliveConfig{
		Enable: true, Idle: 15 * time.Second, Interval: 5 * time.Second, Count: 4,
	}}
	conns := connrotation.NewDialer(dialer.DialContext)
	cfg.Dial = conns.DialContext
	// The plugin's dialer closes its connections when it rotates a certificate.
	tc, err := cfg.TransportConfig()
	if err != nil {
		return nil, err
	}
	tlsConfig, err := transport.TLSConfigFor(tc)
	if err != nil {
		return nil, err
	}
	t := utilnet.SetTransportDefaults(&http.Transport{
		Proxy:                  cfg.Proxy,
		DialContext:            counted(tc.DialHolder.Dial),
		TLSClientConfig:        tlsConfig,
		TLSHandshakeTimeout:    dialTimeout,
		ResponseHeaderTimeout:  cmp.Or(timeout, answerTimeout),
		MaxResponseHeaderBytes: maxHeader,
		IdleConnTimeout:        90 * time.Second,
		DisableCompression:     cfg.DisableCompression,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: pingEvery, PingTimeout: pingWait},
		OnProxyConnectResponse: checkProxy,
	})
	trip, err := transport.HTTPWrappersForConfig(tc, endsTurn{patient{t, cmp.Or(timeout, answerTimeout) + dialTimeout}})
	if err != nil {
		return nil, err
	}
	sessions, err := portforward.NewDialer(e.rest)
	if err != nil {
		return nil, err
	}
	cl := &cluster{
		context: e.context, rest: e.rest, plugin: e.plugin, print: e.print, base: base, sessions: sessions,
		bounds: defaultBounds(),
		trip:   trip, bare: t, conns: conns.ConnectionTracker, gone: make(chan struct{}),
	}
	sessions.Turn = cl.turn.take
	return cl, nil
}

// close tells those who use the cluster that it is out of date. It is called
// once, and does not wait for them.
func (cl *cluster) close() {
	close(cl.gone)
	cl.bare.CloseIdleConnections()
}

// get asks for a path of [resource] below the server's URL and returns an answer with status
// 200, whose body the caller closes, or an error for [cluster.explain].
func (cl *cluster) get(ctx context.Context, path string, query url.Values) (*http.Response, error) {
	return cl.ask(ctx, http.MethodGet, path, query, nil)
}

// ask sends a request, with a JSON body unless that is nil, and returns an answer of
// success that is no web page, whose body the caller closes, or an error for [cluster.explain].
// Status 401 is tried once more, because a credential plugin refreshes only then.
func (cl *cluster) ask(ctx context.Context, method, path string, query url.Values, body []byte) (*http.Response, error) {
	u, err := below(cl.base, path)
	if err != nil {
		return nil, err
	}
	u.RawQuery = query.Encode()
	for again := false; ; again = true {
		req, err := http.NewRequestWithContext(ctx, method, u.String(), bytes.NewReader(body))
		if err != nil {
			return nil, err
		}
		req.Header.Set("Accept", "application/json")
		if body != nil {
			req.Header.Set("Content-Type", "application/json")
		}
		began := time.Now()
		resp, err := cl.do(req)
		cl.logRequest(req, resp, time.Since(began))
		if err != nil {
			return nil, err
		}
		good := resp.StatusCode == http.StatusOK || method == http.MethodPost && resp.StatusCode == http.StatusCreated
		if good && !isPage(resp.Header) {
			return resp, nil
		}
		failed := readResponseError(resp)
		if failed.Code != http.StatusUnauthorized || again || !cl.refreshes() {
			return nil, failed
		}
	}
}

// logRequest tells of a request and its answer, nil for none. Neither has secrets in
// what is told.
func (cl *cluster) logRequest(req *http.Request, resp *http.Response, took time.Duration) {
	if cl.log == nil {
		return
	}
	status := 0
	if resp != nil {
		status = resp.StatusCode
	}
	cl.log.Debug("request", "context", cl.context.Name, "method", req.Method, "path", req.URL.EscapedPath(), "query", req.URL.RawQuery, "status", status, "took", took)
}

// refreshes says whether a refused credential may be replaced by itself.
func (cl *cluster) refreshes() bool {
	return cl.rest.ExecProvider != nil || cl.rest.AuthProvider != nil || cl.rest.BearerTokenFile != ""
}

var (
	errPluginHangs   = errors.New("the credential plugin did not answer within a minute")
	errPluginPending = errors.New("the credential plugin still does not answer")
)

// do sends one request. client-go interrupts neither a credential plugin nor the
// OIDC provider, so a request of a context with one is left to itself when its
// time is over: it ends with the plugin, and while one hangs so no other is sent.
// Until the credentials are there it is the only one of the context, because
// those that wait for a plugin that fails would each start it again.
func (cl *cluster) do(req *http.Request) (*http.Response, error) {
	if cl.rest.ExecProvider == nil && cl.rest.AuthProvider == nil {
		return cl.trip.RoundTrip(req)
	}
	if cl.pending.Load() > 0 {
		return nil, errPluginPending
	}
	type answer struct {
		resp *http.Response
		err  error
	}
	answers := make(chan answer, 1)
	waiting, cancel := context.WithTimeoutCause(req.Context(), pluginTimeout, errPluginHangs)
	defer cancel()
	done, err := cl.turn.take(waiting)
	if err != nil {
		return nil, err
	}
	go cl.crashes.Contained("asking for credentials", func() {
		defer done()
		resp, err := cl.trip.RoundTrip(withTurn(req, done)) //nolint:bodyclose // its receiver closes it
		answers <- answer{resp, err}
	}, func(p *crash.Panic) { answers <- answer{err: tunnels.PanicError(p)} })()
	drop := func() {
		if a := <-answers; a.err == nil {
			a.resp.Body.Close()
		}
	}
	select {
	case a := <-answers:
		return a.resp, a.err
	case <-waiting.Done():
		if req.Context().Err() != nil {
			go cl.crashes.Guard("asking for credentials", drop)
			return nil, context.Cause(req.Context())
		}
		cl.pending.Add(1)
		go cl.crashes.Guard("asking for credentials", func() {
			defer cl.pending.Add(-1)
			drop()
		})
		return nil, errPluginHangs
	}
}

// Check asks the context's API server for its version once and returns how
// long the answer took, or an *tunnels.Error.
func (c *Clusters) Check(ctx context.Context, kubeContext string) (latency time.Duration, err error) {
	cl, _, err := c.clusterFor(ctx, kubeContext)
	if err != nil {
		return 0, err
	}
	start := time.Now()
	resp, err := cl.get(ctx, "/version", nil)
	if err != nil {
		return 0, cl.explain(action{op: "check context " + cl.context.Name}, err)
	}
	latency = time.Since(start)
	return latency, resp.Body.Close()
}

// Complete returns t with the current context where it has none, and that
// context's own namespace where it has none. It returns an *tunnels.Error for
// a context that does not exist and when there is no current one.
func (c *Clusters) Complete(t tunnels.Target) (tunnels.Target, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if t.Context == "" {
		t.Context = c.loaded.current
	}
	e := c.loaded.entries[t.Context]
	if e == nil {
		return t, c.unknownLocked(t.Context)
	}
	if t.Namespace == "" {
		t.Namespace = e.context.Namespace
	}
	return t, nil
}
