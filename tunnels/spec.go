package tunnels

import (
	"crypto/rand"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"
)

// ID names a tunnel for as long as it exists, whatever else changes about it.
type ID string

// NewID returns a new ID that no other call has returned.
func NewID() ID { return ID(rand.Text()) }

// Kind is the kind of object that a target names.
type Kind string

// KindPod is the one kind that can be forwarded to.
const KindPod Kind = "pod"

// Target is what a tunnel leads to.
type Target struct {
	Context   string // kubeconfig context; empty means the current one
	Namespace string // empty means the context's own
	Kind      Kind
	Name      string
}

// ParseTarget reads "pod/web-1" (also "pods/…", "po/…") or a bare pod name.
// Context and Namespace of the result are empty.
func ParseTarget(s string) (Target, error) {
	kind, name, ok := strings.Cut(s, "/")
	if !ok {
		kind, name = "pod", s
	}
	switch strings.ToLower(kind) {
	case "pod", "pods", "po":
	default:
		return Target{}, invalid("target", "%q is of a kind that cannot be forwarded to: name a pod, as pod/web-1", s)
	}
	t := Target{Kind: KindPod, Name: name}
	return t, t.validate()
}

// String returns the target as ParseTarget reads it, without context and
// namespace.
func (t Target) String() string { return string(t.Kind) + "/" + t.Name }

func (t Target) validate() error {
	if t.Kind != KindPod {
		return invalid("target", "kind %q cannot be forwarded to: use %q", t.Kind, KindPod)
	}
	if t.Name == "" {
		return invalid("target", "the pod's name is missing: write pod/NAME")
	}
	if t.Namespace != "" {
		if err := ValidateNamespace(t.Namespace); err != nil {
			return err
		}
	}
	if len(t.Name) > 253 {
		return invalid("target", "a pod's name has at most 253 characters, this one has %d", len(t.Name))
	}
	for _, r := range t.Name {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' && r != '.' {
			return invalid("target", "%q is not a pod's name: use small letters, digits, '-' and '.'", t.Name)
		}
	}
	return nil
}

// ValidateNamespace returns nil when s can be a namespace's name: a DNS label,
// as RFC 1123 has it.
func ValidateNamespace(s string) error {
	if s == "" {
		return invalid("namespace", "it is empty: type its name")
	}
	if len(s) > 63 {
		return invalid("namespace", "a namespace's name has at most 63 characters, this one has %d", len(s))
	}
	for _, r := range s {
		if (r < 'a' || r > 'z') && (r < '0' || r > '9') && r != '-' {
			return invalid("namespace", "%q is not a namespace's name: use small letters, digits and '-'", s)
		}
	}
	if s[0] == '-' || s[len(s)-1] == '-' {
		return invalid("namespace", "%q begins or ends with '-': a namespace's name does not", s)
	}
	return nil
}

// Port is a port of a pod: a number from 1 to 65535.
type Port struct{ Number uint16 }

// String returns the number in digits.
func (p Port) String() string { return strconv.Itoa(int(p.Number)) }

// LocalPort is the local side of a mapping: a fixed port, or 0 for any free one.
type LocalPort uint16

// AnyPort asks for a free port, chosen when the tunnel is first started and
// kept from then on while it is free.
const AnyPort LocalPort = 0

// Mapping is one pair of a local port and a port of the pod.
type Mapping struct {
	Local  LocalPort
	Remote Port
}

// ParseMapping reads the forms of `oc port-forward`: "5000" (the same port on
// both sides), "6000:5000", and ":5000" or "0:5000" (any free local port).
func ParseMapping(s string) (Mapping, error) {
	local, remote, pair := strings.Cut(s, ":")
	if !pair {
		remote = s
	}
	if strings.Contains(remote, ":") {
		return Mapping{}, invalid("mapping", "%q has more than one colon: write LOCAL:REMOTE, as 6000:5000", s)
	}
	r, err := parsePort("remote port", remote, s)
	if err != nil {
		return Mapping{}, err
	}
	if r == 0 {
		return Mapping{}, invalid("remote port", "0 in %q is not a port of a pod: give one from 1 to 65535", s)
	}
	m := Mapping{Remote: Port{Number: r}}
	switch {
	case !pair:
		m.Local = LocalPort(r)
	case local != "":
		l, err := parsePort("local port", local, s)
		if err != nil {
			return Mapping{}, err
		}
		m.Local = LocalPort(l)
	}
	return m, nil
}

