package portforward

import (
	"bufio"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"culvert/tunnels"

	"k8s.io/client-go/rest"
)

// answering is a network whose servers give one answer each, and keep what they
// were asked for.
func answering(paths *[]string, answers []string) network {
	return func(context.Context, string, string) (net.Conn, error) {
		ours, theirs := net.Pipe()
		go func() {
			defer theirs.Close()
			in := bufio.NewReader(theirs)
			req, err := http.ReadRequest(in)
			if err != nil {
				return
			}
			*paths = append(*paths, req.URL.Path)
			if _, err := io.WriteString(theirs, answers[len(*paths)-1]); err == nil {
				io.Copy(io.Discard, in) // until the client ends it
			}
		}()
		return ours, nil
	}
}

// TestFault25NodeRoute: what is missing on the way through a node is told apart,
// and the older paths are tried where today's is not there.
func TestFault25NodeRoute(t *testing.T) {
	const (
		current = "/api/v1/nodes/n1/proxy/portForward/shop/web-1/u-1"
		nodes   = "/proxy/nodes/n1/portForward/shop/web-1"
		minions = "/proxy/minions/n1/portForward/shop/web-1"
		unknown = `{"kind":"Status","reason":"NotFound","message":"the server could not find the requested resource","code":404}`
	)
	json := func(status, body string) string { return page(status, "Content-Type: application/json\r\n", body) }
	text := func(status, body string) string { return page(status, "Content-Type: text/plain\r\n", body) }
	trouble := func(n NodeTrouble) *NodeTrouble { return &n }
	tests := map[string]struct {
		answers []string // to one request after the other
		paths   []string
		trouble *NodeTrouble
		code    int // of a StatusError, if there is no trouble
	}{
		"it works":          {answers: []string{switching}, paths: []string{current}},
		"the nodes' path":   {answers: []string{text("404 Not Found", "404 page not found"), switching}, paths: []string{current, nodes}},
		"the minions' path": {answers: []string{json("404 Not Found", unknown), text("404 Not Found", "404 page not found"), switching}, paths: []string{current, nodes, minions}},
		"no path":           {answers: slices.Repeat([]string{text("404 Not Found", "404 page not found")}, 3), paths: []string{current, nodes, minions}, trouble: trouble(NodeRouteMissing)},
		"the others are forbidden": {
			answers: []string{json("404 Not Found", unknown), text("403 Forbidden", "no"), text("403 Forbidden", "no")},
			paths:   []string{current, nodes, minions}, trouble: trouble(NodeRouteMissing),
		},
		"no such node": {
			answers: []string{json("404 Not Found", `{"kind":"Status","reason":"NotFound","message":"nodes \"n1\" not found","code":404}`)},
			paths:   []string{current}, trouble: trouble(NodeUnknown),
		},
		"no such pod":      {answers: []string{text("404 Not Found", "pod does not exist")}, paths: []string{current}, trouble: trouble(NodePodMissing)},
		"another pod":      {answers: []string{text("404 Not Found", "pod not found")}, paths: []string{current}, trouble: trouble(NodePodMissing)},
		"no such pod, old": {answers: []string{text("404 Not Found", "404 page not found"), text("404 Not Found", "pod does not exist")}, paths: []string{current, nodes}, trouble: trouble(NodePodMissing)},
		"handlers off":     {answers: []string{text("405 Method Not Allowed", "Debug endpoints are disabled.")}, paths: []string{current}, trouble: trouble(NodeHandlersOff)},
		"forbidden":        {answers: []string{text("403 Forbidden", "no")}, paths: []string{current}, code: http.StatusForbidden},
		"unauthorized":     {answers: []string{text("401 Unauthorized", "no")}, paths: []string{current}, code: http.StatusUnauthorized},
		"out of order":     {answers: []string{text("404 Not Found", "404 page not found"), text("503 Service Unavailable", "no")}, paths: []string{current, nodes}, code: http.StatusServiceUnavailable},
	}
	for name, test := range tests {
		t.Run(name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				var paths []string
				d, err := NewDialer(&rest.Config{Host: "http://api.test", Dial: answering(&paths, test.answers)})
				if err != nil {
					t.Fatal(err)
				}
				s, err := d.Dial(t.Context(), PodRef{"shop", "web-1", "n1", "u-1"}, tunnels.ViaNode)
				if err == nil {
					s.Close(nil) // it has none
				}
				if !slices.Equal(paths, test.paths) {
					t.Errorf("asked for %q, want %q", paths, test.paths)
				}
				var node *NodeError
				var status *StatusError
				switch {
				case test.trouble != nil:
					if !errors.As(err, &node) || node.Trouble != *test.trouble || node.Node != "n1" || node.Err == nil {
						t.Errorf("got %v", err)
					}
				case test.code != 0:
					if errors.As(err, &node) || !errors.As(err, &status) || status.Code != test.code {
						t.Errorf("got %v", err)
					}
				case err != nil:
					t.Errorf("got %v", err)
				}
			})
		})
	}
}

func TestNodeNeeded(t *testing.T) {
	d, err := NewDialer(&rest.Config{Host: "http://api.test"})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := d.Dial(t.Context(), web1, tunnels.ViaNode); err == nil {
		t.Error("dialled without a node")
	}
}

// TestNodeURLs: no name leads anywhere else, and the server's own path is kept.
func TestNodeURLs(t *testing.T) {
	d, err := NewDialer(&rest.Config{Host: "https://api.test/k8s/c-1"})
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, u := range d.nodeURLs(PodRef{Namespace: "shop", Name: "a/b", Node: "n?1"}) {
		got = append(got, u.String())
	}
	want := []string{
		"https://api.test/k8s/c-1/api/v1/nodes/n%3F1/proxy/portForward/shop/a%2Fb",
		"https://api.test/k8s/c-1/proxy/nodes/n%3F1/portForward/shop/a%2Fb",
		"https://api.test/k8s/c-1/proxy/minions/n%3F1/portForward/shop/a%2Fb",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %q", got)
	}
	for name, path := range map[string]string{"web-1": "/shop/web-1/u-1", "etcd-n1": "/shop/etcd-n1"} {
		u := d.nodeURLs(PodRef{Namespace: "shop", Name: name, Node: "n1", UID: "u-1"})[0]
		if !strings.HasSuffix(u.Path, "/n1/proxy/portForward"+path) {
			t.Errorf("%s leads to %s", name, u)
		}
	}
}
