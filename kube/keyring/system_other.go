//go:build !unix || darwin

package keyring

import (
	"errors"

	"github.com/zalando/go-keyring"
)

// system is the Keychain or the Credential Manager.
type system struct{}

func (system) Set(service, name, secret string) error {
	return known(keyring.Set(service, name, secret))
}

func (system) Get(service, name string) (string, error) {
	secret, err := keyring.Get(service, name)
	return secret, known(err)
}

func (system) Delete(service, name string) error {
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
	return securityError(err)
}
