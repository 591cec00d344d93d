package control

import (
	"cmp"
	"fmt"
	"slices"
	"time"

	"culvert/tunnels"
)

// Status is a [tunnels.Status]: a tunnel as it was at one moment.
type Status struct {
	Spec   Spec   `json:"spec"`
	Title  string `json:"title"`            // the spec's name, or its target's
	State  string `json:"state"`            // as "ready", see [tunnels.State]
	Reason string `json:"reason,omitempty"` // a short phrase for the state
	Err    *Error `json:"error,omitempty"`  // the trouble behind the state

	Bound    []Bound   `json:"bound"` // what it really listens on
	Unbound  []Unbound `json:"unbound,omitempty"`
	Instead  []Instead `json:"instead,omitempty"`
	Warnings []string  `json:"warnings,omitempty"`
	PortErrs []PortErr `json:"portErrors,omitempty"`
	Declared []uint16  `json:"declared,omitempty"`
	Numbers  []Number  `json:"numbers,omitempty"`

	Pod       string    `json:"pod,omitempty"`
	Pods      []string  `json:"pods,omitempty"`
	PodsReady int       `json:"podsReady"`
	PodsAll   int       `json:"podsAll"`
	Transport string    `json:"transport,omitempty"`
	Latency   Duration  `json:"latency,omitzero"`
	Since     time.Time `json:"since,omitzero"`
	DialTime  Duration  `json:"dialTime,omitzero"`
	Sessions  int       `json:"sessions"`
	RetryAt   time.Time `json:"retryAt,omitzero"`
	Ended     Duration  `json:"ended,omitzero"`
	StopAt    time.Time `json:"stopAt,omitzero"`

	Conns      int    `json:"connections"`
	Held       int    `json:"held"`
	Opened     uint64 `json:"opened"`
	Failed     uint64 `json:"failed"`
	Reconnects int    `json:"reconnects"`
	In         uint64 `json:"in"`
	Out        uint64 `json:"out"`
	RateIn     uint64 `json:"rateIn"`
	RateOut    uint64 `json:"rateOut"`
}

// Bound is one address that a tunnel really listens on.
type Bound struct {
	Address
	Mapping Mapping `json:"mapping"`
}

// Unbound is one address that a tunnel wants to listen on and cannot for now.
type Unbound struct {
	Address         // port 0 when any free one would do
	Mapping Mapping `json:"mapping"`
	Err     *Error  `json:"error,omitempty"`
}

// PortErr is what is wrong with a remote port.
type PortErr struct {
	Remote Port   `json:"remote"`
	Err    *Error `json:"error"`
}

// Number is the number that a remote port has in the pod.
type Number struct {
	Remote Port   `json:"remote"`
	Number uint16 `json:"number"`
}

// StatusOf returns a status in its form for JSON.
func StatusOf(st tunnels.Status) Status {
	out := Status{
		Spec: SpecOf(st.Spec), Title: st.Spec.Title(), State: st.State.String(), Reason: st.Reason, Err: ErrorOf(st.Err),
		Bound: each(st.Bound, boundOf), Unbound: each(st.Unbound, unboundOf), Instead: insteadOf(st.Instead),
		Warnings: st.Warnings, PortErrs: portErrsOf(st.PortErrs), Declared: st.Declared, Numbers: numbersOf(st.Numbers),
		Pod: st.Pod, Pods: st.Pods, PodsReady: st.PodsReady, PodsAll: st.PodsAll, Transport: st.Transport,
		Latency: Duration(st.Latency), Since: utc(st.Since), DialTime: Duration(st.DialTime), Sessions: st.Sessions,
		RetryAt: utc(st.RetryAt), Ended: Duration(st.Ended), StopAt: utc(st.StopAt),
		Conns: st.Conns, Held: st.Held, Opened: st.Opened, Failed: st.Failed, Reconnects: st.Reconnects,
		In: st.In, Out: st.Out, RateIn: st.RateIn, RateOut: st.RateOut,
	}
	if out.Bound == nil {
		out.Bound = []Bound{}
	}
	return out
}

