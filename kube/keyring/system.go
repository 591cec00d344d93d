package keyring

import "errors"

var (
	errTooBig       = errors.New("the token is too large for this system's keyring")
	errLocked       = errors.New("the keyring is locked")
	errNoCollection = errors.New("the keyring has no collection to keep tokens in")
	errBroken       = errors.New("the connection to the keyring broke off")
)

// OfSystem returns the keyring of the user's session.
func OfSystem() Store { return system{} }
