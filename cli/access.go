package cli

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"culvert/kube"
	"culvert/tunnels"
)

// errNoAccess is the verdict of `culvert access`, which it has printed.
var errNoAccess = errors.New("the target cannot be forwarded to")

type accessFlags struct {
	context, namespace, kubeconfig, via, output string
}

func newAccess(d Deps) *cobra.Command {
	var f accessFlags
	cmd := &cobra.Command{
		Use:   "access TARGET",
		Short: "Say whether you may forward to a target, and which rights are missing",
		Long: "Asks the API server whether you may forward to a target, and for each right that this takes. When\n" +
			"something is missing it prints the Role and RoleBinding that give it, for whoever runs the cluster.\n" +
			"Nothing is changed.\n\n" +
			"TARGET is written as for `culvert forward`.\n\n" +
			"Exit status: 0 when you may, also with limits; 1 when you may not or it could not be found out;\n" +
			"2 for a wrong command line.",
		Example: "  culvert access svc/web -n team-a\n" +
			"  culvert access svc/web -n team-a -o yaml | kubectl apply -f -   # as whoever runs the cluster\n" +
			"  culvert access --via node web-1                                 # by way of the node",
		Args: wrongUsage(func(_ *cobra.Command, args []string) error {
			if len(args) != 1 {
				return errors.New("name one target, as svc/web, deploy/web or pod/web-1")
			}
			return nil
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			target, via, err := f.parse(args[0])
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			return access(cmd.Context(), d, f, target, via)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.context, "context", "", "the kubeconfig `context`; the current one if left out")
	fs.StringVarP(&f.namespace, "namespace", "n", "", "the target's `namespace`; the context's own if left out")
	fs.StringVar(&f.kubeconfig, "kubeconfig", "", "the kubeconfig `file` to use instead of KUBECONFIG or ~/.kube/config")
	fs.StringVar(&f.via, "via", viaAuto, "the `transport`: auto, spdy, websocket or node, as for forward")
	fs.StringVarP(&f.output, "output", "o", "", "\"json\" prints one JSON object, \"yaml\" only the Role and RoleBinding with all that the target takes")
	return cmd
}

func (f accessFlags) parse(arg string) (tunnels.Target, tunnels.Via, error) {
	target, err := tunnels.ParseTarget(arg)
	if err != nil {
		return target, "", err
	}
	if err := kube.CheckTarget(target); err != nil {
		return target, "", err
	}
	if f.namespace != "" {
		if err := tunnels.ValidateNamespace(f.namespace); err != nil {
			return target, "", err
		}
	}
	switch f.output {
	case "", "json", "yaml":
	default:
		return target, "", fmt.Errorf("%q is not an output format: use json or yaml, or leave it out", f.output)
	}
	target.Context, target.Namespace = f.context, f.namespace
	via, err := parseVia(f.via)
	return target, via, err
}

// access prints what the user may do. Its error is errNoAccess when that is not
// enough.
func access(ctx context.Context, d Deps, f accessFlags, target tunnels.Target, via tunnels.Via) error {
	clusters, err := d.open(kube.Options{Path: f.kubeconfig, Warn: d.warn})
	if err != nil {
		return err
	}
	defer clusters.Close()
	a, err := clusters.Access(ctx, target, via)
	if err != nil {
		return err
	}
	switch f.output {
	case "json":
		err = printAccessJSON(d.Out, a)
	case "yaml":
		_, err = io.WriteString(d.Out, a.Role())
	default:
		err = printAccess(d.Out, a)
	}
	if err != nil {
		return fmt.Errorf("print it: %w", err)
	}
	if !a.Works() {
		return errNoAccess
	}
	return nil
}

// printAccess prints the verdict, the single rights, and the Role with those that
// are missing.
func printAccess(out io.Writer, a kube.Access) error {
	var b strings.Builder
	fmt.Fprintf(&b, "%s.\n", a.Reason)
	for _, l := range a.Limits {
		fmt.Fprintf(&b, "- %s.\n", l)
	}
	b.WriteByte('\n')
	w := tabwriter.NewWriter(&b, 0, 0, 2, ' ', 0)
	fmt.Fprintln(w, "MAY YOU\tVERB\tRESOURCE\tWHAT FOR")
	for _, c := range a.Checks {
		fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", allowedWord(c), c.Verb, resourceWord(c), purpose(c))
	}
	if err := w.Flush(); err != nil {
		return err
	}
	if missing := a.Missing(); missing != "" {
		fmt.Fprintf(&b, "\nAsk whoever runs the cluster to apply this:\n\n%s", missing)
	}
	_, err := io.WriteString(out, b.String())
	return err
}

func allowedWord(c kube.Check) string {
	switch {
	case c.Err != nil:
		return "unknown"
	case c.Allowed:
		return "yes"
	}
	return "no"
}

// resourceWord is the resource with its group, and the object's name, as
// "deployments.apps web".
func resourceWord(c kube.Check) string {
	s := c.Resource
	if c.Group != "" {
		s += "." + c.Group
	}
	if c.Subresource != "" {
		s += "/" + c.Subresource
	}
	if c.Name != "" {
		s += " " + c.Name
	}
	return s
}

func purpose(c kube.Check) string {
	switch c.Need {
	case kube.NeedAll:
		return c.Purpose + " (needed)"
	case kube.NeedOne:
		return c.Purpose + " (this or another one is needed)"
	case kube.NeedImproves:
	}
	return c.Purpose
}

// accessJSON is what -o json prints.
type accessJSON struct {
	Context   string      `json:"context"`
	Namespace string      `json:"namespace"`
	Target    string      `json:"target"`
	User      string      `json:"user,omitempty"`
	Version   string      `json:"version,omitempty"`
	Verdict   string      `json:"verdict"` // "yes", "no" or "unknown"
	Reason    string      `json:"reason"`
	Limits    []string    `json:"limits"`
	Checks    []checkJSON `json:"checks"`
	Role      string      `json:"role"`
	Missing   string      `json:"missing,omitempty"`
}

type checkJSON struct {
	Verb        string `json:"verb"`
	Group       string `json:"group"`
	Resource    string `json:"resource"`
	Subresource string `json:"subresource,omitempty"`
	Namespace   string `json:"namespace,omitempty"`
	Name        string `json:"name,omitempty"`
	Need        string `json:"need"`    // "all", "one" or "improves"
	Allowed     string `json:"allowed"` // "yes", "no" or "unknown"
	Purpose     string `json:"purpose"`
	Reason      string `json:"reason,omitempty"`
	Error       string `json:"error,omitempty"`
}

func printAccessJSON(out io.Writer, a kube.Access) error {
	needs := map[kube.Need]string{kube.NeedAll: "all", kube.NeedOne: "one", kube.NeedImproves: "improves"}
	verdicts := map[kube.Verdict]string{kube.VerdictYes: "yes", kube.VerdictNo: "no", kube.VerdictUnknown: "unknown"}
	j := accessJSON{
		Context: a.Target.Context, Namespace: a.Target.Namespace, Target: a.Target.String(), User: a.User, Version: a.Version,
		Verdict: verdicts[a.Verdict], Reason: a.Reason, Limits: append([]string{}, a.Limits...), Role: a.Role(), Missing: a.Missing(),
	}
	for _, c := range a.Checks {
		cj := checkJSON{
			Verb: c.Verb, Group: c.Group, Resource: c.Resource, Subresource: c.Subresource, Namespace: c.Namespace, Name: c.Name,
			Need: needs[c.Need], Allowed: allowedWord(c), Purpose: c.Purpose, Reason: c.Reason,
		}
		if c.Err != nil {
			cj.Error = c.Err.Err.Error()
		}
		j.Checks = append(j.Checks, cj)
	}
	enc := json.NewEncoder(out)
	enc.SetIndent("", "  ")
	return enc.Encode(j)
}
