//go:build !windows

package loginstart

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"culvert/tunnels/durable"
)

// mostRead bounds an entry's file, in bytes.
const mostRead = 64 << 10

func readEntry(path string) (string, error) {
	text, err := durable.Read(path, mostRead)
	if err != nil {
		return "", fmt.Errorf("read the entry for the login: %w", err)
	}
	return string(text), nil
}

// writeEntry replaces a file as a whole. One that leads elsewhere, as into a folder
// of settings kept by git, stays such a link.
func writeEntry(path, text string) error {
	if err := durable.Write(path, []byte(text)); err != nil {
		return fmt.Errorf("write the entry for the login: %w", err)
	}
	return nil
}

func removeEntry(path string) error {
	if err := os.Remove(path); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("remove the entry for the login: %w", err)
	}
	return nil
}
