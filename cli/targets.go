package cli

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"culvert/kube"
	"culvert/tunnels"
)

type targetsFlags struct {
	context, namespace, kubeconfig, output string
}

func newTargets(d Deps) *cobra.Command {
	var f targetsFlags
	cmd := &cobra.Command{
		Use:   "targets [KIND...]",
		Short: "List what can be forwarded in a namespace",
		Long: "Lists the services, workloads and pods of a namespace that can be forwarded, with their ports. The first\n" +
			"column is what `culvert forward` takes. Services that only stand for a name outside of the cluster are left\n" +
			"out, and so are replica sets, replication controllers and jobs that another workload has made.\n\n" +
			"Ports are written NUMBER(NAME), of services also with where they lead to, as 80(http)->8080.\n\n" +
			"KIND is svc, deploy, sts, ds, rs, rc, job, cronjob, dc or pod; all if none is given. What you may not list\n" +
			"is told on stderr.\n\n" +
			"With -o json one object comes, with the fields context, namespace, services, workloads, pods and missing.\n" +
			"The last four are lists, which may be empty. Each item has its target and name, when it was created, and a\n" +
			"list of ports, each with port (a number), name and protocol; a service's ports also have a target, a number\n" +
			"or a name. Each of the missing has its kind, the error and a hint.\n\n" +
			"Exit status: 0, 1 when nothing could be listed at all, 2 for a wrong command line.",
		Example: "  culvert targets -n shop\n" +
			"  culvert targets svc deploy      # only services and deployments\n" +
			"  culvert targets -o json pod",
		Args: wrongUsage(func(_ *cobra.Command, args []string) error {
			_, err := parseKinds(args)
			return err
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			asJSON, err := parseOutput(f.output)
			if err == nil && f.namespace != "" {
				err = tunnels.ValidateNamespace(f.namespace)
			}
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			kinds, err := parseKinds(args)
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			return targets(cmd.Context(), d, f, kinds, asJSON)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.context, "context", "", "the kubeconfig `context`; the current one if left out")
	fs.StringVarP(&f.namespace, "namespace", "n", "", "the `namespace`; the context's own if left out")
	fs.StringVar(&f.kubeconfig, "kubeconfig", "", "the kubeconfig `file` to use instead of KUBECONFIG or ~/.kube/config")
	fs.StringVarP(&f.output, "output", "o", "", "\"json\" prints one JSON object")
	return cmd
}

// parseKinds returns the kinds that are named, all if none is.
func parseKinds(args []string) ([]tunnels.Kind, error) {
	var kinds []tunnels.Kind
	for _, a := range args {
		k, err := tunnels.ParseKind(a)
		if err != nil {
			return nil, err
		}
		if k == tunnels.KindSelector {
			return nil, fmt.Errorf("%s is nothing that a cluster lists: leave it out", k)
		}
		if !slices.Contains(kinds, k) {
			kinds = append(kinds, k)
		}
	}
	if len(kinds) == 0 {
		kinds = slices.DeleteFunc(slices.Clone(tunnels.Kinds[:]), func(k tunnels.Kind) bool { return k == tunnels.KindSelector })
	}
	return kinds, nil
}

// targets prints what there is in a namespace once.
func targets(ctx context.Context, d Deps, f targetsFlags, kinds []tunnels.Kind, asJSON bool) error {
	clusters, err := openToList(d, f.kubeconfig)
	if err != nil {
		return err
	}
	defer clusters.Close()
	in, err := clusters.Complete(tunnels.Target{Context: f.context, Namespace: f.namespace})
	if err != nil {
		return err
	}
	found := findTargets(ctx, clusters, in, kinds)
	if ctx.Err() != nil {
		return nil // the user has ended it
	}
	if !found.answered && found.len() == 0 {
		return found.complaints()[0]
	}
	for _, e := range found.complaints() {
		printError(d.Err, e)
	}
	if asJSON {
		return found.printJSON(d.Out)
	}
	if found.len() == 0 {
		fmt.Fprintf(d.Err, "There is nothing to forward in namespace %s.\n", in.Namespace)
		return nil
	}
	return found.printTable(d.Out)
}

// targetsFound is what a namespace has of certain kinds.
type targetsFound struct {
	in        tunnels.Target // context and namespace
	services  []kube.Service
	workloads []kube.Workload
	pods      []kube.Pod
	missing   []kube.Missing // in the order of tunnels.Kinds
	answered  bool           // some kind can be listed
}

func (f *targetsFound) len() int { return len(f.services) + len(f.workloads) + len(f.pods) }

// findTargets lists the kinds at the same time.
func findTargets(ctx context.Context, c *kube.Clusters, in tunnels.Target, kinds []tunnels.Kind) *targetsFound {
	ctx, cancel := context.WithTimeout(ctx, listLimit)
	defer cancel()
	var services kube.Listing[kube.Service]
	var workloads kube.Listing[kube.Workload]
	var pods kube.Listing[kube.Pod]
	var wg sync.WaitGroup
	for _, k := range kinds {
		switch k {
		case tunnels.KindService:
			wg.Go(func() { services = listedIn(ctx, in, "services", c.WatchServices) })
		case tunnels.KindPod:
			wg.Go(func() { pods = listedIn(ctx, in, "pods", c.WatchPods) })
		default:
		}
	}
	isWorkload := func(k tunnels.Kind) bool { return k != tunnels.KindService && k != tunnels.KindPod }
	if slices.ContainsFunc(kinds, isWorkload) {
		wg.Go(func() { workloads = listedIn(ctx, in, "workloads", c.WatchWorkloads) })
	}
	wg.Wait()
	f := &targetsFound{in: in, pods: pods.Items}
	for _, s := range services.Items {
		if s.ExternalName == "" {
			f.services = append(f.services, s)
		}
	}
	for _, w := range workloads.Items {
		if slices.Contains(kinds, w.Kind) {
			f.workloads = append(f.workloads, w)
		}
	}
	for _, k := range tunnels.Kinds {
		if !slices.Contains(kinds, k) {
			continue
		}
		err := whyMissing(k, services.Err, workloads, pods.Err)
		if err != nil {
			f.missing = append(f.missing, kube.Missing{Kind: k, Err: err})
		}
		f.answered = f.answered || err == nil && (!isWorkload(k) || workloads.Err == nil)
	}
	return f
}

// listedIn is listed for one namespace.
func listedIn[T any](ctx context.Context, in tunnels.Target, what string, watch func(context.Context, string, string, func(kube.Listing[T]))) kube.Listing[T] {
	return listed(ctx, what+" in namespace "+in.Namespace, func(ctx context.Context, fn func(kube.Listing[T])) {
		watch(ctx, in.Context, in.Namespace, fn)
	})
}

// whyMissing returns why a kind cannot be listed, nil if it can.
func whyMissing(k tunnels.Kind, services error, workloads kube.Listing[kube.Workload], pods error) *tunnels.Error {
	switch k {
	case tunnels.KindService:
		return tunnels.AsError(services)
	case tunnels.KindPod:
		return tunnels.AsError(pods)
	default:
	}
	for _, m := range workloads.Missing {
		if m.Kind == k {
			return m.Err
		}
	}
	if !workloads.Complete || len(workloads.Missing) == 0 {
		return tunnels.AsError(workloads.Err)
	}
	return nil // the cluster does not have the kind
}

// complaints say what is missing and why, each cause once.
func (f *targetsFound) complaints() []*tunnels.Error {
	var out []*tunnels.Error
	var forbidden []string
	for _, m := range f.missing {
		if m.Err.Cause == tunnels.CauseForbidden {
			forbidden = append(forbidden, string(m.Kind))
			continue
		}
		said := func(e *tunnels.Error) bool { return e.Cause == m.Err.Cause && e.Hint == m.Err.Hint }
		if !slices.ContainsFunc(out, said) {
			out = append(out, m.Err)
		}
	}
	if len(forbidden) == 0 {
		return out
	}
	return append(out, &tunnels.Error{
		Err:  fmt.Errorf("the user of context %s may not list %s in namespace %s", printable(f.in.Context), listOf(forbidden), f.in.Namespace),
		Hint: "Ask whoever runs the cluster for the right to list them. `culvert forward` takes their names without it, as svc/web.",
	})
}

// listOf joins words as "a, b and c".
func listOf(words []string) string {
	if len(words) == 1 {
		return words[0]
	}
	return fmt.Sprintf("%s and %s", strings.Join(words[:len(words)-1], ", "), words[len(words)-1])
}
