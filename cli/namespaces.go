package cli

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"culvert/kube"
	"culvert/tunnels"
)

func newNamespaces(d Deps) *cobra.Command {
	var f targetsFlags // but for its namespace
	cmd := &cobra.Command{
		Use:   "namespaces",
		Short: "List the namespaces of a context",
		Long: "Lists the namespaces of a context. Where you may not list them, your projects on OpenShift are listed, or\n" +
			"else the context's own namespace and those that you have used before, whether they exist or not; the column\n" +
			"SOURCE says listed, project, own or used, and stderr what is missing.\n\n" +
			"With -o json one object comes, with the fields context, namespaces, and where they could not be listed error\n" +
			"and hint. Each of the namespaces has name, source, terminating, and when it was created if that is known.\n\n" +
			"Exit status: 0, 1 when there is nothing to tell, 2 for a wrong command line.",
		Example: "  culvert namespaces --context staging\n" +
			"  culvert namespaces -o json | jq -r '.namespaces[].name'",
		Args: wrongUsage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			asJSON, err := parseOutput(f.output)
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			return namespaces(cmd.Context(), d, f, asJSON)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.context, "context", "", "the kubeconfig `context`; the current one if left out")
	fs.StringVar(&f.kubeconfig, "kubeconfig", "", "the kubeconfig `file` to use instead of KUBECONFIG or ~/.kube/config")
	fs.StringVarP(&f.output, "output", "o", "", "\"json\" prints one JSON object")
	return cmd
}

// namespaces prints the namespaces of a context once.
func namespaces(ctx context.Context, d Deps, f targetsFlags, asJSON bool) error {
	clusters, err := openToList(d, f.kubeconfig)
	if err != nil {
		return err
	}
	defer clusters.Close()
	in, err := clusters.Complete(tunnels.Target{Context: f.context})
	if err != nil {
		return err
	}
	limited, cancel := context.WithTimeout(ctx, listLimit)
	defer cancel()
	l := listed(limited, "namespaces", func(ctx context.Context, fn func(kube.Listing[kube.Namespace])) {
		clusters.WatchNamespaces(ctx, in.Context, fn)
	})
	switch {
	case ctx.Err() != nil:
		return nil // the user has ended it
	case l.Err != nil && len(l.Items) == 0:
		return l.Err
	case l.Err != nil:
		printError(d.Err, l.Err)
	}
	if asJSON {
		return printNamespacesJSON(d.Out, in.Context, l)
	}
	if len(l.Items) == 0 {
		fmt.Fprintf(d.Err, "Context %s shows you no namespaces.\n", printable(in.Context))
		return nil
	}
	return printNamespaces(d.Out, l.Items)
}

func printNamespaces(out io.Writer, list []kube.Namespace) error {
	w := tabwriter.NewWriter(out, 0, 0, 3, ' ', 0)
	fmt.Fprintln(w, "NAMESPACE\tSTATUS\tAGE\tSOURCE")
	for _, n := range list {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", n.Name, namespaceStatus(n), age(n.Created), n.Source)
	}
	return w.Flush()
}

func namespaceStatus(n kube.Namespace) string {
	switch {
	case n.Terminating:
		return "Terminating"
	case n.Source == kube.NamespaceListed, n.Source == kube.NamespaceProject:
		return "Active"
	}
	return none
}

// namespacesJSON is the document that `culvert namespaces -o json` prints.
type namespacesJSON struct {
	Context    string          `json:"context"`
	Namespaces []namespaceJSON `json:"namespaces"` // never null
	Error      string          `json:"error,omitempty"`
	Hint       string          `json:"hint,omitempty"`
}

type namespaceJSON struct {
	Name        string    `json:"name"`
	Source      string    `json:"source"`
	Terminating bool      `json:"terminating"`
	Created     time.Time `json:"created,omitzero"`
}

func printNamespacesJSON(out io.Writer, kubeContext string, l kube.Listing[kube.Namespace]) error {
	doc := namespacesJSON{Context: kubeContext, Namespaces: []namespaceJSON{}}
	for _, n := range l.Items {
		doc.Namespaces = append(doc.Namespaces, namespaceJSON{n.Name, n.Source.String(), n.Terminating, n.Created})
	}
	if e := tunnels.AsError(l.Err); e != nil {
		doc.Error, doc.Hint = e.Error(), e.Hint
	}
	return writeDocument(out, doc)
}
