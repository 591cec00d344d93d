package control

import (
	"encoding/json"
	"fmt"
	"net/netip"
	"time"

	"culvert/tunnels"
)

// Duration is a length of time in JSON: a string as "10s", "1m30s" or "12.5ms", as
// [time.ParseDuration] reads it.
type Duration time.Duration

// MarshalText returns it as Go writes it.
func (d Duration) MarshalText() ([]byte, error) { return []byte(time.Duration(d).String()), nil }

// UnmarshalText reads what [time.ParseDuration] does.
func (d *Duration) UnmarshalText(b []byte) error {
	got, err := time.ParseDuration(string(b))
	*d = Duration(got)
	return err
}

func (d Duration) duration() time.Duration { return time.Duration(d) }

// utc and local are how a time crosses, and how it is here; the zero one stays zero.
func utc(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.UTC()
}

func local(t time.Time) time.Time {
	if t.IsZero() {
		return time.Time{}
	}
	return t.Local()
}

// Port is a port of a target in JSON: a number or, of a named one, a string.
type Port tunnels.Port

// MarshalJSON returns a number or a string.
func (p Port) MarshalJSON() ([]byte, error) {
	if p.Name != "" {
		return json.Marshal(p.Name)
	}
	return json.Marshal(p.Number)
}

// UnmarshalJSON reads a number or a string.
func (p *Port) UnmarshalJSON(b []byte) error {
	*p = Port{}
	if len(b) > 0 && b[0] == '"' {
		return json.Unmarshal(b, &p.Name)
	}
	return json.Unmarshal(b, &p.Number)
}

// Mapping is one pair of a local port and a port of the target.
type Mapping struct {
	// Local is from 1 to 65535; 0 asks for any free one, and -1 for the number that a
	// named remote port has.
	Local  int32 `json:"local"`
	Remote Port  `json:"remote"`
}

func mappingOf(m tunnels.Mapping) Mapping { return Mapping{int32(m.Local), Port(m.Remote)} }

func (m Mapping) tunnel() tunnels.Mapping {
	return tunnels.Mapping{Local: tunnels.LocalPort(m.Local), Remote: tunnels.Port(m.Remote)}
}

// Address is an IP address and a port.
type Address struct {
	Address string `json:"address,omitempty"` // as "127.0.0.1" or "::1"
	Port    uint16 `json:"port"`
}

func addressOf(a netip.AddrPort) Address {
	if !a.Addr().IsValid() {
		return Address{Port: a.Port()}
	}
	return Address{a.Addr().String(), a.Port()}
}

func (a Address) parse() (netip.AddrPort, error) {
	if a.Address == "" {
		return netip.AddrPortFrom(netip.Addr{}, a.Port), nil
	}
	ip, err := netip.ParseAddr(a.Address)
	if err != nil {
		return netip.AddrPort{}, err
	}
	return netip.AddrPortFrom(ip, a.Port), nil
}

// named is something that has a name in JSON and logs.
type named interface {
	~uint8
	fmt.Stringer
}

// byName returns the one of all that has a name.
func byName[T named](what, name string, all []T) (T, error) {
	for _, v := range all {
		if v.String() == name {
			return v, nil
		}
	}
	return 0, fmt.Errorf("%q is no %s", name, what)
}

// each converts a list; none stays none.
func each[A, B any](in []A, f func(A) B) []B {
	if in == nil {
		return nil
	}
	out := make([]B, len(in))
	for i, v := range in {
		out[i] = f(v)
	}
	return out
}

// tryEach converts a list of at least one element, and nil for none.
func tryEach[A, B any](in []A, f func(A) (B, error)) ([]B, error) {
	if len(in) == 0 {
		return nil, nil
	}
	out := make([]B, len(in))
	for i, v := range in {
		var err error
		if out[i], err = f(v); err != nil {
			return nil, err
		}
	}
	return out, nil
}
