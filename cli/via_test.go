package cli

import (
	"strings"
	"testing"

	"culvert/kube/kubetest"
)

// addr reads lines until one that names a local IPv4 port, and returns its address.
func (c *command) addr() string {
	c.t.Helper()
	for {
		if m := forwarding.FindStringSubmatch(c.line()); m != nil && m[1] == "127.0.0.1" {
			return m[1] + ":" + m[2]
		}
	}
}

func TestForwardVia(t *testing.T) {
	type asked struct{ verb, resource string }
	spdy, webSocket, node := asked{"create", "pods/portforward"}, asked{"get", "pods/portforward"}, asked{"create", "nodes/proxy"}
	for _, tt := range []struct {
		via   string
		fault func(*kubetest.Server)
		want  []asked
		not   []asked
	}{
		{via: "auto", want: []asked{spdy}, not: []asked{webSocket, node}},
		{via: "spdy", want: []asked{spdy}, not: []asked{webSocket, node}},
		{via: "websocket", want: []asked{webSocket}, not: []asked{spdy, node}},
		{via: "node", want: []asked{node}, not: []asked{spdy, webSocket}},
		{
			via: "auto", want: []asked{spdy, webSocket},
			fault: func(s *kubetest.Server) { s.SetTransport(kubetest.TransportSPDY, kubetest.TransportRefused) },
		},
	} {
		t.Run(tt.via, func(t *testing.T) {
			s, config := cluster(t, podsrv())
			if tt.fault != nil {
				tt.fault(s)
			}
			c := run(t, "forward", "--kubeconfig", config, "--via", tt.via, "podsrv", ":9006")
			if page := get(t, c.addr()); !strings.Contains(page, "podsrv") {
				t.Errorf("the page is %q", page)
			}
			for _, a := range tt.want {
				if s.Requests(a.verb, a.resource) == 0 {
					t.Errorf("no %s %s was sent", a.verb, a.resource)
				}
			}
			for _, a := range tt.not {
				if n := s.Requests(a.verb, a.resource); n > 0 {
					t.Errorf("%s %s was sent %d times", a.verb, a.resource, n)
				}
			}
		})
	}
}

func TestForwardViaFails(t *testing.T) {
	older, olderConfig := cluster(t, podsrv())
	older.SetTransport(kubetest.TransportWebSocket, kubetest.TransportRefused)
	off, offConfig := cluster(t, podsrv())
	off.SetTransport(kubetest.TransportNode, kubetest.TransportRefused)
	for _, tt := range []struct {
		name string
		args string
		code int
		says []string
	}{
		{"unknown", "forward web 80 --via telnet", ExitUsage, []string{`--via "telnet" is unknown`, "auto, spdy, websocket or node"}},
		{"empty", "forward web 80 --via=", ExitUsage, []string{`--via "" is unknown`}},
		{
			"a server without WebSocket", "forward podsrv :9006 --via websocket --kubeconfig " + olderConfig, ExitError,
			[]string{"has no WebSocket tunnel for port-forwards", `query parameter "port" is required`, "Use the transport spdy, or auto"},
		},
		{
			"a node that forwards nothing", "forward podsrv :9006 --via node --kubeconfig " + offConfig, ExitError,
			[]string{"node node-1 forwards no ports", "enableDebuggingHandlers"},
		},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c := run(t, strings.Fields(tt.args)...)
			if code := c.exit(); code != tt.code {
				t.Errorf("exit status %d, want %d", code, tt.code)
			}
			for _, s := range tt.says {
				if !strings.Contains(c.errors(), s) {
					t.Errorf("it says %q, which lacks %q", c.errors(), s)
				}
			}
		})
	}
}
