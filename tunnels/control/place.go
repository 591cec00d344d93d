package control

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
)

// place is where the first is found.
type place struct {
	lock   string // the path of the file that is locked
	socket string // the path of the socket, or the name of the pipe
}

// findPlace returns the place of a role in a private folder, which it makes when it is
// missing; an empty dir is the user's. Its error is noPlace's.
func findPlace(dir string, r Role) (place, error) {
	if dir == "" {
		var err error
		if dir, err = userFolder(); err != nil {
			return place{}, noPlace(err)
		}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return place{}, noPlace(err)
	}
	if err := makePrivate(dir); err != nil {
		return place{}, noPlace(err)
	}
	socket, err := socketIn(dir, r)
	if err != nil {
		return place{}, noPlace(err)
	}
	return place{lock: filepath.Join(dir, r.file()+".lock"), socket: socket}, nil
}

// holder returns the process that holds the lock, or 0 when that is not known.
func (p place) holder() int {
	f, err := os.Open(p.lock)
	if err != nil {
		return 0
	}
	defer f.Close() //nolint:errcheck // it was only read
	text := make([]byte, pidWidth)
	n, _ := f.ReadAt(text, pidOffset) // what cannot be read is no number
	pid, err := strconv.Atoi(strings.TrimSpace(string(text[:n])))
	if err != nil || pid < 0 {
		return 0
	}
	return pid
}
