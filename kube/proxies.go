package kube

import (
	"errors"
	"net/http"
	"net/url"

	utilnet "k8s.io/apimachinery/pkg/util/net"
)

// errNoProxy does not repeat the address, which may hold a password.
var errNoProxy = errors.New("its address is no URL")

// Proxy returns the proxy by which the API server of a context is reached, of its
// kubeconfig or of the environment and without a password; nil for none. The error,
// an *tunnels.Error, says that the context cannot be used or the proxy's address is
// none.
func (c *Clusters) Proxy(kubeContext string) (*url.URL, error) {
	c.mu.Lock()
	e := c.loaded.entries[kubeContext]
	unknown := error(nil)
	if e == nil {
		unknown = c.unknownLocked(kubeContext)
	}
	c.mu.Unlock()
	switch {
	case unknown != nil:
		return nil, unknown
	case e.context.Err != nil:
		return nil, e.context.Err
	case e.rest == nil:
		return nil, nil //nolint:nilnil // a context that was signed out goes nowhere
	}
	server, err := url.Parse(e.rest.Host)
	if err != nil {
		return nil, brokenContext(kubeContext, err, e.rest.Host)
	}
	ask := e.rest.Proxy
	if ask == nil {
		ask = utilnet.NewProxierWithNoProxyCIDR(http.ProxyFromEnvironment)
	}
	proxy, err := ask(&http.Request{URL: server})
	if err != nil {
		return nil, invalid("the proxy for context "+kubeContext, errNoProxy, "Correct HTTPS_PROXY or HTTP_PROXY, or the proxy-url of the kubeconfig: write it as http://host:port.")
	}
	if proxy == nil {
		return nil, nil //nolint:nilnil // there is none, and that is no error
	}
	safe := *proxy
	safe.User = nil
	return &safe, nil
}
