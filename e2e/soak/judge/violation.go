package judge

import (
	"fmt"
	"time"
)

// Kind is what a violation is about.
type Kind string

// The kinds.
const (
	Bytes      Kind = "bytes"      // a wrong byte, or an end that looks like success
	Connection Kind = "connection" // one failed, and no fault explains it
	Listener   Kind = "listener"   // one was closed, or refused
	State      Kind = "state"      // what was shown was not so
	Recovery   Kind = "recovery"   // a tunnel did not work again in time
	Growth     Kind = "growth"     // memory, descriptors, threads or goroutines
	Product    Kind = "product"    // Culvert or its command has ended, or says what cannot be
)

// Violation is one thing that must not be.
type Violation struct {
	At     time.Time
	Kind   Kind
	Tunnel string `json:",omitempty"`
	Text   string
}

// String is a line for a log.
func (v Violation) String() string {
	tunnel := v.Tunnel
	if tunnel != "" {
		tunnel += ": "
	}
	return fmt.Sprintf("%s %s: %s%s", v.At.UTC().Format("15:04:05.000"), v.Kind, tunnel, v.Text)
}
