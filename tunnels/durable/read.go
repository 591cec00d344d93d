package durable

import (
	"errors"
	"io"
	"io/fs"
	"os"
)

// Read returns at most so many bytes of a file and leaves out the rest. What is no
// file, as a device or a pipe, is not opened: it might never end.
func Read(path string, most int) ([]byte, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, err
	}
	if !info.Mode().IsRegular() {
		return nil, ErrNoFile
	}
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close() //nolint:errcheck // it was only read
	return io.ReadAll(io.LimitReader(file, int64(most)))
}

// ErrNoFile says that what is there is a folder, a device or a pipe.
var ErrNoFile = errors.New("it is not a file")

// Reason returns what the system says of a file without its path, for who names it
// anyway; other errors are returned as they are.
func Reason(err error) error {
	var path *fs.PathError
	if errors.As(err, &path) {
		return path.Err
	}
	var link *os.LinkError
	if errors.As(err, &link) {
		return link.Err
	}
	return err
}
