package main

import (
	"encoding/json"
	"net/netip"
	"strconv"
	"strings"
)

// event is a line of `culvert forward -o json`, as far as it matters here.
type event struct {
	Event, State string
	Bound        []struct {
		Address      string
		Port, Remote uint16
	}
}

// understand reads a line of a forwarder's standard output: the local ports that
// it tells, by the pod's, and what it complains of.
func (p peer) understand(line string) (ports map[uint16]uint16, complaint string) {
	if p == kubectl {
		return forwarding(line), ""
	}
	var e event
	if err := json.Unmarshal([]byte(line), &e); err != nil {
		return nil, line
	}
	switch {
	case e.Event == "connection-failed", e.Event == "session-lost", e.Event == "warning", e.Event == "unbound":
		return nil, line
	case e.Event != "state" || e.State == "starting":
		return nil, ""
	case e.State != "ready":
		return nil, line
	}
	ports = make(map[uint16]uint16)
	for _, b := range e.Bound {
		if b.Address == "127.0.0.1" {
			ports[b.Remote] = b.Port
		}
	}
	return ports, ""
}

// forwarding reads kubectl's "Forwarding from 127.0.0.1:1234 -> 80".
func forwarding(line string) map[uint16]uint16 {
	rest, ok := strings.CutPrefix(line, "Forwarding from ")
	if !ok {
		return nil
	}
	local, remote, _ := strings.Cut(rest, " -> ")
	addr, err := netip.ParseAddrPort(local)
	port, perr := strconv.ParseUint(remote, 10, 16)
	if err != nil || perr != nil || !addr.Addr().Is4() {
		return nil
	}
	return map[uint16]uint16{uint16(port): addr.Port()}
}
