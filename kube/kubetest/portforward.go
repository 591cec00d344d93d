package kubetest

import (
	"fmt"
	"net/http"
	"time"

	"k8s.io/cri-streaming/pkg/streaming/portforward"
	"k8s.io/streaming/pkg/httpstream"

	"culvert/kube/kubetest/orderly"
)

// The kubelet's own limits.
const (
	idleTimeout   = 4 * time.Hour
	streamTimeout = 30 * time.Second
)

// portForward is the API server's and the node's part of a port-forward: what
// the first refuses is a Status, what the second refuses is plain text.
func (s *Server) portForward(w http.ResponseWriter, r *http.Request, q request) *status {
	pod := s.pods.get(key{q.namespace, q.name})
	if pod == nil {
		return notFound("", pods, q.name)
	}
	if pod.describe().Unscheduled {
		return badRequest("pod %s does not have a host assigned", q.name)
	}
	raw, _ := r.Context().Value(connKey{}).(*conn)
	if !httpstream.IsUpgradeRequest(r) || raw == nil {
		return badRequest("Upgrade request required")
	}
	transport := TransportSPDY
	protocol, tunnelled := tunnelProtocol(r)
	if tunnelled {
		transport = TransportWebSocket
	}
	if st, done := s.failTransport(w, r, transport, raw, q); done {
		return st
	}
	if tunnelled {
		w, r = tunnelWriter{w, r}, spdyRequest(r, protocol)
	}
	return s.serveForward(w, r, raw, pod)
}

// serveForward is the node's part of a port-forward.
func (s *Server) serveForward(w http.ResponseWriter, r *http.Request, raw *conn, pod *runningPod) *status {
	if !s.waitUpgrade(raw) {
		return nil
	}
	if !pod.describe().hasSandbox() {
		http.Error(w, fmt.Sprintf("pod not found (%q)", pod.name+"_"+pod.namespace), http.StatusInternalServerError)
		return nil
	}
	options, err := portforward.NewV4Options(r)
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return nil
	}
	raw.session.Store(true)
	n := &node{server: s, pod: pod, passFIN: s.opts.PassFIN, session: raw.dead}
	s.library.run(func() {
		portforward.ServePortForward(orderly.Writer(w), r, n, pod.sandbox, "", options, idleTimeout, streamTimeout, portforward.SupportedProtocols)
	})
	return nil
}

// waitUpgrade blocks while HangUpgrades is on; it returns false when the client
// has gone or the server ends.
func (s *Server) waitUpgrade(raw *conn) bool {
	s.mu.Lock()
	hang := s.hang
	s.mu.Unlock()
	if hang == nil {
		return true
	}
	select {
	case <-hang:
		return true
	case <-raw.dead:
	case <-s.closing.Done():
	}
	return false
}
