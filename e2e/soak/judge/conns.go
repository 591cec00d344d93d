package judge

import (
	"fmt"
	"time"
)

// Conn is a connection of the traffic that is over.
type Conn struct {
	Tunnel string
	What   string // as "download"
	Opened time.Time
	Ended  time.Time
	Bytes  int64  // verified, both ways
	Err    error  // why it failed; nil when all is as it should be
	Wrong  string // what a fault never explains, as a wrong byte; empty if there is nothing
}

// Conn judges a connection.
func (j *Judge) Conn(c Conn) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.figures.Connections++
	j.figures.Bytes += c.Bytes
	switch {
	case c.Wrong != "":
		j.violateLocked(Violation{c.Ended, Bytes, c.Tunnel, fmt.Sprintf("the %s of %s: %s", c.What, clock(c.Opened), c.Wrong)})
	case c.Err != nil:
		j.open = append(j.open, doubt{
			Violation: Violation{c.Ended, Connection, c.Tunnel, fmt.Sprintf("the %s of %s has failed after %d bytes: %v", c.What, clock(c.Opened), c.Bytes, c.Err)},
			from:      c.Opened, to: c.Ended,
		})
	}
}

// Refused notes that an address did not take a connection.
func (j *Judge) Refused(tunnel, addr string, at time.Time) {
	j.Violate(Violation{at, Listener, tunnel, addr + " has refused a connection"})
}

// Listening compares the listening sockets, address by address, with those of the first
// call. What has come since is left alone.
func (j *Judge) Listening(sockets map[string]uint64, at time.Time) {
	j.mu.Lock()
	defer j.mu.Unlock()
	if j.sockets == nil {
		j.sockets = sockets
		return
	}
	for addr, inode := range j.sockets {
		now, ok := sockets[addr]
		if ok && now == inode || j.closed[addr] {
			continue
		}
		j.closed[addr] = true
		text := addr + " is not listened on any more"
		if ok {
			text = fmt.Sprintf("%s was closed and opened anew: the socket was %d and is %d", addr, inode, now)
		}
		j.violateLocked(Violation{at, Listener, "", text})
	}
}
