package workspace

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"

	"culvert/tunnels"
)

// StateFolder returns where the user's programs keep what they know between two
// runs: culvert below XDG_STATE_HOME or ~/.local/state, below the local application
// data of Windows, or below Application Support of macOS. It makes nothing.
func StateFolder() (string, error) {
	home, err := os.UserHomeDir()
	dir := stateFolder(runtime.GOOS, os.Getenv, home)
	if dir != "" {
		return dir, nil
	}
	if err == nil {
		err = errors.New("the system names none")
	}
	return "", &tunnels.Error{
		Op: "state folder", Err: err,
		Hint:  "Set HOME, XDG_STATE_HOME or, on Windows, LocalAppData to a folder of yours.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
}

// stateFolder is StateFolder of a system; home may be empty. An empty result means
// that there is none.
func stateFolder(system string, env func(string) string, home string) string {
	below := func(dir string, path ...string) string {
		if dir == "" {
			return ""
		}
		return filepath.Join(append([]string{dir}, path...)...)
	}
	switch system {
	case "windows":
		return below(env("LocalAppData"), "culvert")
	case "darwin", "ios":
		return below(home, "Library", "Application Support", "culvert")
	}
	if dir := env("XDG_STATE_HOME"); filepath.IsAbs(dir) { // others are to be ignored, says its specification
		return filepath.Join(dir, "culvert")
	}
	return below(home, ".local", "state", "culvert")
}
