package control

import (
	"net"
	"net/http"
	"sync/atomic"
)

// clients counts who is connected.
type clients struct {
	open atomic.Int64
	ever atomic.Uint64
}

// note is told of connections by the HTTP server.
func (c *clients) note(_ net.Conn, s http.ConnState) {
	switch s {
	case http.StateNew:
		c.ever.Add(1)
		c.open.Add(1)
	case http.StateClosed, http.StateHijacked:
		c.open.Add(-1)
	case http.StateActive, http.StateIdle:
	}
}

// Clients returns how many connections are open, and how many there ever were.
func (s *Server) Clients() (open int, ever uint64) {
	return int(s.clients.open.Load()), s.clients.ever.Load()
}
