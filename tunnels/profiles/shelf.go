package profiles

import (
	"bytes"
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"sync"

	"culvert/tunnels/durable"
)

// shelf is where files are kept: in a folder, or in memory.
type shelf interface {
	// path returns where a file is; empty in memory.
	path(base string) string
	// list returns the base names of the files, sorted; none where the folder is
	// missing.
	list() ([]string, error)
	// read returns a file of at most maxSize+1 bytes; more are left out.
	read(base string) ([]byte, error)
	// write replaces a file that held old at once or not at all; durable.ErrChanged says
	// that it holds something else by now.
	write(base string, old, data []byte) error
	// create makes a file and fails with fs.ErrExist where there is one.
	create(base string, data []byte) error
	// remove removes a file, or a link to one, and returns where the link led.
	remove(base string) (link string, err error)
	// relink makes a link to a file as it was, which has to be there.
	relink(base, link string) error
	// lock keeps others from changing files until the returned function is called.
	lock(ctx context.Context) (unlock func(), err error)
}

// endings are those of the files that are profiles.
var endings = [...]string{".yaml", ".yml"}

// idOf returns a file's name without its ending; false for a file that is no
// profile.
func idOf(base string) (string, bool) {
	if strings.HasPrefix(base, ".") {
		return "", false
	}
	for _, e := range endings {
		if id, ok := strings.CutSuffix(base, e); ok {
			return id, id != "" && checkLine("", id, maxSize) == nil
		}
	}
	return "", false
}

// memory keeps files for as long as the process runs.
type memory struct {
	mu    sync.Mutex
	files map[string][]byte
}

func newMemory() *memory { return &memory{files: make(map[string][]byte)} }

func (*memory) path(string) string { return "" }

func (m *memory) list() ([]string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	return slices.Sorted(maps.Keys(m.files)), nil
}

func (m *memory) read(base string) ([]byte, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	data, ok := m.files[base]
	if !ok {
		return nil, fs.ErrNotExist
	}
	return data, nil
}

func (m *memory) write(base string, old, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if !bytes.Equal(m.files[base], old) {
		return durable.ErrChanged
	}
	m.files[base] = data
	return nil
}

func (m *memory) create(base string, data []byte) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.files[base] != nil {
		return fs.ErrExist
	}
	m.files[base] = data
	return nil
}

func (m *memory) remove(base string) (string, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, base)
	return "", nil
}

func (*memory) relink(string, string) error { return errors.ErrUnsupported }

// lock does nothing: one store alone has the files.
func (*memory) lock(ctx context.Context) (func(), error) { return func() {}, ctx.Err() }
