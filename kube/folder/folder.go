// Package folder keeps Culvert's own settings: small YAML files in one folder,
// which several processes may read and change at the same time. Nothing secret
// belongs there.
package folder

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"culvert/tunnels"
	"culvert/tunnels/durable"

	"sigs.k8s.io/yaml"
)

// maxSize bounds a file, in bytes.
const maxSize = 1 << 20

// Folder is a folder of YAML files. It holds no open files and may be copied
// and used by many goroutines. The zero value is no folder: all its files are
// missing, and none can be written.
type Folder struct{ path string }

// Default returns where the user's folder is: culvert below the folder that the
// system has for settings.
func Default() (string, error) {
	dir, err := os.UserConfigDir()
	if err != nil {
		return "", &tunnels.Error{
			Op: "config folder", Err: err,
			Hint:  "Set HOME or XDG_CONFIG_HOME to a folder of yours.",
			Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	return filepath.Join(dir, "culvert"), nil
}

// Open returns the folder at path, which need not exist: the first change makes
// it, for its owner only. An empty path is the zero value. Open touches nothing.
func Open(path string) Folder { return Folder{path} }

// Exists tells whether f is a folder at all, and not the zero value.
func (f Folder) Exists() bool { return f.path != "" }

// File returns the path of a file; empty for the zero value.
func (f Folder) File(name string) string {
	if f.path == "" {
		return ""
	}
	return filepath.Join(f.path, name)
}

// Read decodes a file into v, a pointer to a zero value. A missing file leaves v
// as it is. A file that is too large, cannot be read, is no YAML, or has a field
// that v lacks is an *tunnels.Error that names it; v is undefined then.
func (f Folder) Read(name string, v any) error {
	_, err := f.read(name, v)
	return err
}

// Update reads a file into v as Read does, calls change, which alters v, and
// writes the file anew unless that made no difference. It takes place at once or
// not at all, also when the machine stops in between, and no other Update of the
// file, of whichever process, comes in between; it waits up to 10 s for those. A
// file that cannot be read is left as it is. An error of change is returned as
// it is; others are *tunnels.Errors.
func (f Folder) Update(ctx context.Context, name string, v any, change func() error) error {
	if f.path == "" {
		return &tunnels.Error{
			Op: "write " + name, Err: errors.New("there is no config folder"),
			Hint:  "Culvert keeps nothing here; in the demo that is on purpose.",
			Cause: tunnels.CauseInvalid, Permanent: true,
		}
	}
	unlock, err := durable.Lock(ctx, f.File(name))
	if err != nil {
		return f.unwritable(name, err)
	}
	defer unlock()
	before, err := f.read(name, v)
	if err != nil {
		return err
	}
	if err := change(); err != nil {
		return err
	}
	after, err := yaml.Marshal(v)
	switch {
	case err != nil:
		return f.unwritable(name, err)
	case len(after) > maxSize:
		return f.unwritable(name, fmt.Errorf("it would have more than %d bytes", maxSize))
	case bytes.Equal(before, after):
		return nil
	}
	if err := durable.Write(f.File(name), after); err != nil {
		return f.unwritable(name, err)
	}
	return nil
}

// read returns the file's bytes too; nil when it is missing.
func (f Folder) read(name string, v any) ([]byte, error) {
	if f.path == "" {
		return nil, nil
	}
	data, err := readBounded(f.File(name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err == nil {
		err = yaml.UnmarshalStrict(data, v)
	}
	if err != nil {
		return nil, f.unreadable(name, err)
	}
	return data, nil
}

func readBounded(path string) ([]byte, error) {
	data, err := durable.Read(path, maxSize+1)
	if err == nil && len(data) > maxSize {
		err = fmt.Errorf("it has more than %d bytes", maxSize)
	}
	return data, err
}
