package tunnels

import (
	"fmt"
	"strconv"
	"strings"
)

// Port is a port of a target: a number from 1 to 65535, or a name that each pod
// or the service says the number of. Of a service both are the service's own.
type Port struct {
	Number uint16 // 0 when Name is set
	Name   string
}

// ParsePort reads a number from 1 to 65535 or a port's name.
func ParsePort(s string) (Port, error) { return parseRemote(s, s) }

// String returns the number in digits, or the name.
func (p Port) String() string {
	if p.Name != "" {
		return p.Name
	}
	return strconv.Itoa(int(p.Number))
}

func (p Port) validate() error {
	switch {
	case p.Name != "" && p.Number != 0:
		return invalid("remote port", "it has the number %d and the name %q: give one of them", p.Number, p.Name)
	case p.Name != "":
		return validatePortName(p.Name)
	case p.Number == 0:
		return invalid("remote port", "0 is not a port of a pod: give one from 1 to 65535")
	}
	return nil
}

// validatePortName takes what can be the name of a port of a service, which is
// a DNS label; those of pods are shorter.
func validatePortName(s string) error {
	const most = 63
	letter := false
	for _, r := range s {
		switch {
		case r >= 'a' && r <= 'z':
			letter = true
		case r >= '0' && r <= '9', r == '-':
		default:
			return invalid("remote port", "%q is neither a number nor a port's name: give a number from 1 to 65535, or a name as the pod or service declares it", s)
		}
	}
	switch {
	case !letter || s[0] == '-' || s[len(s)-1] == '-':
		return invalid("remote port", "%q is neither a number nor a port's name: give a number from 1 to 65535, or a name as the pod or service declares it", s)
	case len(s) > most:
		return invalid("remote port", "a port's name has at most %d characters, %q has %d", most, s, len(s))
	}
	return nil
}

// LocalPort is the local side of a mapping: a fixed port from 1 to 65535, or one
// of the constants below.
type LocalPort int32

const (
	// AnyPort asks for a free port, chosen when the tunnel is first started and
	// kept from then on while it is free.
	AnyPort LocalPort = 0
	// SamePort asks for the number that a named remote port has: of a service the
	// service's own, of others the pod's. It is known once the target has been
	// found, and kept from then on.
	SamePort LocalPort = -1
)

// Fixed returns the number of a port that is known before anything is bound, or
// 0.
func (l LocalPort) Fixed() uint16 {
	if l <= 0 {
		return 0
	}
	return uint16(l)
}

// Mapping is one pair of a local port and a port of the target.
type Mapping struct {
	Local  LocalPort
	Remote Port
}

// ParseMapping reads the forms of `oc port-forward`: "5000" (the same port on
// both sides), "6000:5000", and ":5000" or "0:5000" (any free local port). The
// remote port may be a name; "http" alone then means the number behind it on
// both sides, see [SamePort].
func ParseMapping(s string) (Mapping, error) {
	local, remote, pair := strings.Cut(s, ":")
	if !pair {
		remote = s
	}
	if strings.Contains(remote, ":") {
		return Mapping{}, invalid("mapping", "%q has more than one colon: write LOCAL:REMOTE, as 6000:5000", s)
	}
	r, err := parseRemote(remote, s)
	if err != nil {
		return Mapping{}, err
	}
	m := Mapping{Remote: r}
	switch {
	case !pair && r.Name != "":
		m.Local = SamePort
	case !pair:
		m.Local = LocalPort(r.Number)
	case local != "":
		l, err := parseNumber("local port", local, s)
		if err != nil {
			return Mapping{}, err
		}
		m.Local = LocalPort(l)
	}
	return m, nil
}

func parseRemote(s, whole string) (Port, error) {
	if strings.Trim(s, "0123456789") != "" {
		if err := validatePortName(s); err != nil {
			return Port{}, err
		}
		return Port{Name: s}, nil
	}
	n, err := parseNumber("remote port", s, whole)
	if err != nil {
		return Port{}, err
	}
	if n == 0 {
		return Port{}, invalid("remote port", "0 in %q is not a port of a pod: give one from 1 to 65535", whole)
	}
	return Port{Number: n}, nil
}

func parseNumber(field, s, whole string) (uint16, error) {
	if s == "" {
		return 0, invalid(field, "%q has no %s: write LOCAL:REMOTE, as 6000:5000", whole, field)
	}
	for _, r := range s {
		if r < '0' || r > '9' {
			return 0, invalid(field, "%q is not a number: give one from 1 to 65535", s)
		}
	}
	n, err := strconv.ParseUint(s, 10, 16)
	if err != nil {
		return 0, invalid(field, "%s is too large: give one from 1 to 65535", s)
	}
	return uint16(n), nil
}

// ParseMappings reads one or more mappings and refuses two that want the same
// local port.
func ParseMappings(args []string) ([]Mapping, error) {
	if len(args) == 0 {
		return nil, errNoMapping()
	}
	ms := make([]Mapping, 0, len(args))
	for _, a := range args {
		m, err := ParseMapping(a)
		if err != nil {
			return nil, err
		}
		ms = append(ms, m)
	}
	return ms, validateMappings(ms)
}

func errNoMapping() error {
	return invalid("mapping", "no port is given: write at least one [LOCAL:]REMOTE, as 6000:5000")
}

func validateMappings(ms []Mapping) error {
	if len(ms) == 0 {
		return errNoMapping()
	}
	taken := make(map[LocalPort]Mapping, len(ms))
	floating := make(map[Mapping]bool)
	for _, m := range ms {
		if err := m.validate(); err != nil {
			return err
		}
		if m.Local.Fixed() == 0 {
			if floating[m] {
				return invalid("mapping", "%s is there twice: remove one", m)
			}
			floating[m] = true
			continue
		}
		if other, ok := taken[m.Local]; ok {
			return invalid("local port", "%d is wanted by both %s and %s: change one of them", m.Local, other, m)
		}
		taken[m.Local] = m
	}
	return nil
}

func (m Mapping) validate() error {
	if err := m.Remote.validate(); err != nil {
		return err
	}
	switch {
	case m.Local == SamePort && m.Remote.Name == "":
		return invalid("local port", "the same as %s is %s: give it as a number", m.Remote, m.Remote)
	case m.Local < SamePort || m.Local > 65535:
		return invalid("local port", "%d is not a port: give one from 1 to 65535, or 0 for any free one", m.Local)
	}
	return nil
}

// String returns the mapping in its shortest form that ParseMapping reads:
// "5000", "6000:5000", ":5000" or "http".
func (m Mapping) String() string {
	switch {
	case m.Local == AnyPort:
		return ":" + m.Remote.String()
	case m.Local == SamePort, m.Remote.Name == "" && m.Local.Fixed() == m.Remote.Number:
		return m.Remote.String()
	}
	return fmt.Sprintf("%d:%s", m.Local, m.Remote)
}
