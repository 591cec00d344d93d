//go:build !unix

package loginshell

import "context"

// userShell returns none: there are no login shells.
func userShell(context.Context) (string, error) { return "", nil }

func (o Options) run(context.Context, way, string, string) ([]byte, error) {
	return nil, errNotStarted
}
