package kubetest

import (
	"fmt"
	"net/http"
)

// Transport is a way to ask for a port-forward.
type Transport uint8

// The transports.
const (
	TransportSPDY Transport = iota
	TransportWebSocket
	TransportNode // SPDY by way of the pod's node
)

// TransportFault is what becomes of port-forward requests over a transport.
type TransportFault uint8

// The faults of a transport. They concern requests that come later.
const (
	TransportServes  TransportFault = iota // nothing is wrong
	TransportRefused                       // 400 as by an older server or a proxy that knows no upgrades; by way of the node 405
	TransportDenied                        // 403, whoever asks
	TransportWrong                         // 101, but another protocol
	TransportSilent                        // no answer until something else is set
)

// SetTransport makes a transport fail, or serve again.
func (s *Server) SetTransport(t Transport, f TransportFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.transports[t] = f
	close(s.transportSet)
	s.transportSet = make(chan struct{})
}

// transport returns a transport's fault once it is not silent; ok is false when
// the client or the server has ended before.
func (s *Server) transport(t Transport, raw *conn) (f TransportFault, ok bool) {
	for {
		s.mu.Lock()
		f, changed := s.transports[t], s.transportSet
		s.mu.Unlock()
		if f != TransportSilent {
			return f, true
		}
		select {
		case <-changed:
		case <-raw.dead:
			return f, false
		case <-s.closing.Done():
			return f, false
		}
	}
}

// failTransport answers a request whose transport has a fault; done is false when
// it has none.
func (s *Server) failTransport(w http.ResponseWriter, r *http.Request, t Transport, raw *conn, q request) (st *status, done bool) {
	f, ok := s.transport(t, raw)
	if !ok {
		return nil, true
	}
	switch f {
	case TransportRefused:
		return refuse(w, t), true
	case TransportDenied:
		message := fmt.Sprintf("%s %q is forbidden: User %q cannot %s resource %q in API group %q", q.resource, q.name, "somebody", q.verb(r), q.fullResource(), "")
		return newStatus(http.StatusForbidden, "Forbidden", message).about("", q.resource, q.name), true
	case TransportWrong:
		switchWrongly(w, t)
		return nil, true
	case TransportServes, TransportSilent:
	}
	return nil, false
}

func refuse(w http.ResponseWriter, t Transport) *status {
	switch t {
	case TransportWebSocket: // the node of before Kubernetes 1.30 takes it for another protocol
		http.Error(w, `query parameter "port" is required`, http.StatusBadRequest)
		return nil
	case TransportNode:
		http.Error(w, "Debug endpoints are disabled.", http.StatusMethodNotAllowed)
		return nil
	case TransportSPDY:
	}
	return badRequest("Upgrade request required")
}

// switchWrongly upgrades to what nobody asked for, and ends.
func switchWrongly(w http.ResponseWriter, t Transport) {
	h, ok := w.(http.Hijacker)
	if !ok {
		return
	}
	conn, _, err := h.Hijack()
	if err != nil {
		return
	}
	defer func() { _ = conn.Close() }() // the client may have gone
	upgrade := "SPDY/3.1\r\nX-Stream-Protocol-Version: v4.channel.k8s.io"
	if t == TransportWebSocket {
		upgrade = "websocket\r\nSec-WebSocket-Protocol: v4.channel.k8s.io"
	}
	_, _ = fmt.Fprintf(conn, "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: %s\r\n\r\n", upgrade) // likewise
}
