package e2e

import (
	"context"
	"fmt"
	"os"
	"strings"
	"testing"
	"time"

	"culvert/e2e/real"
	"culvert/kube/kubetest/demopod"
)

// TestFailureTable does to the cluster, and through the forwards, what ends
// `kubectl port-forward` or makes it useless, on every transport. After each
// line Culvert is alive and serves the same ports.
func TestFailureTable(t *testing.T) {
	for _, path := range []struct {
		name       string
		flags      []string // of the API server
		transports []string
		counted    string // how the API server counts the WebSockets
	}{
		{"SPDY, and WebSocket to the kubelet", nil, []string{"spdy", "websocket"}, "proxied_to_kubelet"},
		{"WebSocket to the API server", []string{real.TranslateWebSockets}, []string{"websocket"}, "translated_at_apiserver"},
	} {
		t.Run(path.name, func(t *testing.T) {
			if len(path.flags) > 0 {
				restartAPI(t, path.flags...)
				t.Cleanup(func() { restartAPI(t) })
			}
			tb := newTable(t, path.transports)
			if shared.Real() { // the stand-in's kubelet knows SPDY only: the API server translates
				wantWebSockets(t, path.counted)
			}
			tb.run(t)
		})
	}
}

func restartAPI(t *testing.T, flags ...string) {
	t.Helper()
	// Also when the test has ended.
	ctx, cancel := context.WithTimeout(context.Background(), patience)
	defer cancel()
	if err := shared.RestartWith(ctx, real.APIServer, flags...); err != nil {
		t.Fatal(err)
	}
}

// wantWebSockets wants that the API server has carried port-forwards the given
// way since it was started, and no other.
func wantWebSockets(t *testing.T, way string) {
	t.Helper()
	metrics, err := shared.API().Discovery().RESTClient().Get().AbsPath("/metrics").DoRaw(testContext(t))
	if err != nil {
		t.Fatal(err)
	}
	var ways []string
	for line := range strings.Lines(string(metrics)) {
		if strings.Contains(line, "websocket_streaming_requests_total{") && strings.Contains(line, `"portforward"`) {
			ways = append(ways, strings.TrimSpace(line))
		}
	}
	if len(ways) != 1 || !strings.Contains(ways[0], way) {
		t.Errorf("the WebSockets went %q, want only %s", ways, way)
	}
}

// table is a pod of its own, with one Culvert for each transport.
type table struct {
	namespace string
	forwards  []*carried
}

// carried is a forward with the transport that carries it.
type carried struct {
	*forwarding
	via string
}

// tablePod is the name of a table's pod.
const tablePod = "table"

func newTable(t *testing.T, transports []string) *table {
	t.Helper()
	tb := &table{namespace: newNamespace(t)}
	newPod(t, tb.namespace, tablePod)
	args := []string{"-n", tb.namespace, tablePod}
	remotes := []uint16{
		remoteEcho, remoteHTTP, demopod.PortSource, demopod.PortSink,
		demopod.PortReset, demopod.PortNothing, demopod.PortLate,
	}
	for _, remote := range remotes {
		args = append(args, fmt.Sprintf(":%d", remote))
	}
	for _, via := range transports {
		f := forward(t, 2*len(remotes), append([]string{"--via", via}, args...)...)
		tb.forwards = append(tb.forwards, &carried{f, via})
	}
	tb.serve(t)
	return tb
}

// serve wants that every Culvert is alive and serves the ports it has served
// from the beginning. What a line has cut may still be noticed meanwhile.
func (tb *table) serve(t *testing.T) {
	t.Helper()
	for _, f := range tb.forwards {
		eventually(t, "all ports over "+f.via, func() error {
			for _, addr := range f.to(remoteHTTP) {
				if _, err := page(t, addr); err != nil {
					return err
				}
			}
			for _, addr := range f.to(remoteEcho) {
				conn, err := dialQuietly(t, addr)
				if err == nil {
					err = echo(conn, "still here\n")
				}
				if err != nil {
					return err
				}
			}
			return nil
		})
		f.unchanged(t)
	}
}

// run does the lines of the table one after the other. The black hole swallows
// clients on a host of their own, so the others need not wait for it.
func (tb *table) run(t *testing.T) {
	var hole *blackHole
	if shared.Real() {
		hole = newBlackHole(t, tb)
	}
	for _, line := range tb.quietLines() {
		t.Run(line.name, func(t *testing.T) {
			line.do(t)
			tb.serve(t)
		})
	}
	if hole != nil {
		t.Run("black hole", hole.heal)
	}
	for _, line := range tb.restarts() {
		t.Run(line.name, func(t *testing.T) {
			var clients []*knocker
			for _, f := range tb.forwards {
				clients = append(clients, knock(t, f.to(remoteEcho)[0]))
			}
			line.do(t)
			tb.serve(t)
			for _, c := range clients {
				c.end(t)
			}
		})
	}
}

// tableLine is a line of the table: what is done, and what is wanted of it.
type tableLine struct {
	name string
	do   func(t *testing.T)
}

// blackHole is a client host with a Culvert for each transport, from which
// every packet is lost.
type blackHole struct {
	host     *real.ClientHost
	forwards []*carried
}

func newBlackHole(t *testing.T, tb *table) *blackHole {
	t.Helper()
	host, err := shared.NewClientHost()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := host.Close(); err != nil {
			t.Error(err)
		}
	})
	h := &blackHole{host: host}
	for _, f := range tb.forwards {
		cmd := host.Command(shared.culvert, "forward", "--via", f.via, "-n", "default", "podsrv", ":9001")
		cmd.Env = append(os.Environ(), "KUBECONFIG="+shared.Kubeconfig())
		h.forwards = append(h.forwards, &carried{told(t, start(t, cmd), 2), f.via})
	}
	for _, f := range h.forwards {
		if err := h.echo(t, f); err != nil {
			t.Fatalf("%s: %v", f.via, err)
		}
	}
	if err := host.Blackhole(); err != nil {
		t.Fatal(err)
	}
	return h
}

// heal waits until Culvert has given its sessions up, and wants that it serves
// again after the end of the black hole.
func (h *blackHole) heal(t *testing.T) {
	for _, f := range h.forwards {
		f.awaitError(t, "reconnecting")
	}
	began := time.Now()
	if err := h.host.Heal(); err != nil {
		t.Fatal(err)
	}
	for _, f := range h.forwards {
		eventually(t, "an echo over "+f.via, func() error { return h.echo(t, f) })
		t.Logf("%s: serves %.1f s after the end of the black hole", f.via, time.Since(began).Seconds())
		f.unchanged(t)
	}
}

func (h *blackHole) echo(t *testing.T, f *carried) error {
	t.Helper()
	conn, err := h.host.Dial(t.Context(), "tcp", f.to(remoteEcho)[0].String())
	if err != nil {
		return err
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(patience)); err != nil {
		return err
	}
	return echo(conn, "through the hole\n")
}
