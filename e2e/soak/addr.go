package soak

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"syscall"
	"time"

	"culvert/tunnels/control"
)

// door is a local address of a tunnel.
type door struct {
	tunnel string
	addr   string
}

// doors are all local addresses, by tunnel and name of the port.
type doors map[string]map[string][]door

// doorsOf finds the local addresses of tunnels that are bound.
func doorsOf(all []plan, shown []control.Status) (doors, error) {
	byName := make(map[string]control.Status, len(shown))
	for _, t := range shown {
		byName[t.Title] = t
	}
	out := make(doors, len(all))
	for _, p := range all {
		t, ok := byName[p.name]
		if !ok {
			return nil, fmt.Errorf("tunnel %s is not shown", p.name)
		}
		out[p.name] = make(map[string][]door)
		for _, b := range t.Bound {
			name := remoteName(b.Mapping.Remote)
			at := net.JoinHostPort(b.Address.Address, strconv.Itoa(int(b.Port)))
			out[p.name][name] = append(out[p.name][name], door{p.name, at})
		}
		for _, name := range p.carries {
			if want := p.families(); len(out[p.name][name]) != want {
				return nil, fmt.Errorf("tunnel %s listens at %d addresses for %s, want %d: %+v", p.name, len(out[p.name][name]), name, want, t.Unbound)
			}
		}
	}
	return out, nil
}

// remoteName is the name of a port that a mapping leads to, of a pod or a service.
func remoteName(p control.Port) string {
	for _, known := range ports() {
		if p.Name == known.name || p.Number == known.number || p.Number == known.number-9000 {
			return known.name
		}
	}
	return p.Name
}

// families is at how many addresses each of the plan's ports is.
func (p plan) families() int {
	n := len(p.addresses)
	for _, a := range p.addresses {
		if a == "localhost" {
			n++
		}
	}
	return n
}

// dial connects on the client's machine. Everything on the connection ends at the
// deadline. A refusal is told to the judge.
func (r *run) dial(ctx context.Context, d door, deadline time.Time) (*net.TCPConn, error) {
	ctx, cancel := context.WithDeadline(ctx, deadline)
	defer cancel()
	conn, err := r.connect(ctx, "tcp", d.addr)
	if errors.Is(err, syscall.ECONNREFUSED) {
		r.judge.Refused(d.tunnel, d.addr, time.Now())
	}
	if err != nil {
		return nil, err
	}
	if err := conn.SetDeadline(deadline); err != nil {
		conn.Close()
		return nil, err
	}
	return conn.(*net.TCPConn), nil
}
