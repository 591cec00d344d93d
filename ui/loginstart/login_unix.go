//go:build !windows && !darwin

package loginstart

import (
	"fmt"
	"os"
	"path/filepath"
)

// text is what the entry's file holds.
func (e Entry) text() string { return desktopFile(e) }

// commandIn returns what such a file starts at login; nil where that is nothing.
func commandIn(text string) ([]string, error) { return desktopCommand(text), nil }

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
