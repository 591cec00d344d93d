package control

import (
	"crypto/sha256"
	"encoding/hex"
	"os"
	"path/filepath"
	"strings"
)

// userFolder returns the folder of the lock: the system keeps it for the user.
func userFolder() (string, error) {
	dir, err := os.UserCacheDir() // LocalAppData
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "culvert"), nil
}

// makePrivate makes the folder; its rights are inherited from the user's profile.
func makePrivate(dir string) error { return os.MkdirAll(dir, 0o700) }

// socketIn returns the name of the pipe that belongs to a role, a folder and a user.
func socketIn(dir string, r Role) (string, error) {
	sid, err := ownSID()
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(sid.String() + " " + strings.ToLower(dir)))
	return `\\.\pipe\culvert-` + r.file() + "-" + hex.EncodeToString(sum[:16]), nil
}
