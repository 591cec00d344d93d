package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"

	"culvert/kube"
)

// errUnwell is the verdict of `culvert doctor`, which it has printed.
var errUnwell = errors.New("something is wrong")

type doctorFlags struct {
	kubeconfig, output string
	timeout            time.Duration
	all                bool
}

func newDoctor(d Deps) *cobra.Command {
	var f doctorFlags
	cmd := &cobra.Command{
		Use:   "doctor [CONTEXT...]",
		Short: "Check what Culvert needs on this machine, and say what to do",
		Long: "Checks what Culvert works with: versions, kubeconfigs, contexts, credential plugins, proxies, the keyring, the\n" +
			"display and the tray, IPv6 and ports, its own files, and whether another Culvert runs. Each finding is ok, a note,\n" +
			"which hinders nothing, or wrong; the last two come with what to do. Nothing is changed, nobody is asked for a\n" +
			"password, and no secret is printed.\n\n" +
			"Contexts are tested by asking their API server for its version. Those that run a credential plugin or are marked\n" +
			"as production are left out, unless they are named or --all is given. With CONTEXTs only these are tested.\n\n" +
			"With -o json one object comes, with the fields ok and findings. Each finding has check, result (\"ok\", \"note\" or\n" +
			"\"wrong\"), found, and where there are such about, remedy and tookMillis.\n\n" +
			"Exit status: 0 when nothing is wrong, 1 when something is, 2 for a wrong command line.",
		Example: "  culvert doctor\n" +
			"  culvert doctor eks-dev             # this context too, although it runs a plugin\n" +
			"  culvert doctor --all --timeout 5s\n" +
			"  culvert doctor -o json | jq -r '.findings[] | select(.result != \"ok\") | .remedy'",
		ValidArgsFunction: completeContexts(d),
		RunE: func(cmd *cobra.Command, args []string) error {
			asJSON, err := parseOutput(f.output)
			if err == nil && f.timeout <= 0 {
				err = errors.New("--timeout must be more than 0, as 10s")
			}
			if err == nil && f.all && len(args) > 0 {
				err = errors.New("--all tests all contexts: leave it out, or the names")
			}
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			return f.run(cmd.Context(), d, args, asJSON)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.kubeconfig, "kubeconfig", "", "the kubeconfig `file` to use instead of KUBECONFIG or ~/.kube/config")
	fs.StringVarP(&f.output, "output", "o", "", "\"json\" prints one JSON object")
	fs.DurationVar(&f.timeout, "timeout", 10*time.Second, "how long each test may take")
	fs.BoolVar(&f.all, "all", false, "test all contexts, those of plugins and production too")
	return cmd
}

// run prints the findings. Its error is errUnwell when something is wrong.
func (f doctorFlags) run(ctx context.Context, d Deps, named []string, asJSON bool) error {
	var told warnings
	clusters, err := d.open(kube.Options{Path: f.kubeconfig, Patient: true, Shell: kube.ShellForMissing, Warn: told.add})
	if err != nil {
		return err
	}
	defer clusters.Close()
	p := realProbes(d, f.kubeconfig)
	checks := []check{
		{"version", versionCheck(d)},
		{"kubeconfig", kubeconfigCheck(p, clusters, &told)},
		{contextCheck, contextTests{clusters: clusters, named: named, all: f.all, timeout: f.timeout, locked: p.keyringLocked}.check},
		{"plugin", pluginCheck(clusters)},
		{"proxy", proxyCheck(p, clusters)},
		{"keyring", keyringCheck(p, clusters)},
		{"display", displayCheck(p)},
		{"tray", trayCheck(p)},
		{"network", networkCheck(p)},
		{"folder", folderCheck(p)},
		{"profile", profileCheck(p)},
		{"port", portCheck(p)},
		{"crash", crashCheck(p)},
		{"instance", instanceCheck(p, d.Version)},
	}
	show := newDoctorPrinter(d.Out, p.env("NO_COLOR") == "")
	if asJSON {
		show.each = nil
	}
	all := examine(ctx, checks, f.timeout, show.print)
	if ctx.Err() != nil {
		return nil // the user has ended it
	}
	if asJSON {
		err = writeDocument(d.Out, findingsJSON(all))
	} else {
		err = show.end(all)
	}
	if err != nil {
		return fmt.Errorf("print it: %w", err)
	}
	if worst(all) == isWrong {
		return errUnwell
	}
	return nil
}
