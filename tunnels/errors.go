package tunnels

import (
	"errors"
	"fmt"
	"time"
)

// Cause says which kind of trouble an [Error] is, so that the supervisor can
// decide and the window can choose a word, without reading texts.
type Cause uint8

// The causes. CauseUnknown is the zero value and is treated as transient.
const (
	CauseUnknown     Cause = iota
	CauseInvalid           // the spec itself is wrong
	CausePortBusy          // somebody else listens on the local port
	CausePrivileged        // the local port needs rights that we lack
	CauseNoAddress         // the local address does not exist on this machine
	CauseUnreachable       // the API server cannot be reached
	CauseTLS               // the API server cannot be trusted
	CauseSignIn            // the credentials are missing, expired or refused
	CauseForbidden         // the user lacks a right
	CauseNotFound          // the target does not exist
	CausePodNotReady       // the pod exists but cannot serve yet
	CausePodGone           // the pod has ended under the session
	CauseRefused           // nothing listens on the port in the pod
	CauseReset             // the other side cut this one connection
	CauseSessionLost       // the session to the pod has ended
	CauseProtocol          // the other side does not speak the protocol
	CauseInternal          // Culvert itself has failed, see [PanicError]
)

// Error is what a user gets to see: what was tried, why it went wrong and what
// to do about it.
type Error struct {
	// Op names the operation and its object, as "dial pod/web-1"; may be empty.
	Op string
	// Err is the reason. It is never nil in an Error made by this module.
	Err error
	// Hint is a whole sentence, or two, that says what to do; empty when
	// nothing helps.
	Hint string
	// Raw is what was said at first, where Err puts it in other words: one line,
	// bounded, without secrets. It is for who wants to see more; empty when Err tells
	// all there is.
	Raw string
	// Cause classifies the error.
	Cause Cause
	// Permanent means that trying again is useless until the user, the
	// configuration or the cluster has changed something.
	Permanent bool
	// RetryAfter is how long the server asked to be left alone; 0 if it did not.
	RetryAfter time.Duration
}

// Error returns operation and reason in one line, without the hint.
func (e *Error) Error() string {
	if e.Op == "" {
		return e.Err.Error()
	}
	return fmt.Sprintf("%s: %v", e.Op, e.Err)
}

// Unwrap returns the reason.
func (e *Error) Unwrap() error { return e.Err }

// AsError returns err as an *Error: err itself or the first *Error that it
// wraps (its own text is kept), else a transient one of unknown cause. It
// returns nil for nil.
func AsError(err error) *Error {
	if err == nil {
		return nil
	}
	var inner *Error
	if errors.As(err, &inner) {
		if error(inner) == err { //nolint:errorlint // is it the outermost?
			return inner
		}
		outer := *inner
		outer.Op, outer.Err = "", err
		return &outer
	}
	if p := asPanic(err); p != nil {
		return PanicError(p)
	}
	return &Error{Err: err}
}
