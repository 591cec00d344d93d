//go:build unix

package cli

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"

	"golang.org/x/sys/unix"
)

// openOwned opens a file of a folder when both belong to the user, or to root, and
// nobody else may change them. What is opened is what was looked at: no link is
// followed, and nothing can take the file's place meanwhile.
func openOwned(dir, name string) (*os.File, error) {
	folder, err := os.OpenFile(dir, unix.O_DIRECTORY|unix.O_NOFOLLOW|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	defer folder.Close() //nolint:errcheck // it was only looked at
	var seen unix.Stat_t
	if err := unix.Fstatat(int(folder.Fd()), name, &seen, unix.AT_SYMLINK_NOFOLLOW); err != nil {
		return nil, err
	}
	switch seen.Mode & unix.S_IFMT {
	case unix.S_IFREG:
	case unix.S_IFLNK:
		return nil, &notOurs{"it is a symbolic link", "Put the file itself there."}
	default: // opening a pipe or a device may do something
		return nil, &notOurs{"it is not a file", "Put a file there."}
	}
	fd, err := unix.Openat(int(folder.Fd()), name, unix.O_RDONLY|unix.O_NOFOLLOW|unix.O_NONBLOCK|unix.O_CLOEXEC, 0)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), filepath.Join(dir, name))
	err = owned(folder, dir, true)
	if err == nil {
		err = owned(file, "it", false)
	}
	if err != nil {
		_ = file.Close() // it was only looked at
		return nil, err
	}
	return file, nil
}

// owned says why an open file or folder is not the user's alone to change.
func owned(file *os.File, what string, folder bool) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	switch {
	case info.IsDir() != folder || !folder && !info.Mode().IsRegular():
		return &notOurs{what + " is not a file", "Put a file there."}
	case !ok:
		return &notOurs{"the system does not say whose " + what + " is", "Look at it first."}
	}
	theirs := standingOf{uid: int(st.Uid), gid: int(st.Gid), mode: info.Mode().Perm()}
	return theirs.trusted(what, os.Geteuid(), os.Getegid())
}

// standingOf is whose a file is, and who may change it.
type standingOf struct {
	uid, gid int
	mode     fs.FileMode
}

// trusted returns nil when nobody but a user and root can change the file. A group
// that is the user's own, as many systems give to each, counts as the user.
func (f standingOf) trusted(what string, uid, gid int) error {
	private := f.gid == 0 || f.gid == gid && gid == uid
	switch {
	case f.uid != uid && f.uid != 0:
		return &notOurs{what + " belongs to another user", "Make it your own, or look at it first."}
	case f.mode&0o002 != 0, f.mode&0o020 != 0 && !private:
		return &notOurs{
			fmt.Sprintf("%s can be changed by other users: its mode is %#o", what, f.mode),
			"Take that right from them: `chmod go-w`.",
		}
	}
	return nil
}

// sameFileSystem says whether two folders are in one; unknown counts as not.
func sameFileSystem(a, b string) bool {
	device := func(path string) (uint64, bool) {
		info, err := os.Stat(path)
		if err != nil {
			return 0, false
		}
		st, ok := info.Sys().(*syscall.Stat_t)
		if !ok {
			return 0, false
		}
		return uint64(st.Dev), true //nolint:unconvert,gosec // it has another type on each system
	}
	of, ok := device(a)
	above, also := device(b)
	return ok && also && of == above
}
