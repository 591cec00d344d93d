package kube

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"culvert/tunnels"

	"k8s.io/client-go/tools/clientcmd"
	"k8s.io/client-go/tools/clientcmd/api"
)

// maxImport bounds an imported kubeconfig, and each file that it names, in bytes.
const maxImport = 1 << 20

// Import is one imported kubeconfig file.
type Import struct {
	Path     string
	Label    string    // stands behind the names of its contexts
	Contexts []Context // as among [Clusters.Contexts]
	Err      error     // why it cannot be read, an *tunnels.Error; nil when it can
}

// Imports returns the imported files, in the order in which they came.
func (c *Clusters) Imports() []Import {
	c.mu.Lock()
	defer c.mu.Unlock()
	return slices.Clone(c.loaded.imports)
}

// Inspect returns what importing a file would add. It uses nothing of it. The
// error is an *tunnels.Error.
func (c *Clusters) Inspect(path string) (Import, error) {
	path, err := importPath(path)
	if err != nil {
		return Import{}, err
	}
	c.mu.Lock()
	have := c.loaded.settings.Imports
	c.mu.Unlock()
	file := importedFile{path, label(path, have)}
	for _, f := range have {
		if f.Path == path {
			file = f
		}
	}
	raw, err := readImport(file.Path)
	if err != nil {
		return Import{}, err
	}
	in := Import{Path: file.Path, Label: file.Label}
	for _, name := range slices.Sorted(maps.Keys(raw.Contexts)) {
		k := describe(raw, name)
		k.Name = importedName(name, file.Label)
		k.Current, k.Origin, k.Consent = false, OriginImported, consentFor(raw, k)
		in.Contexts = append(in.Contexts, k)
	}
	return in, nil
}

// Import adds the contexts of a kubeconfig file, which stays where it is and is
// followed. Nothing in it runs, or reads other files, without [Clusters.Consent].
// To import it again is no error. The error is an *tunnels.Error.
func (c *Clusters) Import(path string) error {
	path, err := importPath(path)
	if err != nil {
		return err
	}
	if _, err := readImport(path); err != nil {
		return err
	}
	return c.change(func(s *settings) error {
		if !slices.ContainsFunc(s.Imports, func(f importedFile) bool { return f.Path == path }) {
			s.Imports = append(s.Imports, importedFile{path, label(path, s.Imports)})
		}
		return nil
	})
}

// Forget takes back an Import, and what the user has allowed and said of the
// file's contexts. The file stays. The error is an *tunnels.Error.
func (c *Clusters) Forget(path string) error {
	path, err := importPath(path)
	if err != nil {
		return err
	}
	ours := c.namesOf(path)
	return c.change(func(s *settings) error {
		i := slices.IndexFunc(s.Imports, func(f importedFile) bool { return f.Path == path })
		if i < 0 {
			return invalid("forget "+path, errors.New("this file is not imported"), "See `culvert contexts` for those that are.")
		}
		label := s.Imports[i].Label
		maps.DeleteFunc(s.Contexts, func(name string, _ contextSettings) bool { return ours(name, label) })
		s.Imports = slices.Delete(s.Imports, i, i+1)
		return nil
	})
}

// namesOf returns what tells whether a context is one of an imported file. Of a
// file that cannot be read all names with its label are that nobody else has.
func (c *Clusters) namesOf(path string) func(name, label string) bool {
	c.mu.Lock()
	now := c.loaded
	c.mu.Unlock()
	i := slices.IndexFunc(now.imports, func(in Import) bool { return in.Path == path && in.Err == nil })
	return func(name, label string) bool {
		if i >= 0 {
			return slices.ContainsFunc(now.imports[i].Contexts, func(k Context) bool { return k.Name == name })
		}
		return now.entries[name] == nil && strings.HasSuffix(strings.TrimRight(name, "'"), importedName("", label))
	}
}

// importedName is how a context of an imported file is called. It always has the
// label, so that it takes no name from another context, also not from one that
// comes later.
func importedName(name, label string) string { return name + " (" + label + ")" }

