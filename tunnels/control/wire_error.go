package control

import (
	"errors"
	"strings"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// Error is a [tunnels.Error]: what was tried, why it went wrong, and what to do.
type Error struct {
	// Text is operation and reason in one line.
	Text string `json:"error"`
	// Op names the operation and its object, and begins Text where it is there.
	Op         string   `json:"op,omitempty"`
	Hint       string   `json:"hint,omitempty"` // a whole sentence, or two
	Raw        string   `json:"raw,omitempty"`  // what was said at first
	Cause      string   `json:"cause,omitempty"`
	Permanent  bool     `json:"permanent,omitempty"` // trying again is useless until something has changed
	RetryAfter Duration `json:"retryAfter,omitzero"`
	// Position is where in a file something is wrong.
	Position *Position `json:"position,omitempty"`
	// Missing is what does not exist.
	Missing *Missing `json:"missing,omitempty"`
}

// Position is a [profiles.Position].
type Position struct {
	Line   int    `json:"line,omitempty"`   // from 1; 0 where that is not known
	Column int    `json:"column,omitempty"` // the same
	Text   string `json:"error"`
}

// Missing is a [tunnels.MissingError].
type Missing struct {
	Kind  string   `json:"kind,omitempty"` // of the target; empty for a namespace
	Name  string   `json:"name"`
	Near  []string `json:"near,omitempty"` // that may have been meant, the most likely first
	Owner string   `json:"owner,omitempty"`
	Text  string   `json:"error"`
}

// ErrorOf returns an error in its form for JSON; nil for nil. What it wraps but
// positions and missing things is text.
func ErrorOf(e *tunnels.Error) *Error {
	if e == nil {
		return nil
	}
	out := &Error{
		Op: e.Op, Hint: e.Hint, Raw: e.Raw, Cause: causeName(e.Cause), Permanent: e.Permanent, RetryAfter: Duration(e.RetryAfter),
	}
	if e.Err == nil {
		return out
	}
	out.Text = e.Error()
	if at, ok := errors.AsType[*profiles.Position](e.Err); ok && at.Err != nil {
		out.Position = &Position{at.Line, at.Column, at.Error()}
	}
	if m, ok := errors.AsType[*tunnels.MissingError](e.Err); ok {
		out.Missing = &Missing{Kind: string(m.Kind), Name: m.Name, Near: m.Near, Text: m.Text}
		if m.Owner != (tunnels.Target{}) {
			out.Missing.Owner = m.Owner.String()
		}
	}
	return out
}

// Parse returns the error, whose texts are those that it had; nil for nil. Its causes
// and kinds may be of a later version: such a cause is unknown.
func (e *Error) Parse() *tunnels.Error {
	if e == nil {
		return nil
	}
	out := &tunnels.Error{
		Op: e.Op, Hint: e.Hint, Raw: e.Raw, Cause: causeOf(e.Cause), Permanent: e.Permanent, RetryAfter: e.RetryAfter.duration(),
	}
	text, begins := strings.CutPrefix(e.Text, e.Op+": ")
	if e.Op == "" || !begins {
		text = e.Text
	}
	out.Err = e.reason(text)
	return out
}

// reason is what the error has gone wrong with.
func (e *Error) reason(text string) error {
	var inner []error
	if p := e.Position; p != nil {
		inner = append(inner, &profiles.Position{Line: p.Line, Column: p.Column, Err: errors.New(p.Text)})
	}
	if m := e.Missing; m != nil {
		missing := &tunnels.MissingError{Kind: tunnels.Kind(m.Kind), Name: m.Name, Near: m.Near, Text: m.Text}
		if kind, name, ok := strings.Cut(m.Owner, "/"); ok {
			missing.Owner = tunnels.Target{Kind: tunnels.Kind(kind), Name: name}
		}
		inner = append(inner, missing)
	}
	switch {
	case len(inner) == 0:
		return errors.New(text)
	case len(inner) == 1 && inner[0].Error() == text:
		return inner[0]
	}
	return &crossed{text, inner}
}

// crossed is an error from another process.
type crossed struct {
	text  string
	inner []error
}

func (c *crossed) Error() string   { return c.text }
func (c *crossed) Unwrap() []error { return c.inner }

// causeName is a cause in JSON. The names are for ever.
func causeName(c tunnels.Cause) string {
	switch c {
	case tunnels.CauseUnknown:
		return ""
	case tunnels.CauseInvalid:
		return "invalid"
	case tunnels.CausePortBusy:
		return "port-busy"
	case tunnels.CausePrivileged:
		return "privileged"
	case tunnels.CauseNoAddress:
		return "no-address"
	case tunnels.CauseUnreachable:
		return "unreachable"
	case tunnels.CauseTLS:
		return "tls"
	case tunnels.CauseSignIn:
		return "sign-in"
	case tunnels.CauseForbidden:
		return "forbidden"
	case tunnels.CauseNotFound:
		return "not-found"
	case tunnels.CausePodNotReady:
		return "pod-not-ready"
	case tunnels.CausePodGone:
		return "pod-gone"
	case tunnels.CauseRefused:
		return "refused"
	case tunnels.CauseReset:
		return "reset"
	case tunnels.CauseSessionLost:
		return "session-lost"
	case tunnels.CauseProtocol:
		return "protocol"
	case tunnels.CauseInternal:
		return "internal"
	}
	return ""
}

// causeOf is the reverse of causeName.
func causeOf(name string) tunnels.Cause {
	for c := tunnels.CauseUnknown; c <= tunnels.CauseInternal; c++ {
		if causeName(c) == name {
			return c
		}
	}
	return tunnels.CauseUnknown
}
