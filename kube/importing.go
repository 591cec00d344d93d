package kube

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"culvert/tunnels"

	"k8s.io/client-go/tools/clientcmd/api"
)

// addImports adds the contexts of the imported files, and their prints to all. A
// file that cannot be read adds nothing but its error.
func (c *config) addImports(around surroundings, all io.Writer) {
	for _, file := range c.settings.Imports {
		in := Import{Path: file.Path, Label: file.Label}
		c.files = append(c.files, file.Path)
		raw, err := readImport(file.Path)
		if err != nil {
			in.Err = err
			fmt.Fprintln(all, err)
			c.imports = append(c.imports, in)
			continue
		}
		for _, name := range slices.Sorted(maps.Keys(raw.Contexts)) {
			e, files := c.importedEntry(raw, name, file.Label, around)
			c.entries[e.context.Name] = e
			c.contexts = append(c.contexts, e.context)
			c.files = append(c.files, files...)
			in.Contexts = append(in.Contexts, e.context)
			_, _ = all.Write(e.print[:]) // a hash
		}
		c.imports = append(c.imports, in)
	}
	slices.SortFunc(c.contexts, func(a, b Context) int { return strings.Compare(a.Name, b.Name) })
}

// importedEntry returns a context of an imported file, and the files that it
// names if they may be read. Nothing else is read before the user has allowed it.
func (c *config) importedEntry(raw *api.Config, name, label string, around surroundings) (e *entry, files []string) {
	k := describe(raw, name)
	k.Name = importedName(name, label)
	for c.entries[k.Name] != nil {
		k.Name += "'" // somebody has called another one so
	}
	k.Consent = consentFor(raw, k)
	cluster, user := raw.Clusters[k.Cluster], raw.AuthInfos[k.User]
	if k.Consent != nil {
		k.Consent.Given = c.settings.Contexts[k.Name].Consent == k.Consent.Hash
	}
	k.Current, k.Origin = false, OriginImported
	e = new(entry)
	if k.Consent != nil && !k.Consent.Given {
		k.Err = needsConsent(k)
	} else if err := checkFiles(cluster, user); err != nil {
		k.Err = brokenContext(k.Name, err)
	} else {
		e, files = readEntry(raw, nil, name, around)
		if k.Err = e.context.Err; k.Err != nil {
			k.Err.Op = "context " + k.Name
		}
	}
	e.context = k
	e.print = fingerprint(e.context, cluster, user, e.rest)
	return e, files
}

func needsConsent(k Context) *tunnels.Error {
	what := "it wants more than to talk to its server"
	if k.ExecPlugin != "" {
		what = fmt.Sprintf("it runs the command `%s`", k.ExecPlugin)
	}
	return &tunnels.Error{
		Op: "context " + k.Name, Err: fmt.Errorf("%s, and you have not allowed that", what),
		Hint:  fmt.Sprintf("See all that it does, and allow it, with `culvert contexts add %s`.", k.File),
		Cause: tunnels.CauseSignIn, Permanent: true,
	}
}

// Consent stores that the user has seen and allowed what a context of an
// imported file does: hash is that of its [Consent]. The error is an
// *tunnels.Error, also when it does something else by now.
func (c *Clusters) Consent(kubeContext, hash string) error {
	k, err := c.find(kubeContext)
	switch {
	case err != nil:
		return err
	case k.Consent == nil:
		return invalid("allow context "+k.Name, errNoConsent, "Use it as it is.")
	case k.Consent.Hash != hash:
		return invalid("allow context "+k.Name, errOtherConsent, "Look at it again.")
	}
	return c.changeContext(kubeContext, func(s *contextSettings) { s.Consent = hash })
}
