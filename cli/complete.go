package cli

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"culvert/kube"
	"culvert/tunnels"
)

// completeWithin is how long a cluster may take to complete a word.
const completeWithin = 2 * time.Second

// completed is a word that can be typed, and what it is.
func completed(word, what string) cobra.Completion {
	if what == "" {
		return word
	}
	return cobra.CompletionWithDesc(word, what)
}

// begins returns fn without the words that do not go on with what is typed.
func begins(fn cobra.CompletionFunc) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, word string) ([]cobra.Completion, cobra.ShellCompDirective) {
		all, directive := fn(cmd, args, word)
		return slices.DeleteFunc(all, func(c cobra.Completion) bool { return !strings.HasPrefix(c, word) }), directive
	}
}

// completeAll completes what verbs have in common, as far as a verb does not do so itself.
func completeAll(d Deps, cmd *cobra.Command) {
	for name, fn := range map[string]cobra.CompletionFunc{
		"context":   completeContexts(d),
		"namespace": completeNamespaces(d),
		"output":    cobra.FixedCompletions([]cobra.Completion{"json"}, cobra.ShellCompDirectiveNoFileComp),
		"via":       cobra.FixedCompletions(vias(), cobra.ShellCompDirectiveNoFileComp),
		"policy":    cobra.FixedCompletions(policies(), cobra.ShellCompDirectiveNoFileComp|cobra.ShellCompDirectiveKeepOrder),
		"address":   completeAddresses,
		"cluster":   completeEntries(d, func(k kube.Context) string { return k.Cluster }),
		"user":      completeEntries(d, func(k kube.Context) string { return k.User }),
	} {
		if cmd.LocalFlags().Lookup(name) == nil {
			continue
		}
		if _, done := cmd.GetFlagCompletionFunc(name); !done {
			_ = cmd.RegisterFlagCompletionFunc(name, begins(fn)) // there is the flag, and nothing is registered
		}
	}
	cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
		if _, done := cmd.GetFlagCompletionFunc(f.Name); !done && f.NoOptDefVal == "" && !meansFile(f) {
			_ = cmd.RegisterFlagCompletionFunc(f.Name, cobra.NoFileCompletions) // as above
		}
	})
	completeArgs(d, cmd)
	for _, sub := range cmd.Commands() {
		completeAll(d, sub)
	}
}

// meansFile says whether the value of a flag is a file, by its name in the help.
func meansFile(f *pflag.Flag) bool {
	name, _ := pflag.UnquoteUsage(f)
	return slices.Contains([]string{"file", "folder", "path"}, strings.ToLower(name))
}

// completeArgs completes what is no flag, as far as a verb does not do so itself.
func completeArgs(d Deps, cmd *cobra.Command) {
	switch {
	case cmd.ValidArgsFunction != nil || cmd.ValidArgs != nil:
	case strings.Contains(cmd.Use, "FILE") || strings.Contains(cmd.Use, "PATH"):
	case strings.Contains(cmd.Use, "TARGET"):
		cmd.ValidArgsFunction = begins(completeForward(d))
	case strings.Contains(cmd.Use, " NAME"):
		cmd.ValidArgsFunction = begins(completeContexts(d))
	case strings.Contains(cmd.Use, "KIND"):
		cmd.ValidArgsFunction = begins(completeKinds)
	default:
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
}

func completeKinds(_ *cobra.Command, args []string, _ string) (out []cobra.Completion, _ cobra.ShellCompDirective) {
	kinds, _ := parseKinds(nil)
	for _, k := range kinds {
		if !slices.Contains(args, string(k)) {
			out = append(out, string(k))
		}
	}
	return out, cobra.ShellCompDirectiveNoFileComp
}

func vias() []cobra.Completion {
	return []cobra.Completion{
		completed(viaAuto, "the best one that works"),
		completed(string(tunnels.ViaSPDY), "the usual upgrade at the API server"),
		completed(string(tunnels.ViaWebSocket), "SPDY through a WebSocket"),
		completed(string(tunnels.ViaNode), "the API server's proxy to the pod's node"),
	}
}

func policies() []cobra.Completion {
	return []cobra.Completion{
		completed("sticky", "stay with one pod"),
		completed("newest", "go to the newest pod"),
		completed("round-robin", "each connection to the next pod"),
		completed("ordinal", "the pod with the smallest number"),
		completed("ordinal=", "the pod of that number"),
	}
}

// completeAddresses completes a list of addresses.
func completeAddresses(_ *cobra.Command, _ []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
	before := typed[:strings.LastIndexByte(typed, ',')+1]
	return []cobra.Completion{
		completed(before+tunnels.Localhost, "127.0.0.1 and ::1"),
		completed(before+"127.0.0.1", "this machine alone"),
		completed(before+"::1", "this machine alone, IPv6"),
		completed(before+"0.0.0.0", "everybody who can reach this machine"),
		completed(before+"::", "everybody who can reach this machine, IPv6"),
	}, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveKeepOrder
}

// asking opens the clusters that a command line is about, whatever its flags say, and
// calls fn, which has two seconds. What goes wrong completes nothing.
func (d Deps) asking(cmd *cobra.Command, fn func(ctx context.Context, c *kube.Clusters, in tunnels.Target)) {
	value := func(name string) string {
		if f := cmd.Flags().Lookup(name); f != nil {
			return f.Value.String()
		}
		return ""
	}
	clusters, err := d.open(kube.Options{Path: value("kubeconfig"), Warn: func(error) {}})
	if err != nil {
		return
	}
	defer clusters.Close()
	ctx, cancel := context.WithTimeout(cmd.Context(), completeWithin)
	defer cancel()
	fn(ctx, clusters, tunnels.Target{Context: value("context"), Namespace: value("namespace")})
}

func completeContexts(d Deps) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) (out []cobra.Completion, _ cobra.ShellCompDirective) {
		d.asking(cmd, func(_ context.Context, c *kube.Clusters, _ tunnels.Target) {
			list, _ := c.Contexts() // what there is is offered all the same
			for _, k := range list {
				out = append(out, completed(k.Name, k.Server))
			}
		})
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeEntries completes what the contexts name.
func completeEntries(d Deps, of func(kube.Context) string) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) (out []cobra.Completion, _ cobra.ShellCompDirective) {
		d.asking(cmd, func(_ context.Context, c *kube.Clusters, _ tunnels.Target) {
			list, _ := c.Contexts()
			for _, k := range list {
				if k.Origin == kube.OriginKubeconfig && of(k) != "" {
					out = append(out, of(k))
				}
			}
		})
		slices.Sort(out)
		return slices.Compact(out), cobra.ShellCompDirectiveNoFileComp
	}
}

