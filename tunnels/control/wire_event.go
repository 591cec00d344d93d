package control

import (
	"fmt"
	"time"

	"culvert/tunnels"
)

// Event is a [tunnels.Event]: one thing that happened to a tunnel. Fields that do not
// belong to its kind are left out.
type Event struct {
	Time      time.Time `json:"time,omitzero"`
	Tunnel    string    `json:"tunnel,omitempty"` // its ID
	Kind      string    `json:"event"`            // as "state" or "connection-failed"
	State     string    `json:"state"`            // after the event
	Reason    string    `json:"reason,omitempty"`
	Mapping   *Mapping  `json:"mapping,omitempty"`
	Addr      *Address  `json:"address,omitempty"`
	Pod       string    `json:"pod,omitempty"`
	Took      Duration  `json:"took,omitzero"`
	Warning   string    `json:"warning,omitempty"` // a whole sentence
	Err       *Error    `json:"error,omitempty"`
	Times     int       `json:"times,omitempty"` // how often it happened in a row; only in a timeline
	Transport string    `json:"transport,omitempty"`
	Numbers   []Number  `json:"numbers,omitempty"`
	In        uint64    `json:"in,omitempty"`
	Out       uint64    `json:"out,omitempty"`
}

// EventOf returns an event in its form for JSON.
func EventOf(e tunnels.Event) Event {
	out := Event{
		Time: utc(e.Time), Tunnel: string(e.Tunnel), Kind: kindName(e.Kind), State: e.State.String(), Reason: e.Reason,
		Pod: e.Pod, Took: Duration(e.Took), Warning: e.Warning, Err: ErrorOf(e.Err), Times: e.Times,
		Transport: e.Transport, Numbers: numbersOf(e.Numbers), In: e.In, Out: e.Out,
	}
	if e.Mapping != (tunnels.Mapping{}) {
		m := mappingOf(e.Mapping)
		out.Mapping = &m
	}
	if e.Addr.IsValid() || e.Addr.Port() != 0 {
		a := addressOf(e.Addr)
		out.Addr = &a
	}
	return out
}

// Parse returns the event. The error means that it is of a later version, or none.
func (e Event) Parse() (tunnels.Event, error) {
	kind, err := kindOf(e.Kind)
	if err != nil {
		return tunnels.Event{}, err
	}
	state, err := byName("state of a tunnel", e.State, tunnels.States[:])
	if err != nil {
		return tunnels.Event{}, err
	}
	out := tunnels.Event{
		Time: local(e.Time), Tunnel: tunnels.ID(e.Tunnel), Kind: kind, State: state, Reason: e.Reason,
		Pod: e.Pod, Took: time.Duration(e.Took), Warning: e.Warning, Err: e.Err.Parse(), Times: e.Times,
		Transport: e.Transport, Numbers: parseNumbers(e.Numbers), In: e.In, Out: e.Out,
	}
	if e.Mapping != nil {
		out.Mapping = e.Mapping.tunnel()
	}
	if e.Addr != nil {
		out.Addr, err = e.Addr.parse()
	}
	return out, err
}

// kindName is the kind of an event in JSON. The names are for ever.
func kindName(k tunnels.EventKind) string {
	switch k {
	case tunnels.EventState:
		return "state"
	case tunnels.EventBound:
		return "bound"
	case tunnels.EventUnbound:
		return "unbound"
	case tunnels.EventConn:
		return "connection"
	case tunnels.EventFailed:
		return "connection-failed"
	case tunnels.EventSession:
		return "session"
	case tunnels.EventLost:
		return "session-lost"
	case tunnels.EventWarning:
		return "warning"
	case tunnels.EventCrash:
		return "crash"
	}
	return "unknown"
}

// kindOf is the reverse of kindName.
func kindOf(name string) (tunnels.EventKind, error) {
	for k := tunnels.EventState; k <= tunnels.EventCrash; k++ {
		if kindName(k) == name {
			return k, nil
		}
	}
	return 0, fmt.Errorf("%q is no kind of an event", name)
}
