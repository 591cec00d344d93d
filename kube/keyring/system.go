package keyring

import (
	"errors"
	"net"
	"strings"

	"github.com/zalando/go-keyring"
)

var (
	errTooBig = errors.New("the token is too large for this system's keyring")
	errLocked = errors.New("the keyring is locked")
)

// OfSystem returns the keyring of the user's session.
func OfSystem() Store { return system{} }

// system is go-keyring. It may only be asked where there is something to ask:
// see missing.
type system struct{}

func (system) Set(service, name, secret string) error {
	if missing() {
		return errNone
	}
	return known(keyring.Set(service, name, secret))
}

func (system) Get(service, name string) (string, error) {
	if missing() {
		return "", errNone
	}
	secret, err := keyring.Get(service, name)
	return secret, known(err)
}

func (system) Delete(service, name string) error {
	if missing() {
		return errNone
	}
	return known(keyring.Delete(service, name))
}

// known turns the library's errors into ours.
func known(err error) error {
	switch {
	case errors.Is(err, keyring.ErrNotFound):
		return ErrNotFound
	case errors.Is(err, keyring.ErrSetDataTooBig):
		return errTooBig
	case errors.Is(err, keyring.ErrUnsupportedPlatform):
		return errNone
	}
	var op *net.OpError
	switch {
	case err == nil:
		return nil
	case errors.As(err, &op) && op.Op == "dial", strings.Contains(err.Error(), "not provided by any .service files"):
		return errNone // no session bus, or nothing on it
	case strings.Contains(err.Error(), "failed to unlock"):
		return errLocked
	}
	return err
}
