package tunnels

import (
	"crypto/rand"
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// ID names a tunnel for as long as it exists, whatever else changes about it.
type ID string

// NewID returns a new ID that no other call has returned.
func NewID() ID { return ID(rand.Text()) }

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

// Localhost in Spec.Listen means 127.0.0.1 and ::1 together.
const Localhost = "localhost"

// Bounds of Spec.Hold.
const (
	DefaultHold = 10 * time.Second
	MaxHold     = 60 * time.Second
)

// MaxStopAfter bounds Spec.StopAfter.
const MaxStopAfter = 7 * 24 * time.Hour

// Bounds of Spec.Tags.
const (
	MaxTags   = 16
	maxTagLen = 32 // letters
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
	// StopAfter is how long the tunnel runs after a Start before it stops by
	// itself, at most MaxStopAfter; 0 means that it goes on.
	StopAfter time.Duration
	// Tags group tunnels for the user, in the order in which they are shown; see
	// [ValidateTag].
	Tags []string
	// Profile is the ID of the profile in which the tunnel is kept; empty means
	// the default one. A manager does nothing with it.
	Profile string
	// AutoStart says that the tunnel is to run from the program's start on. A
	// manager does nothing with it.
	AutoStart bool
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
	if err := s.Policy.validate(); err != nil {
		return err
	}
	if s.Hold > MaxHold {
		return invalid("hold", "%v is too long: give at most %v", s.Hold, MaxHold)
	}
	if s.StopAfter < 0 || s.StopAfter > MaxStopAfter {
		return invalid("stop after", "%v cannot be: give at most %v, or nothing for a tunnel that goes on", s.StopAfter, MaxStopAfter)
	}
	return validateTags(s.Tags)
}

func validateTags(tags []string) error {
	if len(tags) > MaxTags {
		return invalid("tags", "%d are too many: give at most %d", len(tags), MaxTags)
	}
	for i, tag := range tags {
		if err := ValidateTag(tag); err != nil {
			return err
		}
		if slices.Contains(tags[:i], tag) {
			return invalid("tags", "%q is there twice: remove one", tag)
		}
	}
	return nil
}

// ValidateTag returns nil when tag is something that Spec.Tags may hold: one word of
// 1 to 32 printable characters without a comma.
func ValidateTag(tag string) error {
	if tag == "" || utf8.RuneCountInString(tag) > maxTagLen {
		return invalid("tags", "a tag has 1 to %d letters, unlike %q", maxTagLen, tag)
	}
	for _, r := range tag {
		if r == ',' || unicode.IsSpace(r) || !unicode.IsPrint(r) {
			return invalid("tags", "%q cannot be a tag: use a word without spaces and commas", tag)
		}
	}
	return nil
}

// ValidateListen returns nil when a is something that Spec.Listen may hold.
func ValidateListen(a string) error {
	if a == Localhost {
		return nil
	}
	addr, err := netip.ParseAddr(a)
	if err != nil {
		return invalid("address", "%q is neither %q nor an IP address: use %s, 127.0.0.1 or ::1", a, Localhost, Localhost)
	}
	// The address is shown as it is, also by others: nothing may hide in its zone.
	odd := func(r rune) bool { return !unicode.IsPrint(r) || r == utf8.RuneError }
	if zone := addr.Zone(); len(zone) > maxZone || strings.ContainsFunc(zone, odd) {
		return invalid("address", "%q is in no network of this machine: write the interface's name or number behind %%", a)
	}
	return nil
}

// maxZone bounds the name of a network interface, in bytes: no system has longer ones.
const maxZone = 255

func invalid(field, format string, args ...any) *Error {
	return &Error{Op: field, Err: fmt.Errorf(format, args...), Cause: CauseInvalid, Permanent: true}
}
