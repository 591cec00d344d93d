package keyring

import (
	"errors"
	"os/exec"
)

// The exit statuses of security(1) for a keychain that nobody unlocks: it is
// errSecInteractionNotAllowed or errSecAuthFailed, or the user has cancelled, each
// modulo 256.
const (
	interactionNotAllowed = 36
	authFailed            = 51
	cancelled             = 128
)

// systemError tells a locked keychain from others.
func systemError(err error) error {
	if e, ok := errors.AsType[*exec.ExitError](err); ok {
		switch e.ExitCode() {
		case interactionNotAllowed, authFailed, cancelled:
			return errLocked
		}
	}
	return err
}

// unlock does nothing: the system asks by itself.
func unlock() error { return nil }
