//go:build !windows

package cli

import "os"

// understands says whether a terminal understands more than lines.
func understands(_ *os.File, env func(string) string) bool {
	t := env("TERM")
	return t != "" && t != "dumb"
}