// label returns what tells a file's contexts from those of other imports.
func label(path string, others []importedFile) string {
	short := clean(filepath.Base(path), mostText)
	long := clean(filepath.Join(filepath.Base(filepath.Dir(path)), filepath.Base(path)), mostText)
	free := func(l string) bool {
		return !slices.ContainsFunc(others, func(f importedFile) bool { return f.Label == l })
	}
	for _, l := range []string{short, long} {
		if free(l) {
			return l
		}
	}
	for n := 2; ; n++ {
		if l := fmt.Sprintf("%s %d", long, n); free(l) {
			return l
		}
	}
}

// importPath returns a path in the form in which it is stored.
func importPath(path string) (string, error) {
	abs, err := filepath.Abs(path)
	if err == nil {
		err = checkPrintable("path", abs)
	}
	if err != nil {
		return "", invalid("import", err, "Give the path of a kubeconfig file.")
	}
	return abs, nil
}

// readImport reads an imported file and nothing else. Its error is an
// *tunnels.Error.
func readImport(path string) (*api.Config, error) {
	data, err := readFile(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, &tunnels.Error{
			Op: "import", Err: fmt.Errorf("there is no file %s", path), Cause: tunnels.CauseNotFound, Permanent: true,
			Hint: "Put it back, or take it off the list with `culvert contexts remove`.",
		}
	case err != nil:
		return nil, invalid("import "+path, presentable(err), "Check that it is a kubeconfig that you may read.")
	}
	raw, err := clientcmd.Load(data)
	if err == nil {
		err = checkNames(raw)
	}
	if err != nil {
		return nil, invalid("import "+path, presentable(err), "Correct the file, or get another one from whoever made it.")
	}
	for _, k := range raw.Contexts {
		k.LocationOfOrigin = path
	}
	for _, k := range raw.Clusters {
		k.LocationOfOrigin = path
	}
	for _, u := range raw.AuthInfos {
		u.LocationOfOrigin = path
	}
	if err := clientcmd.ResolveLocalPaths(raw); err != nil {
		return nil, invalid("import "+path, presentable(err), "Correct the paths in the file.")
	}
	return raw, nil
}

// readFile reads a file that may be anything.
func readFile(path string) ([]byte, error) {
	if err := checkFile(path); err != nil {
		return nil, err
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer func() { _ = f.Close() }()
	data, err := io.ReadAll(io.LimitReader(f, maxImport+1))
	if err == nil && len(data) > maxImport {
		return nil, fmt.Errorf("it has more than %d bytes", maxImport)
	}
	return data, err
}

// checkFile refuses what would never end, or is too large.
func checkFile(path string) error {
	info, err := os.Stat(path)
	switch {
	case err != nil:
		return err
	case !info.Mode().IsRegular():
		return fmt.Errorf("%s is not a file", path)
	case info.Size() > maxImport:
		return fmt.Errorf("%s has more than %d bytes", path, maxImport)
	}
	return nil
}

// checkNames refuses names that could pass for others, or drive a terminal.
func checkNames(raw *api.Config) error {
	var errs []error
	for name, k := range raw.Contexts {
		errs = append(errs, checkName("context", name), checkPrintable("cluster's name", k.Cluster),
			checkPrintable("user's name", k.AuthInfo), checkPrintable("namespace", k.Namespace))
	}
	for name, k := range raw.Clusters {
		errs = append(errs, checkName("cluster", name), checkPrintable("server", k.Server))
	}
	for name, u := range raw.AuthInfos {
		errs = append(errs, checkName("user", name))
		if u.Exec != nil {
			errs = append(errs, checkPrintable("command", u.Exec.Command))
		}
	}
	errs = slices.DeleteFunc(errs, func(err error) bool { return err == nil })
	if len(errs) == 0 {
		return nil
	}
	return slices.MinFunc(errs, func(a, b error) int { return strings.Compare(a.Error(), b.Error()) })
}

// checkName refuses names that are empty, too long, or not shown as they are.
func checkName(what, name string) error {
	if name == "" {
		return fmt.Errorf("a %s has no name", what)
	}
	if clean(name, mostText) != name {
		return fmt.Errorf("the name of the %s %.60q is too long or has characters that are not shown", what, name)
	}
	return nil
}

func checkPrintable(what, s string) error {
	const most = 4096
	if strings.ContainsFunc(s, notShown) || len(s) > most {
		return fmt.Errorf("the %s %.60q is too long or has characters that are not shown", what, s)
	}
	return nil
}
