//go:build unix

package durable

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// noWait makes opening a pipe that nobody reads an error, instead of waiting, and
// opening one to read from return at once.
const noWait = syscall.O_NONBLOCK

// isForeign says whether somebody else may have put a link there.
func isForeign(path string, link fs.FileInfo) bool {
	folder, err := os.Stat(filepath.Dir(path))
	if err != nil || folder.Mode().Perm()&0o002 == 0 {
		return false
	}
	of := owner(link)
	return of != os.Geteuid() && of != owner(folder)
}

// owner returns the user whose file it is; -1 where the system does not tell.
func owner(info fs.FileInfo) int {
	if st, ok := info.Sys().(*syscall.Stat_t); ok {
		return int(st.Uid)
	}
	return -1
}
