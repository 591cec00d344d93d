//go:build !windows

package loginstart

import (
	"errors"
	"io/fs"
)

// Enabled says whether the program starts at login. The error is an
// [*ElsewhereError] where another copy of it does.
func (e Entry) Enabled() (bool, error) {
	path, err := e.path()
	if err != nil {
		return false, err
	}
	text, err := readEntry(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	if err != nil {
		return false, err
	}
	command, err := commandIn(text)
	if err != nil {
		return false, err
	}
	return e.compare(command)
}

// Set has the program start at login, or no longer. The running session is left
// alone.
func (e Entry) Set(on bool) error {
	path, err := e.path()
	if err != nil {
		return err
	}
	if !on {
		return removeEntry(path)
	}
	if e.Program == "" {
		return errNoProgram
	}
	return writeEntry(path, e.text())
}
