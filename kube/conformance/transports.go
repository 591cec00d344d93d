package conformance

import (
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"k8s.io/client-go/tools/portforward"
	"k8s.io/client-go/transport/websocket"
)

// transport is a way to ask for a port-forward.
type transport uint8

const (
	overSPDY transport = iota
	overWebSocket
	overNode // SPDY by way of the pod's node
)

func (o transport) String() string { return [...]string{"SPDY", "WebSocket", "the node"}[o] }

const (
	protocol = "portforward.k8s.io"
	tunnel   = "SPDY/3.1+" + protocol
)

func upgradeHeader() http.Header {
	return http.Header{
		"Accept":                    {"*/*"}, // a real kubelet upgrades no request for JSON
		"Connection":                {"Upgrade"},
		"Upgrade":                   {"SPDY/3.1"},
		"X-Stream-Protocol-Version": {protocol},
	}
}

// request returns how to ask for the protocol.
func (o transport) request(protocol string) (method string, header http.Header) {
	header = upgradeHeader()
	if o != overWebSocket {
		header.Set("X-Stream-Protocol-Version", protocol)
		return http.MethodPost, header
	}
	header.Del("X-Stream-Protocol-Version")
	header.Set("Upgrade", "websocket")
	header.Set("Sec-WebSocket-Version", "13")
	header.Set("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==") // of RFC 6455, 1.3
	header.Set("Sec-WebSocket-Protocol", "SPDY/3.1+"+protocol)
	return http.MethodGet, header
}

// forwardPath returns where to ask for a port-forward to a pod.
func (c *client) forwardPath(t *testing.T, pod string) string {
	t.Helper()
	if c.over != overNode {
		return c.pods(pod, "portforward")
	}
	node := c.get(t, c.pods(c.Pod)).object.Spec.NodeName
	if own := c.get(t, c.pods(pod)).object.Spec.NodeName; own != "" {
		node = own
	}
	return "/api/v1/nodes/" + node + "/proxy/portForward/" + c.Namespace + "/" + pod
}

// upgrade asks for a session and returns the answer, whatever it is.
func (c *client) upgrade(t *testing.T, pod, protocol string) *http.Response {
	t.Helper()
	method, header := c.over.request(protocol)
	return c.send(t, c.admin, method, c.forwardPath(t, pod), header)
}

// refusal is the answer to an upgrade that is refused.
func (c *client) refusal(t *testing.T, pod, protocol string) answer {
	t.Helper()
	resp := c.upgrade(t, pod, protocol)
	defer func() { _ = resp.Body.Close() }() // it has been read
	return read(t, resp)
}

// connect returns a connection that carries SPDY to a pod.
func (c *client) connect(t *testing.T, pod string) net.Conn {
	t.Helper()
	if c.over == overWebSocket {
		return c.connectWebSocket(t, pod)
	}
	resp := c.upgrade(t, pod, protocol)
	if resp.StatusCode != http.StatusSwitchingProtocols {
		defer func() { _ = resp.Body.Close() }() // it has been read
		a := read(t, resp)
		t.Fatalf("the upgrade is answered with %d %s", a.code, a.text)
	}
	if got := resp.Header.Get("X-Stream-Protocol-Version"); got != protocol {
		t.Errorf("the protocol is %q", got)
	}
	if got := resp.Header.Get("Upgrade"); got != "SPDY/3.1" {
		t.Errorf("the upgrade is %q", got)
	}
	body, ok := resp.Body.(io.ReadWriteCloser)
	if !ok {
		t.Fatal("the upgraded connection cannot be written to")
	}
	return &bodyConn{ReadWriteCloser: body}
}

// connectWebSocket lets kubectl's own client do it.
func (c *client) connectWebSocket(t *testing.T, pod string) net.Conn {
	t.Helper()
	rt, holder, err := websocket.RoundTripperFor(c.Config)
	if err != nil {
		t.Fatal(err)
	}
	req, err := http.NewRequestWithContext(c.ctx, http.MethodGet, strings.TrimSuffix(c.Config.Host, "/")+c.forwardPath(t, pod), nil)
	if err != nil {
		t.Fatal(err)
	}
	conn, err := websocket.Negotiate(rt, holder, req, tunnel)
	if err != nil {
		t.Fatal(err)
	}
	if got := conn.Subprotocol(); got != tunnel {
		t.Errorf("the protocol is %q", got)
	}
	return portforward.NewTunnelingConnection("conformance", conn)
}

// bodyConn makes an upgraded body look like a connection, for spdystream.
type bodyConn struct{ io.ReadWriteCloser }

func (bodyConn) LocalAddr() net.Addr              { return &net.TCPAddr{} }
func (bodyConn) RemoteAddr() net.Addr             { return &net.TCPAddr{} }
func (bodyConn) SetDeadline(time.Time) error      { return nil }
func (bodyConn) SetReadDeadline(time.Time) error  { return nil }
func (bodyConn) SetWriteDeadline(time.Time) error { return nil }
