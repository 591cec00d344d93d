package licences

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// Allowed are the licences that what is linked into the product may have: those that
// ask for no more than a notice, and the Mozilla licence, which asks for changes of its
// own files alone. Who adds one has read it, and says in the commit why it fits.
func Allowed() []string {
	return []string{
		"0BSD", "Apache-2.0", "BSD-2-Clause", "BSD-3-Clause", "Bitstream-Vera", "CC0-1.0", "ISC", "MIT", "MPL-2.0", "OFL-1.1", "Unlicense", "Zlib",
	}
}

// Check returns what is wrong with the licences of modules, an error for each that is
// not allowed, not known, or missing; nil when all is well.
func Check(modules []*Module) error {
	var errs []error
	for _, m := range modules {
		if len(m.Names()) == 0 {
			errs = append(errs, fmt.Errorf("%s has no licence that is known, %s: ask its authors, or do without it", m.title(), m.looked()))
			continue
		}
		for _, f := range m.Files {
			errs = append(errs, m.check(f))
		}
	}
	return errors.Join(errs...)
}

func (m *Module) check(f File) error {
	if len(f.Licences) == 0 {
		return fmt.Errorf("%s has a licence that is not known, %s: read it", m.title(), f.Name)
	}
	for _, name := range f.Licences {
		if !slices.Contains(Allowed(), name) {
			return fmt.Errorf("%s has the licence %s in %s, which is not among those that are allowed: %s", m.title(), name, f.Name, strings.Join(Allowed(), ", "))
		}
	}
	return nil
}

func (m *Module) title() string { return strings.TrimSuffix(m.Path+" "+m.Version, " ") }

// looked says in which files a licence was looked for.
func (m *Module) looked() string {
	if len(m.Files) == 0 {
		return "and no file with one"
	}
	var names []string
	for _, f := range m.Files {
		names = append(names, f.Name)
	}
	return "in " + strings.Join(names, ", ")
}
