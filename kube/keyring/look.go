package keyring

import (
	"context"
	"errors"
	"fmt"
)

var (
	errNoBus  = fmt.Errorf("%w: there is no session bus (D-Bus) to reach one", errNone)
	errSilent = errors.New("the keyring does not answer")
)

// Look returns how the system's keyring is, without using it: no secret is read,
// nobody is asked anything, and no program is started. idle says that the keyring is
// started when it is first used, so that more is not known of it. It blocks until
// the keyring has answered or ctx is done.
func Look(ctx context.Context) (c Condition, idle bool) {
	idle, err := look(ctx)
	if err != nil && ctx.Err() != nil {
		err = errSilent
	}
	return conditionAfter(err), idle
}
