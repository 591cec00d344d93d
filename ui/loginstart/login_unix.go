//go:build !windows && !darwin

package loginstart

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
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
	return e.compare(desktopCommand(text))
}

// Set has the program start at login, or no longer.
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
	return writeEntry(path, desktopFile(e))
}

// path is the entry's file. Those of the user come before those of the system.
func (e Entry) path() (string, error) {
	dir := os.Getenv("XDG_CONFIG_HOME")
	if !filepath.IsAbs(dir) { // as the specification has it
		home, err := os.UserHomeDir()
		if err != nil {
			return "", fmt.Errorf("find the autostart folder: %w", err)
		}
		dir = filepath.Join(home, ".config")
	}
	return filepath.Join(dir, "autostart", e.ID+".desktop"), nil
}
