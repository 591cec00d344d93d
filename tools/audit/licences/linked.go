package licences

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// variant is one way in which the product is built.
type variant struct {
	system string
	tags   string
	cgo    string
}

// variants are the window and the command line alone, for each system.
func variants() []variant {
	var all []variant
	for _, system := range []string{"linux", "windows", "darwin"} {
		all = append(all, variant{system, "migrated_fynedo,no_emoji", "1"}, variant{system, "nogui", "0"})
	}
	return all
}

// Module is one that is linked into the product, in any of its builds.
type Module struct {
	Path    string // "std" for Go's library; the product's own for itself
	Version string // empty for the product
	Needs   []string
	Files   []File // the licences, by name
	Notices []File // what a licence asks to be passed on beside it, by name; without licences

	dir  string
	dirs map[string]bool // of packages that are linked, and of what they embed
}

// listed is what go list says of a package.
type listed struct {
	ImportPath string
	Dir        string
	Standard   bool
	Imports    []string
	EmbedFiles []string
	CgoFiles   []string
	Module     *struct {
		Path, Version, Dir string
		Main               bool
	}
}

// linked returns the modules that are linked into the product whose main package is in
// root, by path, without their licences.
func linked(ctx context.Context, root string) ([]*Module, error) {
	all := make(map[string]*Module)
	of := make(map[string]string) // the module of a package
	imports := make(map[string]map[string]bool)
	for _, v := range variants() {
		packages, err := list(ctx, root, v)
		if err != nil {
			return nil, fmt.Errorf("list what is built for %s with the tags %s: %w", v.system, v.tags, err)
		}
		for _, p := range packages {
			m := moduleOf(p, all)
			of[p.ImportPath] = m.Path
			if m.Path == standard {
				continue // its licence is in one place
			}
			m.dirs[p.Dir] = true
			for _, f := range p.EmbedFiles {
				m.dirs[filepath.Dir(filepath.Join(p.Dir, f))] = true
			}
			if len(p.CgoFiles) > 0 {
				addBelow(m.dirs, p.Dir) // C sources that it includes
			}
			if imports[m.Path] == nil {
				imports[m.Path] = make(map[string]bool)
			}
			for _, i := range p.Imports {
				imports[m.Path][i] = true
			}
		}
	}
	for path, m := range all {
		needs := make(map[string]bool)
		for i := range imports[path] {
			if other := of[i]; other != "" && other != path {
				needs[other] = true
			}
		}
		m.Needs = slices.Sorted(maps.Keys(needs))
	}
	return slices.SortedFunc(maps.Values(all), func(a, b *Module) int { return strings.Compare(a.Path, b.Path) }), nil
}

// standard is how Go's library is called.
const standard = "std"

// moduleOf returns the module that a package belongs to, which it adds to all.
func moduleOf(p listed, all map[string]*Module) *Module {
	m := &Module{Path: standard, dirs: make(map[string]bool)}
	if p.Module != nil {
		m.Path, m.Version, m.dir = p.Module.Path, p.Module.Version, p.Module.Dir
	}
	if known := all[m.Path]; known != nil {
		return known
	}
	all[m.Path] = m
	return m
}

// addBelow adds the folders below dir.
func addBelow(dirs map[string]bool, dir string) {
	_ = filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
		if err == nil && d.IsDir() {
			dirs[path] = true
		}
		return nil // what cannot be read holds no sources either
	})
}

// list returns the packages of one build.
func list(ctx context.Context, root string, v variant) ([]listed, error) {
	cmd := exec.CommandContext(ctx, "go", "list", "-deps", "-tags", v.tags, "-json=ImportPath,Dir,Standard,Imports,EmbedFiles,CgoFiles,Module", ".")
	cmd.Dir = root
	cmd.Env = append(os.Environ(), "GOOS="+v.system, "CGO_ENABLED="+v.cgo, "GOFLAGS=-mod=readonly", "GOWORK=off")
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.Output()
	if err != nil {
		return nil, fmt.Errorf("go list: %w: %s", err, strings.TrimSpace(said.String()))
	}
	var all []listed
	for d := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return all, nil
		} else if err != nil {
			return nil, fmt.Errorf("read what go list says: %w", err)
		}
		all = append(all, p)
	}
}

// goEnv returns one of Go's own settings, as GOROOT.
func goEnv(ctx context.Context, root, name string) (string, error) {
	cmd := exec.CommandContext(ctx, "go", "env", name)
	cmd.Dir = root
	out, err := cmd.Output()
	if err != nil {
		return "", fmt.Errorf("go env %s: %w", name, err)
	}
	return strings.TrimSpace(string(out)), nil
}
