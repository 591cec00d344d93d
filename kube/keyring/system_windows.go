package keyring

import (
	"errors"

	"golang.org/x/sys/windows"
)

// securityError tells a session without credentials, as that of a service, from
// others.
func securityError(err error) error {
	if errors.Is(err, windows.ERROR_NO_SUCH_LOGON_SESSION) {
		return errNone
	}
	return err
}
