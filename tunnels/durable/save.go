package durable

import (
	"errors"
	"io/fs"
	"os"
)

// Save is [Write] for a file that the user has named, as for an export. A new one
// gets a mode, less what the user takes from new files. What is there and is a device
// or a pipe, as /dev/stdout or one of the shell, is written to; a pipe that nobody
// reads is an error at once.
//
// As Linux does for who opens files, neither follows a symbolic link in a folder that
// everybody may write to, as /tmp, unless it is the user's own or that of the
// folder's owner: another one may lead to any file of the user's.
func Save(path string, data []byte, bits fs.FileMode) error {
	to, as, err := destination(path)
	if errors.Is(err, ErrNoFile) && isStream(path) {
		return pour(path, data)
	}
	if err != nil {
		return err
	}
	if _, err := os.Stat(to); errors.Is(err, fs.ErrNotExist) {
		as = mode{bits: bits}
	}
	return place(to, data, as, nil)
}

// isStream says whether what is at path takes bytes without being a file.
func isStream(path string) bool {
	info, err := os.Stat(path)
	return err == nil && info.Mode()&(fs.ModeNamedPipe|fs.ModeCharDevice) != 0
}

// pour writes to what is no file.
func pour(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_WRONLY|noWait, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	if e := f.Close(); err == nil {
		err = e
	}
	return err
}

// ErrForeignLink says that a symbolic link may be another user's trap.
var ErrForeignLink = errors.New("it is a symbolic link of another user, in a folder that everybody may write to")

// maxLinks is how many links may lead from one to the next.
const maxLinks = 40

// checkLinks refuses a path whose last part is a link, or leads to one, that somebody
// else may have put there.
func checkLinks(path string) error {
	for range maxLinks {
		info, err := os.Lstat(path)
		if err != nil || info.Mode()&fs.ModeSymlink == 0 {
			return nil //nolint:nilerr // who uses the path finds that out
		}
		if isForeign(path, info) {
			return &fs.PathError{Op: "follow", Path: path, Err: ErrForeignLink}
		}
		path = missing(path) // where it leads
	}
	return nil
}

// OpenToAppend opens a file for what is added at its end, or makes it, for its owner
// only. What is no file, as a pipe, would perhaps never take a byte: it is an error.
func OpenToAppend(path string) (*os.File, error) {
	if err := checkLinks(path); err != nil {
		return nil, err
	}
	if info, err := os.Stat(path); err == nil && !info.Mode().IsRegular() {
		return nil, &fs.PathError{Op: "write", Path: path, Err: ErrNoFile}
	}
	return os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o600)
}
