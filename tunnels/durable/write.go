package durable

import (
	"bytes"
	"errors"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
)

// Write replaces a file, or makes it, at once or not at all, also when the process
// or the machine stops in between; then the new bytes are on the disk. A symbolic
// link stays one, unless somebody else may have put it there, see [Save], and a file
// that was there keeps its mode. The folder is made where it is missing. Write cleans up behind writers that were killed, see
// [Sweep].
func Write(path string, data []byte) error { return write(path, data, nil) }

// ErrChanged says that somebody has changed a file meanwhile who asks for no lock.
var ErrChanged = errors.New("another program has just changed it")

// Replace is Write for a file that was read before: when it does not hold old any
// more it stays as it is, and the error is [ErrChanged]. So what an editor saves is
// not lost while the new bytes go to the disk, which takes a while.
func Replace(path string, old, data []byte) error {
	return write(path, data, func(path string) error {
		now, err := Read(path, len(old)+1)
		if errors.Is(err, fs.ErrNotExist) || err == nil && !bytes.Equal(now, old) {
			return ErrChanged
		}
		return err
	})
}

// write is Write; before, if it is not nil, has the last word on a file that is about
// to be replaced.
func write(path string, data []byte, before func(path string) error) error {
	path, as, err := destination(path)
	if err != nil {
		return err
	}
	return place(path, data, as, before)
}

// place puts a file where its destination is.
func place(path string, data []byte, as mode, before func(path string) error) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	Sweep(dir, leftover)
	temp, err := fill(dir, filepath.Base(path), data, as)
	if err != nil {
		return err
	}
	if before != nil {
		err = before(path)
	}
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		_ = os.Remove(temp) // the first error is told
		return err
	}
	syncDir(dir)
	return nil
}

// Create makes a file of that mode as Write does, but fails with [fs.ErrExist] where
// there is one of that name.
func Create(path string, data []byte, bits fs.FileMode) error {
	dir := filepath.Dir(path)
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	if _, err := os.Lstat(path); err == nil {
		return &fs.PathError{Op: "create", Path: path, Err: fs.ErrExist}
	}
	temp, err := fill(dir, filepath.Base(path), data, mode{bits, true})
	if err != nil {
		return err
	}
	if err := moveNew(temp, path); err != nil {
		_ = os.Remove(temp) // the first error is told
		return err
	}
	syncDir(dir)
	return nil
}

// moveNew renames a file without replacing another, as far as the file system can
// do that: where it has no hard links, one that came in this moment is replaced.
func moveNew(temp, path string) error {
	err := os.Link(temp, path)
	switch {
	case err == nil:
		return os.Remove(temp)
	case errors.Is(err, fs.ErrExist):
		return err
	}
	return os.Rename(temp, path)
}

// mode is what a new file may be used for, and by whom.
type mode struct {
	bits  fs.FileMode
	exact bool // whatever the user takes from new files, see umask(2)
}

// destination follows links to the file that is to be replaced, and returns the
// mode that it is to have.
func destination(path string) (string, mode, error) {
	if err := checkLinks(path); err != nil {
		return "", mode{}, err
	}
	real, err := filepath.EvalSymlinks(path)
	if errors.Is(err, fs.ErrNotExist) {
		return missing(path), mode{0o600, true}, nil
	}
	if err != nil {
		return "", mode{}, err
	}
	info, err := os.Stat(real)
	if err != nil {
		return "", mode{}, err
	}
	if !info.Mode().IsRegular() {
		return "", mode{}, &fs.PathError{Op: "replace", Path: path, Err: ErrNoFile}
	}
	return real, mode{info.Mode().Perm(), true}, nil
}

// missing returns where a file is to be made: path, or where the link leads that
// is there without its file.
func missing(path string) string {
	to, err := os.Readlink(path)
	switch {
	case err != nil: // it is no link
		return path
	case filepath.IsAbs(to):
		return to
	}
	return filepath.Join(filepath.Dir(path), to)
}

// fill writes a new file beside the one that it is to become and returns its
// path. After an error there is none.
func fill(dir, base string, data []byte, as mode) (path string, err error) {
	temp, err := draft(dir, base, as)
	if err != nil {
		return "", err
	}
	defer func() {
		if err != nil {
			_ = os.Remove(temp.Name()) // the first error is told
		}
	}()
	_, err = temp.Write(data)
	if err == nil && as.exact && as.bits != 0o600 {
		err = temp.Chmod(as.bits) // not by its name, which may be another file's by now
	}
	if err == nil {
		err = temp.Sync()
	}
	if e := temp.Close(); err == nil {
		err = e
	}
	return temp.Name(), err
}

// draft makes a new file, which was not there before, and follows no link. Until
// its mode is set it is for its owner only.
func draft(dir, base string, as mode) (*os.File, error) {
	bits := fs.FileMode(0o600)
	if !as.exact {
		bits = as.bits
	}
	for range 1000 {
		name := "." + base + tempMark + strconv.Itoa(int(rand.Uint32())) //nolint:gosec // nobody has to guess it
		f, err := os.OpenFile(filepath.Join(dir, name), os.O_RDWR|os.O_CREATE|os.O_EXCL, bits)
		if !errors.Is(err, fs.ErrExist) {
			return f, err
		}
	}
	return nil, &fs.PathError{Op: "create", Path: filepath.Join(dir, base), Err: fs.ErrExist}
}

// syncDir makes a renaming last. Not every system can do that, and the file is
// whole in any case.
func syncDir(dir string) {
	d, err := os.Open(dir)
	if err != nil {
		return
	}
	_ = d.Sync()
	_ = d.Close()
}
