package kube

import (
	"slices"

	"culvert/tunnels"
)

// settingsFile is where what the user says about contexts is stored, in
// Culvert's own folder. The kubeconfigs are never written.
const settingsFile = "contexts.yaml"

// mostRecent is how many namespaces are remembered of a context.
const mostRecent = 20

// settings are what the file holds.
type settings struct {
	// Imports are further kubeconfig files, in the order in which they came.
	Imports []importedFile `json:"imports,omitempty"`
	// Plugins are where credential plugins are, by their commands.
	Plugins  map[string]string          `json:"plugins,omitempty"`
	Contexts map[string]contextSettings `json:"contexts,omitempty"`
}

// importedFile is a kubeconfig that stays where it is.
type importedFile struct {
	Path  string `json:"path"`
	Label string `json:"label"` // tells its contexts from others; see importedName
}

type contextSettings struct {
	Production bool     `json:"production,omitempty"`
	Consent    string   `json:"consent,omitempty"` // the hash of what the user has allowed
	Recent     []string `json:"recent,omitempty"`  // namespaces, the newest first
}

// change alters the stored settings and then reads everything anew. Its error is
// an *tunnels.Error.
func (c *Clusters) change(change func(*settings) error) error {
	var s settings
	err := c.source.folder.Update(c.ctx, settingsFile, &s, func() error { return change(&s) })
	if err != nil {
		return err
	}
	c.reload()
	return nil
}

// changeContext is change for the settings of one context, which must exist.
func (c *Clusters) changeContext(name string, change func(*contextSettings)) error {
	if _, err := c.find(name); err != nil {
		return err
	}
	return c.change(func(s *settings) error {
		of := s.Contexts[name]
		change(&of)
		if s.Contexts == nil {
			s.Contexts = make(map[string]contextSettings)
		}
		s.Contexts[name] = of
		return nil
	})
}

// find returns a context, or an *tunnels.Error.
func (c *Clusters) find(name string) (Context, error) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if e := c.loaded.entries[name]; e != nil {
		return e.context, nil
	}
	return Context{}, c.unknownLocked(name)
}

// MarkProduction stores whether the user has marked a context as production.
func (c *Clusters) MarkProduction(kubeContext string, production bool) error {
	return c.changeContext(kubeContext, func(s *contextSettings) { s.Production = production })
}

// RememberNamespace stores that a namespace was used in a context; the last 20
// are kept.
func (c *Clusters) RememberNamespace(kubeContext, namespace string) error {
	if err := checkName("namespace", namespace); err != nil {
		return invalid("remember a namespace", err, "Give its name as the cluster shows it.")
	}
	k, err := c.find(kubeContext)
	if err != nil || len(k.Recent) > 0 && k.Recent[0] == namespace {
		return err
	}
	return c.changeContext(kubeContext, func(s *contextSettings) {
		others := slices.DeleteFunc(s.Recent, func(n string) bool { return n == namespace })
		s.Recent = append([]string{namespace}, others...)
		s.Recent = s.Recent[:min(len(s.Recent), mostRecent)]
	})
}

// markOne puts into a context what the settings say about it.
func (c *config) markOne(k *Context) {
	of := c.settings.Contexts[k.Name]
	k.Production, k.Recent, k.Unsure = of.Production, slices.Clone(of.Recent), c.trouble != nil
}

// mark puts into contexts what the settings say about them.
func (c *config) mark() {
	for i := range c.contexts {
		k := &c.contexts[i]
		c.markOne(k)
		c.entries[k.Name].context = *k
	}
	for _, in := range c.imports {
		for i, k := range in.Contexts {
			in.Contexts[i] = c.entries[k.Name].context
		}
	}
}

// invalid is an error of what the user has given.
func invalid(op string, err error, hint string) *tunnels.Error {
	return &tunnels.Error{Op: op, Err: err, Hint: hint, Cause: tunnels.CauseInvalid, Permanent: true}
}

// readSettings returns the stored settings. When they cannot be read, last is
// returned with an *tunnels.Error.
func (s source) readSettings() (settings, error) {
	var now settings
	if err := s.folder.Read(settingsFile, &now); err != nil {
		return s.last, err
	}
	return now, nil
}
