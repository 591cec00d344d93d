package keyring

import (
	"context"
	"errors"

	"golang.org/x/sys/windows"
)

// look reads nothing: it asks for what is not there.
func look(context.Context) (idle bool, err error) {
	_, err = system{}.Get(service, nothing)
	if err == nil || errors.Is(err, ErrNotFound) || errors.Is(err, windows.ERROR_NOT_FOUND) {
		return false, nil
	}
	return false, err
}
