package loginstart

import (
	"fmt"
	"os"
	"path/filepath"
)

// text is what the entry's file holds.
func (e Entry) text() string { return plist(e) }

// commandIn returns what such a file starts at login; nil where that is nothing.
func commandIn(text string) ([]string, error) { return plistCommand(text) }

func (e Entry) path() (string, error) {
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("find the folder of LaunchAgents: %w", err)
	}
	return filepath.Join(home, "Library", "LaunchAgents", e.ID+".plist"), nil
}