func parsePort(field, s, whole string) (uint16, error) {
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
		return nil, invalid("mapping", "no port is given: write at least one [LOCAL:]REMOTE, as 6000:5000")
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

func validateMappings(ms []Mapping) error {
	if len(ms) == 0 {
		return invalid("mapping", "no port is given: write at least one [LOCAL:]REMOTE, as 6000:5000")
	}
	taken := make(map[LocalPort]Mapping, len(ms))
	random := make(map[Mapping]bool)
	for _, m := range ms {
		switch {
		case m.Remote.Number == 0:
			return invalid("remote port", "0 is not a port of a pod: give one from 1 to 65535")
		case m.Local == AnyPort && random[m]:
			return invalid("mapping", "%s is there twice: remove one", m)
		case m.Local == AnyPort:
			random[m] = true
		default:
			if other, ok := taken[m.Local]; ok {
				return invalid("local port", "%d is wanted by both %s and %s: change one of them", m.Local, other, m)
			}
			taken[m.Local] = m
		}
	}
	return nil
}

// String returns the mapping in its shortest form that ParseMapping reads:
// "5000", "6000:5000" or ":5000".
func (m Mapping) String() string {
	switch {
	case m.Local == AnyPort:
		return ":" + m.Remote.String()
	case uint16(m.Local) == m.Remote.Number:
		return m.Remote.String()
	}
	return fmt.Sprintf("%d:%s", m.Local, m.Remote)
}

// Via is the transport that a tunnel's sessions take. ViaAuto is the zero
// value and chooses by itself.
type Via string

// The transports.
const (
	ViaAuto      Via = ""          // SPDY, or the WebSocket tunnel where that does not work
	ViaSPDY      Via = "spdy"      // the SPDY upgrade at the API server
	ViaWebSocket Via = "websocket" // SPDY tunnelled through a WebSocket
	ViaNode      Via = "node"      // the API server's proxy to the pod's node
)

// Vias lists what a user may choose, without ViaAuto.
var Vias = [...]Via{ViaSPDY, ViaWebSocket, ViaNode}

// Policy says which of several pods a connection goes to. PolicySticky is the
// zero value and stays with a pod for as long as it is ready.
type Policy string

// PolicySticky stays with a pod for as long as it is ready.
const PolicySticky Policy = ""

// Localhost in Spec.Listen means 127.0.0.1 and ::1 together.
const Localhost = "localhost"

// Bounds of Spec.Hold.
const (
	DefaultHold = 10 * time.Second
	MaxHold     = 60 * time.Second
)

// Spec is what a user wants of one tunnel.
type Spec struct {
	ID     ID
	Name   string // shown to the user; empty means the target's name
	Target Target
	// Listen is "localhost" or literal IP addresses; empty means localhost.
	Listen   []string
	Mappings []Mapping
	Via      Via
	Policy   Policy
	// Hold is how long a connection may wait while no session is ready, at
	// most MaxHold; 0 means DefaultHold, a negative value not to wait at all.
	Hold time.Duration
}

// Title returns the name to show for the tunnel.
func (s Spec) Title() string {
	if s.Name != "" {
		return s.Name
	}
	return s.Target.Name
}

// Validate returns an *Error of CauseInvalid that names the first field that is
// wrong, or nil.
func (s Spec) Validate() error {
	if s.ID == "" {
		return invalid("id", "it is empty")
	}
	if err := s.Target.validate(); err != nil {
		return err
	}
	if err := validateMappings(s.Mappings); err != nil {
		return err
	}
	seen := make(map[string]bool, len(s.Listen))
	for _, a := range s.Listen {
		if err := ValidateListen(a); err != nil {
			return err
		}
		if seen[a] {
			return invalid("address", "%s is there twice: remove one", a)
		}
		seen[a] = true
	}
	if s.Via != ViaAuto && !slices.Contains(Vias[:], s.Via) {
		return invalid("transport", "%q is unknown: use %q, %q or %q, or none for the best one", s.Via, ViaSPDY, ViaWebSocket, ViaNode)
	}
	if s.Policy != PolicySticky {
		return invalid("policy", "%q is unknown: leave it out to stay with one pod", s.Policy)
	}
	if s.Hold > MaxHold {
		return invalid("hold", "%v is too long: give at most %v", s.Hold, MaxHold)
	}
	return nil
}

// ValidateListen returns nil when a is something that Spec.Listen may hold.
func ValidateListen(a string) error {
	if a == Localhost {
		return nil
	}
	if _, err := netip.ParseAddr(a); err != nil {
		return invalid("address", "%q is neither %q nor an IP address: use %s, 127.0.0.1 or ::1", a, Localhost, Localhost)
	}
	return nil
}

func invalid(field, format string, args ...any) *Error {
	return &Error{Op: field, Err: fmt.Errorf(format, args...), Cause: CauseInvalid, Permanent: true}
}