// Parse returns the status. The error means that it is of a later version, or none.
func (s Status) Parse() (tunnels.Status, error) {
	state, err := byName("state of a tunnel", s.State, tunnels.States[:])
	if err != nil {
		return tunnels.Status{}, err
	}
	bound, err := tryEach(s.Bound, Bound.parse)
	if err != nil {
		return tunnels.Status{}, fmt.Errorf("bound: %w", err)
	}
	unbound, err := tryEach(s.Unbound, Unbound.parse)
	if err != nil {
		return tunnels.Status{}, fmt.Errorf("unbound: %w", err)
	}
	return tunnels.Status{
		Spec: s.Spec.Parse(), State: state, Reason: s.Reason, Err: s.Err.Parse(),
		Bound: bound, Unbound: unbound, Instead: parseInstead(s.Instead),
		Warnings: some(s.Warnings), PortErrs: parsePortErrs(s.PortErrs), Declared: some(s.Declared), Numbers: parseNumbers(s.Numbers),
		Pod: s.Pod, Pods: some(s.Pods), PodsReady: s.PodsReady, PodsAll: s.PodsAll, Transport: s.Transport,
		Latency: time.Duration(s.Latency), Since: local(s.Since), DialTime: time.Duration(s.DialTime), Sessions: s.Sessions,
		RetryAt: local(s.RetryAt), Ended: time.Duration(s.Ended), StopAt: local(s.StopAt),
		Conns: s.Conns, Held: s.Held, Opened: s.Opened, Failed: s.Failed, Reconnects: s.Reconnects,
		In: s.In, Out: s.Out, RateIn: s.RateIn, RateOut: s.RateOut,
	}, nil
}

func boundOf(b tunnels.Bound) Bound { return Bound{addressOf(b.Addr), mappingOf(b.Mapping)} }

func (b Bound) parse() (tunnels.Bound, error) {
	addr, err := b.Address.parse()
	return tunnels.Bound{Mapping: b.Mapping.tunnel(), Addr: addr}, err
}

func unboundOf(u tunnels.Unbound) Unbound {
	return Unbound{addressOf(u.Addr), mappingOf(u.Mapping), ErrorOf(u.Err)}
}

func (u Unbound) parse() (tunnels.Unbound, error) {
	addr, err := u.Address.parse()
	return tunnels.Unbound{Mapping: u.Mapping.tunnel(), Addr: addr, Err: u.Err.Parse()}, err
}

func insteadOf(m map[tunnels.Mapping]uint16) []Instead {
	var out []Instead
	for mp, port := range m {
		out = append(out, Instead{mappingOf(mp), port})
	}
	slices.SortFunc(out, func(a, b Instead) int {
		return cmp.Or(cmp.Compare(a.Local, b.Local), comparePorts(a.Remote, b.Remote))
	})
	return out
}

func parseInstead(list []Instead) map[tunnels.Mapping]uint16 {
	if len(list) == 0 {
		return nil
	}
	out := make(map[tunnels.Mapping]uint16, len(list))
	for _, i := range list {
		out[i.tunnel()] = i.Port
	}
	return out
}

func numbersOf(m map[tunnels.Port]uint16) []Number {
	var out []Number
	for p, n := range m {
		out = append(out, Number{Port(p), n})
	}
	slices.SortFunc(out, func(a, b Number) int { return comparePorts(a.Remote, b.Remote) })
	return out
}

func parseNumbers(list []Number) map[tunnels.Port]uint16 {
	if len(list) == 0 {
		return nil
	}
	out := make(map[tunnels.Port]uint16, len(list))
	for _, n := range list {
		out[tunnels.Port(n.Remote)] = n.Number
	}
	return out
}

func portErrsOf(m map[tunnels.Port]*tunnels.Error) []PortErr {
	var out []PortErr
	for p, e := range m {
		out = append(out, PortErr{Port(p), ErrorOf(e)})
	}
	slices.SortFunc(out, func(a, b PortErr) int { return comparePorts(a.Remote, b.Remote) })
	return out
}

func parsePortErrs(list []PortErr) map[tunnels.Port]*tunnels.Error {
	if len(list) == 0 {
		return nil
	}
	out := make(map[tunnels.Port]*tunnels.Error, len(list))
	for _, p := range list {
		out[tunnels.Port(p.Remote)] = p.Err.Parse()
	}
	return out
}

func comparePorts(a, b Port) int {
	return cmp.Or(cmp.Compare(a.Number, b.Number), cmp.Compare(a.Name, b.Name))
}
