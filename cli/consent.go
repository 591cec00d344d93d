package cli

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/tunnels/control"
)

// danger is why the start of a tunnel is asked about first.
type danger struct {
	tunnel     string   // its title and target
	context    string   // where it leads
	production bool     // the user has marked the context so
	unsure     bool     // the marks, or the context, are not known: it may be production
	open       []string // addresses that other computers reach
}

// known are the contexts that tunnels may lead to.
type known struct {
	contexts []kube.Context
	unsure   bool // there may be others, or other marks
}

// dangersOf returns what has to be asked about before tunnels are started.
func dangersOf(specs []tunnels.Spec, k known) []danger {
	var out []danger
	for _, s := range specs {
		d := danger{tunnel: plain(s.Title() + " (" + s.Target.String() + ")"), context: s.Target.Context, open: tunnels.Exposed(s.Listen)}
		i := slices.IndexFunc(k.contexts, func(c kube.Context) bool {
			return c.Name == s.Target.Context || s.Target.Context == "" && c.Current
		})
		if i >= 0 {
			c := k.contexts[i]
			d.context, d.production, d.unsure = c.Name, c.Production, c.Unsure
		} else {
			d.unsure = k.unsure
		}
		if d.production || d.unsure || len(d.open) > 0 {
			out = append(out, d)
		}
	}
	return out
}

// sentence says what is dangerous about a tunnel.
func (d danger) sentence() string {
	var parts []string
	context := "the context " + quote(d.context)
	if d.context == "" {
		context = "the current context"
	}
	if d.production {
		parts = append(parts, "leads to "+context+", which is marked as production")
	} else if d.unsure {
		parts = append(parts, "leads to "+context+", which may be production")
	}
	if len(d.open) > 0 {
		parts = append(parts, "listens on "+plain(strings.Join(d.open, ", "))+", where other computers reach it")
	}
	return d.tunnel + " " + strings.Join(parts, " and ")
}

// consent is what the user has agreed to.
type consent struct {
	known  known
	yes    bool            // to all, by --yes
	agreed map[string]bool // the sentences that were asked about
}

// ask asks about those tunnels that would be dangerous to start, each once.
func (c *consent) ask(ctx context.Context, d Deps, specs []tunnels.Spec) error {
	ds := slices.DeleteFunc(dangersOf(specs, c.known), func(one danger) bool { return c.agreed[one.sentence()] })
	if err := agree(ctx, d, ds, c.yes); err != nil {
		return err
	}
	if c.agreed == nil {
		c.agreed = make(map[string]bool)
	}
	for _, one := range ds {
		c.agreed[one.sentence()] = true
	}
	return nil
}

// askAnew is ask of those tunnels that are stopped, as they are now: while the user
// was thinking somebody may have edited them.
func (c *consent) askAnew(ctx context.Context, d Deps, engine control.Engine, ids []tunnels.ID) error {
	for {
		snapshot, _, err := engine.List(ctx)
		if err != nil {
			return err
		}
		var stopped []tunnels.Spec
		for _, st := range chosen(snapshot, ids) {
			if st.State == tunnels.Stopped {
				stopped = append(stopped, st.Spec)
			}
		}
		before := len(c.agreed)
		if err := c.ask(ctx, d, stopped); err != nil {
			return err
		}
		if len(c.agreed) == before {
			return nil // nothing had to be asked, and no time has gone by
		}
	}
}

// whyUnsure says why a context may be production, and how to find out.
const whyUnsure = "Culvert cannot tell which contexts are marked as production: `culvert doctor` says why."

// agree asks the user about dangers, unless --yes was given. Without anybody to ask
// it is an error that names them all.
func agree(ctx context.Context, d Deps, ds []danger, yes bool) error {
	if len(ds) == 0 || yes {
		return nil
	}
	var lines []string
	for _, one := range ds {
		lines = append(lines, one.sentence())
	}
	unsure := slices.ContainsFunc(ds, func(one danger) bool { return one.unsure && !one.production })
	if d.Terminal == nil {
		hint := "To start all the same, add --yes."
		if unsure {
			hint += " " + whyUnsure
		}
		return &tunnels.Error{Err: fmt.Errorf("not started, since nobody is here to be asked: %s", strings.Join(lines, "; ")), Hint: hint}
	}
	fmt.Fprintln(d.Err, strings.Join(lines, "\n"))
	if unsure {
		fmt.Fprintln(d.Err, whyUnsure)
	}
	answer, err := d.Terminal.Ask(ctx, "Start? [y/N] ")
	switch {
	case ctx.Err() != nil:
		return ctx.Err()
	case err != nil:
		return fmt.Errorf("ask: %w", err)
	}
	switch strings.ToLower(strings.TrimSpace(answer)) {
	case "y", "yes":
		return nil
	}
	return &statusError{errors.New("nothing was started"), ExitError}
}

// contextsFor returns the contexts that the tunnels of a Culvert lead to, without any
// effect on them.
func contextsFor(d Deps, r *Running, kubeconfig string) known {
	if kubeconfig == "" && len(r.Kubeconfigs) == 1 {
		kubeconfig = r.Kubeconfigs[0]
	}
	c, err := d.open(kube.Options{Path: kubeconfig, Patient: true})
	if err != nil {
		return known{unsure: true}
	}
	defer c.Close()
	contexts, err := c.Contexts()
	same := checkKubeconfigs(c.Kubeconfigs(), r.Kubeconfigs) == nil
	return known{contexts, err != nil || !same}
}
