package profiles

import (
	"bytes"
	"context"
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
	// remove removes a file, or a link to one.
	remove(base string) (bygone, error)
	// restore makes a removed file again as it was, and fails as create does. Of a link
	// whose file is no more it makes a file.
	restore(base string, data []byte, was bygone) error
	// lock keeps others from changing files until the returned function is called.
	lock(ctx context.Context) (unlock func(), err error)
}

// bygone is what a file was besides its bytes.
type bygone struct {
	link string // where it led, if it was a link
	mode fs.FileMode
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

func (m *memory) remove(base string) (bygone, error) {
	m.mu.Lock()
	defer m.mu.Unlock()
	delete(m.files, base)
	return bygone{}, nil
}

func (m *memory) restore(base string, data []byte, _ bygone) error { return m.create(base, data) }

// lock does nothing: one store alone has the files.
func (*memory) lock(ctx context.Context) (func(), error) { return func() {}, ctx.Err() }
