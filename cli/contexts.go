package cli

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"
	"unicode"

	"github.com/spf13/cobra"

	"culvert/kube"
	"culvert/tunnels"
)

func newContexts(d Deps) *cobra.Command {
	var kubeconfig, output string
	cmd := &cobra.Command{
		Use:   "contexts",
		Short: "List the contexts, and say what Culvert should know of them",
		Long: "Lists the contexts of your kubeconfigs and of those that you have added. NOTE says which are marked\n" +
			"as production and what hinders the use of a context.",
		Example: "  culvert contexts\n" +
			"  culvert contexts add team.yaml                 # asks before it runs anything\n" +
			"  culvert contexts locate aws /opt/bin/aws       # a credential plugin that is not on PATH\n" +
			"  culvert contexts mark shop-live --production",
		Args: wrongUsage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if output != "" && output != "json" {
				return &usageError{fmt.Errorf("%q is not an output format: use json, or leave it out", output), cmd.CommandPath()}
			}
			return withClusters(d, kubeconfig, func(c *kube.Clusters) error {
				return listContexts(d, c, output == "json")
			})
		},
	}
	cmd.PersistentFlags().StringVar(&kubeconfig, "kubeconfig", "", "the kubeconfig `file` to use instead of KUBECONFIG or ~/.kube/config")
	cmd.Flags().StringVarP(&output, "output", "o", "", "\"json\" prints one JSON object per line")
	cmd.AddCommand(newContextsAdd(d, &kubeconfig), newContextsRemove(d, &kubeconfig),
		newContextsLocate(d, &kubeconfig), newContextsMark(d, &kubeconfig))
	return cmd
}

// withClusters opens the clusters for as long as do runs.
func withClusters(d Deps, kubeconfig string, do func(*kube.Clusters) error) error {
	c, err := d.open(kube.Options{
		Path: kubeconfig, Patient: true,
		Warn: d.warn,
	})
	if err != nil {
		return err
	}
	defer c.Close()
	return do(c)
}

// contextJSON is one context, or an added file that cannot be read, in JSON.
type contextJSON struct {
	Name       string   `json:"name,omitempty"`
	Current    bool     `json:"current,omitempty"`
	Server     string   `json:"server,omitempty"`
	User       string   `json:"user,omitempty"`
	Namespace  string   `json:"namespace,omitempty"`
	File       string   `json:"file,omitempty"`
	Added      bool     `json:"added,omitempty"`
	SignedIn   bool     `json:"signedIn,omitempty"`
	Plugin     string   `json:"plugin,omitempty"`
	Production bool     `json:"production,omitempty"`
	Unverified string   `json:"unverified,omitempty"` // why
	Recent     []string `json:"recent,omitempty"`     // namespaces
	Error      string   `json:"error,omitempty"`
	Hint       string   `json:"hint,omitempty"`
}

// listContexts prints the contexts. What is wrong with the kubeconfigs as a whole
// is its error.
func listContexts(d Deps, c *kube.Clusters, asJSON bool) error {
	list, err := c.Contexts()
	imports := c.Imports()
	if asJSON {
		printContextsJSON(d.Out, list, imports)
		return err
	}
	table := tabwriter.NewWriter(d.Out, 0, 0, 2, ' ', 0)
	if len(list) > 0 {
		fmt.Fprintln(table, "CURRENT\tNAME\tSERVER\tUSER\tNAMESPACE\tPLUGIN\tFILE\tNOTE")
	}
	for _, k := range list {
		current := ""
		if k.Current {
			current = "*"
		}
		cells := []string{current, k.Name, k.Server, k.User, k.Namespace, k.ExecPlugin, k.File, note(k)}
		for i := range cells {
			cells[i] = printable(cells[i])
		}
		fmt.Fprintln(table, strings.TrimRight(strings.Join(cells, "\t"), "\t"))
	}
	if e := table.Flush(); e != nil {
		return e
	}
	for _, in := range imports {
		if in.Err != nil {
			printError(d.Err, in.Err)
		}
	}
	return err
}

func printContextsJSON(w io.Writer, list []kube.Context, imports []kube.Import) {
	enc := json.NewEncoder(w)
	for _, k := range list {
		j := contextJSON{
			Name: k.Name, Current: k.Current, Server: k.Server, User: k.User, Namespace: k.Namespace, File: k.File,
			Added: k.Origin == kube.OriginImported, SignedIn: k.Origin == kube.OriginSignedIn, Plugin: k.ExecPlugin, Production: k.Production,
			Unverified: k.Unverified, Recent: k.Recent,
		}
		if k.Err != nil {
			j.Error, j.Hint = k.Err.Err.Error(), k.Err.Hint
		}
		_ = enc.Encode(j) // who reads it may have stopped
	}
	for _, in := range imports {
		if e := tunnels.AsError(in.Err); e != nil {
			_ = enc.Encode(contextJSON{File: in.Path, Added: true, Error: e.Err.Error(), Hint: e.Hint})
		}
	}
}

// note says what is special about a context.
func note(k kube.Context) string {
	var notes []string
	if k.Production {
		notes = append(notes, "production")
	}
	if k.Unverified != "" {
		notes = append(notes, "not verified: "+k.Unverified)
	}
	if k.Err != nil {
		notes = append(notes, k.Err.Err.Error())
	}
	return strings.Join(notes, "; ")
}

// printable returns a text without what drives a terminal or breaks a table.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsPrint(r) {
			return r
		}
		return '?'
	}, s)
}
