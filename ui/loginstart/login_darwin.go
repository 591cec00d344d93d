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
	command, err := plistCommand(text)
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
	return writeEntry(path, plist(e))
}

func (e Entry) path() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the folder of LaunchAgents: %w", err)
	}
	return filepath.Join(home, "Library", "LaunchAgents", e.ID+".plist"), nil
}
