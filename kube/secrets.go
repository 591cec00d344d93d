package kube

import (
	"context"

	"culvert/kube/keyring"
)

// Secrets is where the tokens of sign-ins are, and the only way to them: nothing
// secret is in a file of Culvert's. *[keyring.Keyring] implements it. A method may
// block for half a minute, as long as somebody answers the keyring's own window, or
// until ctx is done; its error is an *tunnels.Error that says what to do, or
// [keyring.ErrNotFound], and holds no secret.
type Secrets interface {
	// Set keeps a secret and returns where; in memory together with the reason.
	Set(ctx context.Context, name, secret string) (keyring.Place, error)
	// Get returns a secret, or ErrNotFound when there is none of the name: other
	// errors mean that this is not known.
	Get(ctx context.Context, name string) (string, keyring.Place, error)
	// Delete removes a secret wherever it is.
	Delete(ctx context.Context, name string) (keyring.Place, error)
	// Retry asks for the keyring anew and takes there what is in memory.
	Retry(ctx context.Context) error
}

// RetryKeyring asks the keyring anew, which may bring up a window of its own, and
// takes there what it did not take before. Afterwards tokens are fetched again that
// could not be had. The error is an *tunnels.Error.
func (c *Clusters) RetryKeyring(ctx context.Context) error {
	err := c.keys.Retry(ctx)
	c.retried.Add(1) // some may be there even so
	return err
}
