package kube

import (
	"cmp"
	"context"
	"maps"
	"os"
	"slices"

	"culvert/kube/plugin"
)

// Plugin is a credential plugin of contexts.
type Plugin struct {
	Command  string   // as [Context].ExecPlugin
	Contexts []string // those that run it, sorted
	Path     string   // where it is; empty for nowhere
	Located  bool     // the user has said where, see [Clusters.LocatePlugin]
	Shell    bool     // only the login shell's PATH leads to it
}

// Plugins returns the credential plugins of all contexts, sorted by command. Where
// one is missing it waits for the login shell, if that is to be asked, until ctx is
// done.
func (c *Clusters) Plugins(ctx context.Context) []Plugin {
	out := c.pluginsNow()
	if c.shell.use == ShellNever || !slices.ContainsFunc(out, func(p Plugin) bool { return p.Path == "" }) {
		return out
	}
	c.askShell()
	c.shell.await(ctx, c.ctx)
	return c.pluginsNow()
}

// pluginsNow looks for the plugins with what is known of the login shell.
func (c *Clusters) pluginsNow() []Plugin {
	around := c.around()
	c.mu.Lock()
	contexts, located := c.loaded.contexts, c.loaded.settings.Plugins
	c.mu.Unlock()
	by := make(map[string]*Plugin)
	for _, k := range contexts {
		if k.ExecPlugin == "" {
			continue
		}
		p := by[k.ExecPlugin]
		if p == nil {
			p = around.look(k.ExecPlugin, located[k.ExecPlugin])
			by[k.ExecPlugin] = p
		}
		p.Contexts = append(p.Contexts, k.Name)
	}
	var out []Plugin
	for _, command := range slices.Sorted(maps.Keys(by)) {
		out = append(out, *by[command])
	}
	return out
}

// look finds a plugin; located is where the user says that it is.
func (s surroundings) look(command, located string) *Plugin {
	p := &Plugin{Command: command, Located: located != ""}
	path, err := plugin.Find(s.path(), cmp.Or(located, command))
	if err != nil {
		return p
	}
	p.Path = path
	_, err = plugin.Find(os.Getenv("PATH"), cmp.Or(located, command))
	p.Shell = err != nil
	return p
}