func completeNamespaces(d Deps) cobra.CompletionFunc {
	return func(cmd *cobra.Command, _ []string, _ string) (out []cobra.Completion, _ cobra.ShellCompDirective) {
		d.asking(cmd, func(ctx context.Context, c *kube.Clusters, in tunnels.Target) {
			l := listed(ctx, "namespaces", func(ctx context.Context, fn func(kube.Listing[kube.Namespace])) {
				c.WatchNamespaces(ctx, in.Context, fn)
			})
			for _, n := range l.Items {
				out = append(out, n.Name)
			}
		})
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeForward completes a target, and then its ports.
func completeForward(d Deps) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) (out []cobra.Completion, _ cobra.ShellCompDirective) {
		if len(args) == 0 {
			return completeTarget(d, cmd, typed)
		}
		target, err := tunnels.ParseTarget(args[0])
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		d.findIn(cmd, []tunnels.Kind{target.Kind}, func(found *targetsFound) {
			out = found.completePorts(target, typed)
		})
		return out, cobra.ShellCompDirectiveNoFileComp
	}
}

// completeTarget completes KIND/NAME: first the kind, and a pod's name alone.
func completeTarget(d Deps, cmd *cobra.Command, typed string) (out []cobra.Completion, _ cobra.ShellCompDirective) {
	word, _, named := strings.Cut(typed, "/")
	if named {
		kind, err := tunnels.ParseKind(word)
		if err != nil || kind == tunnels.KindSelector {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		d.findIn(cmd, []tunnels.Kind{kind}, func(found *targetsFound) {
			for _, t := range found.targets() {
				out = append(out, word+"/"+t.Name)
			}
		})
		return out, cobra.ShellCompDirectiveNoFileComp
	}
	d.findIn(cmd, []tunnels.Kind{tunnels.KindPod}, func(found *targetsFound) {
		for _, t := range found.targets() {
			out = append(out, t.Name)
		}
	})
	for _, k := range tunnels.Kinds {
		out = append(out, string(k)+"/")
	}
	return out, cobra.ShellCompDirectiveNoFileComp | cobra.ShellCompDirectiveNoSpace
}

// findIn calls fn with what the namespace of a command line has of some kinds.
func (d Deps) findIn(cmd *cobra.Command, kinds []tunnels.Kind, fn func(*targetsFound)) {
	d.asking(cmd, func(ctx context.Context, c *kube.Clusters, in tunnels.Target) {
		in, err := c.Complete(in)
		if err != nil {
			return
		}
		fn(findTargets(ctx, c, in, kinds))
	})
}

// targets returns what was found, as tunnels lead to it.
func (f *targetsFound) targets() []tunnels.Target {
	var out []tunnels.Target
	for _, s := range f.services {
		out = append(out, s.Target())
	}
	for _, w := range f.workloads {
		out = append(out, w.Target())
	}
	for _, p := range f.pods {
		out = append(out, p.Target())
	}
	return out
}

// completePorts completes a mapping to one of what was found. What is typed up to a
// colon stays; without one the port itself and any free one are offered.
func (f *targetsFound) completePorts(of tunnels.Target, typed string) []cobra.Completion {
	var out []cobra.Completion
	local := typed[:strings.LastIndexByte(typed, ':')+1]
	add := func(number uint16, name, protocol string) {
		if protocol != "TCP" {
			return
		}
		digits := strconv.Itoa(int(number))
		out = append(out, completed(local+digits, name))
		if name != "" {
			out = append(out, completed(local+name, digits))
		}
		if local == "" {
			out = append(out, completed(":"+digits, "any free port here"))
		}
	}
	for _, s := range f.services {
		for _, p := range s.Ports {
			if of.Name == s.Name {
				add(p.Port, p.Name, p.Protocol)
			}
		}
	}
	container := func(name string, ports []kube.ContainerPort) {
		for _, p := range ports {
			if of.Name == name {
				add(p.Number, p.Name, p.Protocol)
			}
		}
	}
	for _, w := range f.workloads {
		container(w.Name, w.Ports)
	}
	for _, p := range f.pods {
		container(p.Name, p.Ports)
	}
	return out
}
