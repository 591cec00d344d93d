package kubetest

import (
	"net/http"
	"strings"
)

// NodeRoute is where the API server has its proxy to nodes.
type NodeRoute uint8

// The node routes.
const (
	NodeRouteAPI     NodeRoute = iota // /api/v1/nodes/NODE/proxy, as today
	NodeRouteNodes                    // /proxy/nodes/NODE, as before Kubernetes 1.10
	NodeRouteMinions                  // /proxy/minions/NODE, as in the beginning
)

// forwarded is the pod that a request to a node's port-forward names.
type forwarded struct {
	key
	uid string // empty when any pod of the name will do
}

// parseNodePath reads the paths of port-forwards by way of a node.
func parseNodePath(path string, route NodeRoute) (q request, ok bool) {
	q = request{resource: "nodes", subresource: "proxy"}
	prefix := map[NodeRoute]string{
		NodeRouteAPI: "/api/v1/nodes/", NodeRouteNodes: "/proxy/nodes/", NodeRouteMinions: "/proxy/minions/",
	}[route]
	rest, ok := strings.CutPrefix(path, prefix)
	if !ok {
		return q, false
	}
	parts := strings.Split(rest, "/")
	q.name, parts = parts[0], parts[1:]
	if route == NodeRouteAPI {
		if len(parts) == 0 || parts[0] != "proxy" {
			return q, false
		}
		parts = parts[1:]
	}
	if len(parts) < 3 || len(parts) > 4 || parts[0] != "portForward" {
		return q, false
	}
	q.pod.key = key{parts[1], parts[2]}
	if len(parts) > 3 {
		q.pod.uid = parts[3]
	}
	return q, true
}

// forwardByNode is the API server's proxy to a node, and the node's part of a
// port-forward.
func (s *Server) forwardByNode(w http.ResponseWriter, r *http.Request, q request) *status {
	raw, _ := r.Context().Value(connKey{}).(*conn)
	if raw == nil {
		return badRequest("Upgrade request required")
	}
	if !s.hasNode(q.name) {
		return notFound("", "nodes", q.name)
	}
	if st, done := s.failTransport(w, r, TransportNode, raw, q); done {
		return st
	}
	pod := s.pods.get(q.pod.key)
	switch {
	case pod == nil || pod.describe().Node != q.name:
		http.Error(w, "pod does not exist", http.StatusNotFound)
	case q.pod.uid != "" && q.pod.uid != pod.uid:
		http.Error(w, "pod not found", http.StatusNotFound)
	default:
		return s.serveForward(w, r, raw, pod)
	}
	return nil
}

// hasNode tells whether there is such a node: each that a pod is on, and node-1.
func (s *Server) hasNode(name string) bool {
	if name == defaultNode {
		return true
	}
	for _, pod := range s.pods.list() {
		if pod.describe().Node == name {
			return true
		}
	}
	return false
}
