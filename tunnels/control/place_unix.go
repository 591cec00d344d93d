//go:build unix

package control

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"syscall"
)

// userFolder returns the user's folder for sockets. A runtime folder that is not
// the user's own, as after su, does not count.
func userFolder() (string, error) {
	if dir := os.Getenv("XDG_RUNTIME_DIR"); runtime.GOOS != "darwin" && filepath.IsAbs(dir) {
		if info, err := os.Stat(dir); err == nil && info.IsDir() && owner(info) == os.Geteuid() && info.Mode().Perm()&0o022 == 0 {
			return filepath.Join(dir, "culvert"), nil
		}
	}
	return filepath.Join(os.TempDir(), "culvert-"+strconv.Itoa(os.Geteuid())), nil
}

// makePrivate makes a folder for its user alone, or checks that it is one.
func makePrivate(dir string) error {
	parent, err := os.Stat(filepath.Dir(dir))
	if err != nil {
		return err
	}
	// Else another user could put something else in the folder's place.
	if o := owner(parent); o != os.Geteuid() && o != 0 || parent.Mode().Perm()&0o022 != 0 && parent.Mode()&fs.ModeSticky == 0 {
		return fmt.Errorf("other users can change %s", filepath.Dir(dir))
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, fs.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	switch {
	case err != nil:
		return err
	case info.Mode()&fs.ModeSymlink != 0:
		return fmt.Errorf("%s is a symbolic link", dir)
	case !info.IsDir():
		return fmt.Errorf("%s is not a folder", dir)
	case owner(info) != os.Geteuid():
		return fmt.Errorf("%s belongs to another user", dir)
	case info.Mode().Perm()&0o077 != 0:
		return fmt.Errorf("other users may look into %s: its mode is %#o instead of 0700", dir, info.Mode().Perm())
	}
	return nil
}

// owner returns the user whose file it is; -1 where the system does not tell.
func owner(info fs.FileInfo) int {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid)
	}
	return -1
}

// longestSocket is how long the path of a socket may be, in bytes: one less than
// the field that the system has for it.
const longestSocket = len(syscall.RawSockaddrUnix{}.Path) - 1

// socketIn returns the path of a role's socket in a folder.
func socketIn(dir string, r Role) (string, error) {
	path := filepath.Join(dir, r.file()+".sock")
	if len(path) > longestSocket {
		return "", fmt.Errorf("the path %s has %d bytes, and a socket's may have %d at most", path, len(path), longestSocket)
	}
	return path, nil
}
