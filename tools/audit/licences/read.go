package licences

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	classifier "github.com/google/licenseclassifier/v2"
	"github.com/google/licenseclassifier/v2/assets"
)

// File is a text with licences.
type File struct {
	Name     string   // below the module's folder, with slashes
	Licences []string // SPDX identifiers of those in it, sorted; a dual licence has both
	Text     string
}

// isLicence are the names of files with a licence. Those that only add to one, as
// NOTICE and PATENTS, are none.
var isLicence = regexp.MustCompile(`(?i)^(?:(?:un)?licen[cs]e|copying|copyright|ofl|[a-z]+-ofl)(?:[-_.][^/]*)?$`)

// isNotice are the names of files with what has to be said of a work.
var isNotice = regexp.MustCompile(`(?i)^notices?(?:[-_.][^/]*)?$`)

// isSource are the names of files that only sound like one.
var isSource = regexp.MustCompile(`(?i)\.(?:go|c|h|m)$`)

// least is how much of a licence's words must be there for it to be that one.
const least = 0.85

// Read returns the modules that are linked into the product whose main package is in
// root, in any build for any system, sorted by path, with the licences of the packages
// that are linked and of the files that they embed. It runs go list six times.
func Read(ctx context.Context, root string) ([]*Module, error) {
	all, err := linked(ctx, root)
	if err != nil {
		return nil, err
	}
	known, err := assets.DefaultClassifier()
	if err != nil {
		return nil, fmt.Errorf("load the licences that are known: %w", err)
	}
	for _, m := range all {
		if m.Path == standard {
			if err := m.isStandard(ctx, root); err != nil {
				return nil, err
			}
		}
		if err := m.read(known); err != nil {
			return nil, fmt.Errorf("read the licences of %s: %w", m.Path, err)
		}
	}
	return all, nil
}

// isStandard says where Go's library is, and of which version.
func (m *Module) isStandard(ctx context.Context, root string) error {
	var err error
	if m.dir, err = goEnv(ctx, root, "GOROOT"); err != nil {
		return err
	}
	m.Version, err = goEnv(ctx, root, "GOVERSION")
	m.dirs[m.dir] = true
	return err
}

// read takes in the licences in the folders that matter, and above them.
func (m *Module) read(known *classifier.Classifier) error {
	if m.dir == "" {
		return errors.New("its sources are not there: run `go mod download`")
	}
	dirs := make(map[string]bool)
	for dir := range m.dirs {
		for ; !dirs[dir] && within(m.dir, dir); dir = filepath.Dir(dir) {
			dirs[dir] = true
		}
	}
	for dir := range dirs {
		entries, err := os.ReadDir(dir)
		if err != nil {
			return err
		}
		for _, e := range entries {
			if e.IsDir() || isSource.MatchString(e.Name()) {
				continue
			}
			var err error
			switch path := filepath.Join(dir, e.Name()); {
			case isLicence.MatchString(e.Name()):
				err = m.add(known, path)
			case isNotice.MatchString(e.Name()):
				err = m.addNotice(path)
			}
			if err != nil {
				return err
			}
		}
	}
	byName := func(a, b File) int { return strings.Compare(a.Name, b.Name) }
	slices.SortFunc(m.Files, byName)
	slices.SortFunc(m.Notices, byName)
	return nil
}

func within(root, dir string) bool {
	rel, err := filepath.Rel(root, dir)
	return err == nil && filepath.IsLocal(rel)
}

func (m *Module) add(known *classifier.Classifier, path string) error {
	f, err := m.text(path)
	if err != nil {
		return err
	}
	f.Licences = namesIn(known, []byte(f.Text))
	m.Files = append(m.Files, f)
	return nil
}

func (m *Module) addNotice(path string) error {
	f, err := m.text(path)
	if err != nil {
		return err
	}
	m.Notices = append(m.Notices, f)
	return nil
}

// text reads one of the module's files.
func (m *Module) text(path string) (File, error) {
	text, err := os.ReadFile(path)
	if err != nil {
		return File{}, err
	}
	name, err := filepath.Rel(m.dir, path)
	if err != nil {
		return File{}, err
	}
	return File{Name: filepath.ToSlash(name), Text: string(text)}, nil
}

// namesIn returns the licences that a text has.
func namesIn(known *classifier.Classifier, text []byte) []string {
	var names []string
	for _, found := range known.Match(text).Matches {
		if found.MatchType == "License" && found.Confidence >= least {
			names = append(names, spdx(found.Name))
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// spdx returns SPDX's name of a licence that the classifier calls otherwise.
func spdx(name string) string {
	switch name {
	case "Bitstream":
		return "Bitstream-Vera"
	case "BSD-0-Clause":
		return "0BSD"
	}
	return name
}

// Names returns the SPDX identifiers of all licences of a module, sorted.
func (m *Module) Names() []string {
	var names []string
	for _, f := range m.Files {
		names = append(names, f.Licences...)
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// Table lists the modules, each in a line of its own: the path, and the names of its
// licences, with a space before each. It is what the window shows.
func Table(modules []*Module) []byte {
	var out []byte
	for _, m := range modules {
		out = fmt.Appendf(out, "%s %s\n", m.Path, strings.Join(m.Names(), " "))
	}
	return out
}
