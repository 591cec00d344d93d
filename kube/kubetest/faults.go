package kubetest

import (
	"net/http"
	"slices"
	"time"
)

// PortFault is what is wrong with a pod's port.
type PortFault uint8

// The faults of a port. They concern connections that come later.
const (
	PortServes  PortFault = iota // nothing is wrong
	PortRefuses                  // as if nothing listened there
	PortResets                   // accepts and resets at once
	PortStalls                   // accepts, and never reads or writes
)

type portKey struct {
	key
	port uint16
}

// SetPort makes a pod's port fail, or serve again. The pod need not exist yet,
// and the setting outlives it.
func (s *Server) SetPort(namespace, pod string, port uint16, f PortFault) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ports[portKey{key{namespace, pod}, port}] = f
}

func (s *Server) portFault(k key, port uint16) PortFault {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.ports[portKey{k, port}]
}

// Answer is a failure that the API server gives instead of doing what was
// asked.
type Answer struct {
	Verb     string // as in Rule; empty means every one
	Resource string // as in Rule; empty means every one
	Code     int    // as http.StatusServiceUnavailable
	Message  string // empty means the code's usual one
	// RetryAfter is sent when it is set, in whole seconds, rounded up.
	RetryAfter time.Duration
	// Times is how many requests get the answer; 0 means all until ClearAnswers.
	Times int
}

// SetAnswer adds a failure. The first one that matches a request answers it.
func (s *Server) SetAnswer(a Answer) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = append(s.answers, &a)
}

// ClearAnswers takes all failures of SetAnswer back.
func (s *Server) ClearAnswers() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.answers = nil
}

func (s *Server) answerFor(verb string, q request) *Answer {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i, a := range s.answers {
		if (a.Verb != "" && a.Verb != verb) || (a.Resource != "" && a.Resource != q.fullResource()) {
			continue
		}
		if a.Times > 0 {
			if a.Times--; a.Times == 0 {
				s.answers = slices.Delete(s.answers, i, i+1)
			}
		}
		return a
	}
	return nil
}

func (a *Answer) status() *status {
	reason, message := "InternalError", "Internal error occurred: the server is out of order"
	switch a.Code {
	case http.StatusUnauthorized:
		reason, message = "Unauthorized", "Unauthorized"
	case http.StatusForbidden:
		reason, message = "Forbidden", "forbidden: the server refuses"
	case http.StatusNotFound:
		reason, message = "NotFound", "the server could not find the requested resource"
	case http.StatusTooManyRequests:
		reason, message = "TooManyRequests", "the server has received too many requests and has asked us to try again later"
	case http.StatusServiceUnavailable:
		reason, message = "ServiceUnavailable", "the server is currently unable to handle the request"
	case http.StatusGatewayTimeout:
		reason, message = "Timeout", "Timeout: request did not complete within the allotted timeout"
	}
	return newStatus(a.Code, reason, defaultTo(a.Message, message)).retryAfter(a.RetryAfter)
}

// HangUpgrades makes the server leave port-forward requests without an answer,
// or answer those that wait and all later ones.
func (s *Server) HangUpgrades(hang bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if hang == (s.hang != nil) {
		return
	}
	if hang {
		s.hang = make(chan struct{})
		return
	}
	close(s.hang)
	s.hang = nil
}

// Freeze makes the server silent, as a network that loses every packet: nothing
// is read, written or answered on old and new connections until Thaw.
func (s *Server) Freeze() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.frozen == nil {
		s.frozen = make(chan struct{})
	}
}

// Thaw ends Freeze; what waited goes on.
func (s *Server) Thaw() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.frozen != nil {
		close(s.frozen)
		s.frozen = nil
	}
}

// DropSessions resets the connections of all port-forward sessions and returns
// how many there were.
func (s *Server) DropSessions() int {
	return s.cut(func(c *conn) bool { return c.session.Load() })
}

// Sessions returns how many port-forward sessions are open.
func (s *Server) Sessions() int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for c := range s.conns {
		if c.session.Load() {
			n++
		}
	}
	return n
}

// EndWatches ends all watches in order, as a real API server does from time to
// time.
func (s *Server) EndWatches() {
	s.mu.Lock()
	defer s.mu.Unlock()
	close(s.watches)
	s.watches = make(chan struct{})
}

func (s *Server) watchesEnded() <-chan struct{} {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.watches
}

// Compact forgets all changes so far: watches and pages that go on from an
// older resource version get 410 Gone.
func (s *Server) Compact() { s.store.compact() }

// Requests returns how many requests with the verb came for the resource, both
// as in Rule, whatever the answer was.
func (s *Server) Requests(verb, resource string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.requests[verb+" "+resource]
}

func (s *Server) count(verb string, q request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.requests[verb+" "+q.fullResource()]++
}
