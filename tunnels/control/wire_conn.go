package control

import (
	"time"

	"culvert/tunnels"
)

// Conn is a [tunnels.Conn]: one client's connection through a tunnel.
type Conn struct {
	ID        uint64    `json:"id"`
	State     string    `json:"state"` // "held", "open", "ending" or "ended"
	Client    Address   `json:"client"`
	Mapping   Mapping   `json:"mapping"`
	Pod       string    `json:"pod,omitempty"`
	Transport string    `json:"transport,omitempty"`
	Since     time.Time `json:"since,omitzero"`
	Ended     time.Time `json:"ended,omitzero"`
	In        uint64    `json:"in"`
	Out       uint64    `json:"out"`
	RateIn    uint64    `json:"rateIn"`
	RateOut   uint64    `json:"rateOut"`
	Err       *Error    `json:"error,omitempty"`
}

// ConnOf returns a connection in its form for JSON.
func ConnOf(c tunnels.Conn) Conn {
	return Conn{
		ID: c.ID, State: c.State.String(), Client: addressOf(c.Client), Mapping: mappingOf(c.Mapping),
		Pod: c.Pod, Transport: c.Transport, Since: utc(c.Since), Ended: utc(c.Ended),
		In: c.In, Out: c.Out, RateIn: c.RateIn, RateOut: c.RateOut, Err: ErrorOf(c.Err),
	}
}

// Parse returns the connection. The error means that it is of a later version, or
// none.
func (c Conn) Parse() (tunnels.Conn, error) {
	all := []tunnels.ConnState{tunnels.ConnHeld, tunnels.ConnOpen, tunnels.ConnEnding, tunnels.ConnEnded}
	state, err := byName("state of a connection", c.State, all)
	if err != nil {
		return tunnels.Conn{}, err
	}
	client, err := c.Client.parse()
	return tunnels.Conn{
		ID: c.ID, State: state, Client: client, Mapping: c.Mapping.tunnel(),
		Pod: c.Pod, Transport: c.Transport, Since: local(c.Since), Ended: local(c.Ended),
		In: c.In, Out: c.Out, RateIn: c.RateIn, RateOut: c.RateOut, Err: c.Err.Parse(),
	}, err
}

// PortTest is a [tunnels.PortTest]: what came of trying one mapping.
type PortTest struct {
	Mapping Mapping  `json:"mapping"`
	Pod     string   `json:"pod,omitempty"`
	Took    Duration `json:"took"`
	Err     *Error   `json:"error,omitempty"` // why the port does not answer
}

// PortTestOf returns the result of a test in its form for JSON.
func PortTestOf(p tunnels.PortTest) PortTest {
	return PortTest{Mapping: mappingOf(p.Mapping), Pod: p.Pod, Took: Duration(p.Took), Err: ErrorOf(p.Err)}
}

// Parse returns the result of a test.
func (p PortTest) Parse() tunnels.PortTest {
	return tunnels.PortTest{Mapping: p.Mapping.tunnel(), Pod: p.Pod, Took: time.Duration(p.Took), Err: p.Err.Parse()}
}
