package control

import (
	"errors"
	"fmt"

	"culvert/tunnels"
)

// ErrNoPlace means that there is no private folder for the socket, or that it
// cannot be made there: Culvert can run, but others do not find it.
var ErrNoPlace = errors.New("no control socket can be made")

// noPlace is the error around ErrNoPlace.
func noPlace(err error) error {
	return &tunnels.Error{
		Err:  fmt.Errorf("%w: %w", ErrNoPlace, err),
		Hint: "Set XDG_RUNTIME_DIR, or else TMPDIR, to a folder that belongs to you alone and has a short path.",
	}
}

// ErrGone means that the first is ending, or has ended: Claim again.
var ErrGone = errors.New("the first is gone")

var (
	errAbsent   = fmt.Errorf("%w: nobody serves the socket", ErrGone)
	errLeaving  = fmt.Errorf("%w: it is leaving", ErrGone)
	errReplaced = fmt.Errorf("%w: another process serves the socket", ErrGone)
	errForeign  = errors.New("another user serves the socket")
)

// errTooLarge is the error of a request that no first would read.
var errTooLarge = &tunnels.Error{
	Err: errors.New("it is too large to be handed over to the Culvert that runs"), Hint: "Hand over fewer tunnels at a time.",
	Cause: tunnels.CauseInvalid, Permanent: true,
}

// silent is the error about a first that does not answer.
func silent(pid int) error {
	e := &tunnels.Error{
		Err:  errors.New("another Culvert runs already but does not answer"),
		Hint: "It may be stopped or very busy: wait a little, or end it, and start Culvert again.",
	}
	if pid > 0 {
		e.Err = fmt.Errorf("another Culvert runs already, as process %d, but does not answer", pid)
		e.Hint = fmt.Sprintf("It may be stopped or very busy: wait a little, or end process %d, and start Culvert again.", pid)
	}
	return e
}

// stranger is the error about a first that speaks something else.
func stranger(pid int, says string) error {
	return &tunnels.Error{
		Err:  fmt.Errorf("another Culvert runs already, as process %d, and does not understand this one: %s", pid, says),
		Hint: fmt.Sprintf("It may be of another version: end process %d, and start Culvert again.", pid),
	}
}

// crowdedError is the error of a first that has too many streams.
type crowdedError struct{ error }

func (c *crowdedError) Unwrap() error { return c.error }
