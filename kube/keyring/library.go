package keyring

import (
	"errors"

	"github.com/zalando/go-keyring"
)

// system is the Secret Service, the Keychain or the Credential Manager. It is
// unlocked before the library is called.
type system struct{}

func (system) Set(service, name, secret string) error {
	return unlocked(func() error { return keyring.Set(service, name, secret) })
}

func (system) Get(service, name string) (secret string, err error) {
	err = unlocked(func() error {
		secret, err = keyring.Get(service, name)
		return err
	})
	return secret, err
}

func (system) Delete(service, name string) error {
	return unlocked(func() error { return keyring.Delete(service, name) })
}

// unlocked unlocks the keyring, which may ask the user, and calls f. Its error is
// one of ours where that is known.
func unlocked(f func() error) error {
	if err := unlock(); err != nil {
		return err
	}
	return known(f())
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
	return systemError(err)
}
