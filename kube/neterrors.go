package kube

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"os"
	"strings"
	"syscall"

	"culvert/tunnels"
)

// proxyError is a proxy that did not let us through.
type proxyError struct {
	proxy string // its URL without credentials
	code  int
}

func (e *proxyError) Error() string {
	return fmt.Sprintf("proxy %s answers %d %s", e.proxy, e.code, http.StatusText(e.code))
}

func checkProxy(_ context.Context, proxy *url.URL, _ *http.Request, resp *http.Response) error {
	if resp.StatusCode == http.StatusOK {
		return nil
	}
	return &proxyError{withoutCredentials(proxy.String()), resp.StatusCode}
}

// explainProxy judges what a proxy on the way does. All of it may pass.
func (cl *cluster) explainProxy(e *tunnels.Error, err error) bool {
	var answer *proxyError
	var op *net.OpError
	switch {
	case errors.As(err, &answer):
		e.Err = answer
		e.Hint = "Check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY."
		if answer.code == http.StatusProxyAuthRequired {
			e.Hint = "The proxy wants a user and password: put them into proxy-url or HTTPS_PROXY."
		}
	case errors.As(err, &op) && (op.Op == "proxyconnect" || op.Op == "socks connect"):
		e.Err = fmt.Errorf("the proxy on the way to %s cannot be reached: %w", cl.context.Server, op.Err)
		e.Hint = "Check proxy-url in the kubeconfig, HTTPS_PROXY and NO_PROXY."
	default:
		return false
	}
	e.Cause = tunnels.CauseUnreachable
	return true
}

// explainNetwork judges what happens on the way to the server. All of it may
// pass.
func (cl *cluster) explainNetwork(e *tunnels.Error, err error) bool {
	where := cl.context.Server
	var name *net.DNSError
	var network net.Error
	switch {
	case errors.As(err, &name) && name.IsNotFound:
		e.Err = fmt.Errorf("the name %s cannot be found", name.Name)
		e.Hint = "Check the network or VPN, and the server's URL in the kubeconfig."
	case errors.As(err, &name):
		e.Err = fmt.Errorf("the name server does not answer for %s", name.Name)
		e.Hint = "Check the network or VPN."
	case errors.Is(err, syscall.ECONNREFUSED):
		e.Err = fmt.Errorf("nothing answers at %s: connection refused", where)
		e.Hint = "Check that the cluster runs, and the server's URL in the kubeconfig."
	case errors.Is(err, syscall.ENETUNREACH) || errors.Is(err, syscall.EHOSTUNREACH):
		e.Err = fmt.Errorf("there is no way to %s from here", where)
		e.Hint = "Check the network or VPN."
	case errors.Is(err, context.DeadlineExceeded) || errors.Is(err, os.ErrDeadlineExceeded),
		errors.As(err, &network) && network.Timeout(),
		strings.Contains(err.Error(), "timeout awaiting response headers"):
		e.Err = fmt.Errorf("%s does not answer in time", where)
		e.Hint = "Check the network or VPN, and that the cluster runs."
	case errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF),
		errors.Is(err, syscall.ECONNRESET) || errors.Is(err, syscall.EPIPE) || errors.Is(err, net.ErrClosed),
		strings.Contains(err.Error(), "http2: "):
		e.Err = fmt.Errorf("%s closed the connection: %w", where, err)
		e.Hint = "Culvert tries again by itself."
	default:
		if op, ok := errors.AsType[*net.OpError](err); ok {
			e.Err = fmt.Errorf("%s cannot be reached: %w", where, op.Err)
			e.Hint = "Check the network or VPN."
			break
		}
		return false
	}
	e.Cause = tunnels.CauseUnreachable
	return true
}
