package cli

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/tunnels/exchange"
)

type importFlags struct {
	profile, kubeconfig, output string
	all, yes, dryRun            bool
}

func newImport(d Deps) *cobra.Command {
	var f importFlags
	cmd := &cobra.Command{
		Use:   "import FILE...|-",
		Short: "Add tunnels from scripts, profiles and what other programs export",
		Long: "Reads tunnels from FILEs and folders, or from standard input as \"-\": port-forward commands of kubectl, oc and culvert,\n" +
			"profiles, exports of kftray and kube-forwarder, manifests with k9s annotations, and plugins of k9s. It shows what they\n" +
			"have, and adds what can be used to a profile. Nothing of it is run or started, and nothing secret is taken.\n\n" +
			"What other computers could connect to, or what wants a context that there is not, is left out unless --all is given;\n" +
			"what is there already is left out in any case. At a terminal it asks before it adds something.\n\n" +
			"Tunnels go to the profile that --profile names, which is made when there is none, else to the one that the file names,\n" +
			"else to the default one.\n\n" +
			"With -o json one object comes, with the fields files, tunnels and added. Each of the tunnels says whether it is taken,\n" +
			"and what stands against it.\n\n" +
			"Exit status: 0 when all files could be read and what was chosen was added, or is there already; 1 when not;\n" +
			"2 for a wrong command line.",
		Example: "  culvert import port-forwards.sh\n" +
			"  culvert import --dry-run kftray.json        # look, and add nothing\n" +
			"  culvert import --profile \"Shop, dev\" --yes .culvert.yaml\n" +
			"  history | grep port-forward | culvert import -",
		Args: wrongUsage(func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("name a file or a folder, or - for standard input")
			}
			return nil
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			asJSON, err := parseOutput(f.output)
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			return f.run(cmd.Context(), d, args, asJSON)
		},
	}
	fs := cmd.Flags()
	fs.StringVar(&f.profile, "profile", "", "the `profile` to add to; it is made when there is none of that name")
	fs.BoolVar(&f.all, "all", false, "add also what other computers could connect to, and what wants unknown contexts")
	fs.BoolVarP(&f.yes, "yes", "y", false, "add without asking")
	fs.BoolVar(&f.dryRun, "dry-run", false, "show what would be added, and add nothing")
	fs.StringVar(&f.kubeconfig, "kubeconfig", "", "the kubeconfig `file` to use instead of KUBECONFIG or ~/.kube/config")
	fs.StringVarP(&f.output, "output", "o", "", "\"json\" prints one JSON object, and asks nothing")
	_ = cmd.RegisterFlagCompletionFunc("profile", completeKept(d, 0, profileIDs)) // there is the flag
	return cmd
}

// offer is a tunnel that was found, with what stands against it.
type offer struct {
	exchange.Proposal
	exchange.Verdict
	file  string
	taken bool
}

// run shows what there is to add, and adds it.
func (f importFlags) run(ctx context.Context, d Deps, args []string, asJSON bool) error {
	found, err := readFound(ctx, d, args)
	if err != nil {
		return err
	}
	return withKeeper(ctx, d, func(k keeper, all kept) error {
		offers := f.judge(found, all, contextNames(d, f.kubeconfig))
		if !asJSON {
			printOffers(d, found, offers)
		}
		if !f.dryRun {
			if err := f.confirm(ctx, d, offers, asJSON); err != nil {
				return err
			}
			if err := f.add(ctx, d, k, all, offers, asJSON); err != nil {
				return err
			}
		} else if !asJSON && len(offers) > 0 {
			fmt.Fprintf(d.Err, "Nothing was added: %s would be.\n", counted(len(takenOf(offers)), "tunnel"))
		}
		if asJSON {
			if err := writeDocument(d.Out, offersJSON(found, offers, !f.dryRun)); err != nil {
				return err
			}
		}
		return unusable(found, offers)
	})
}

// readFound reads files, folders and standard input in their order.
func readFound(ctx context.Context, d Deps, args []string) ([]exchange.Found, error) {
	var out []exchange.Found
	for _, arg := range args {
		if arg == "-" {
			f, err := readInput(ctx, d)
			if err != nil {
				f = exchange.Found{Name: "standard input", Err: tunnels.AsError(err)}
			}
			out = append(out, f)
			continue
		}
		found, err := exchange.ReadPaths(ctx, []string{arg})
		switch {
		case ctx.Err() != nil:
			return nil, err
		case err != nil && len(found) == 0:
			out = append(out, exchange.Found{Name: arg, Err: tunnels.AsError(err)})
		}
		out = append(out, found...)
	}
	return out, nil
}

// readInput reads standard input as a file.
func readInput(ctx context.Context, d Deps) (exchange.Found, error) {
	var data bytes.Buffer
	if d.In != nil {
		if _, err := interruptible(ctx, func() (string, error) {
			_, err := io.Copy(&data, io.LimitReader(d.In, exchange.MaxSize+1))
			return "", err
		}); err != nil {
			return exchange.Found{}, err
		}
	}
	f, err := exchange.Read("", data.Bytes())
	f.Name = "standard input"
	return f, err
}

// contextNames are the contexts that there are; none where they cannot be read.
func contextNames(d Deps, kubeconfig string) []string {
	c, err := d.open(kube.Options{Path: kubeconfig, Patient: true})
	if err != nil {
		return nil
	}
	defer c.Close()
	contexts, _ := c.Contexts() // while none are known, none is unknown
	var out []string
	for _, k := range contexts {
		out = append(out, k.Name)
	}
	return out
}

// judge says of all tunnels that were found whether they are taken.
func (f importFlags) judge(found []exchange.Found, all kept, contexts []string) []offer {
	var offers []offer
	var proposals []exchange.Proposal
	for _, one := range found {
		for _, p := range one.Proposals {
			proposals = append(proposals, p)
			offers = append(offers, offer{Proposal: p, file: one.Name})
		}
	}
	var existing []tunnels.Spec
	for _, st := range all.tunnels {
		existing = append(existing, st.Spec)
	}
	for i, v := range exchange.Judge(proposals, existing, contexts) {
		offers[i].Verdict = v
		offers[i].taken = v.Choose || f.all && offers[i].more()
	}
	return offers
}

// more says whether --all takes a tunnel that is not taken by itself.
func (o offer) more() bool { return o.Usable() && o.Have == "" && !o.Choose }

func takenOf(offers []offer) []offer {
	return slices.DeleteFunc(slices.Clone(offers), func(o offer) bool { return !o.taken })
}

// confirm asks at a terminal whether to add what is taken.
func (f importFlags) confirm(ctx context.Context, d Deps, offers []offer, asJSON bool) error {
	n, more := len(takenOf(offers)), 0
	for _, o := range offers {
		if o.more() && !o.taken {
			more++
		}
	}
	if f.yes || asJSON || d.Terminal == nil || n+more == 0 {
		return nil
	}
	question := fmt.Sprintf("Add %s? [Y/n] ", counted(n, "tunnel"))
	switch {
	case n == 0:
		question = fmt.Sprintf("Add %s, although %s a look? [y/N] ", counted(more, "tunnel"), needWord(more))
	case more > 0:
		question = fmt.Sprintf("Add %s, or all %d with those that need a look? [Y/n/all] ", counted(n, "tunnel"), n+more)
	}
	answer, err := d.Terminal.Ask(ctx, question)
	if err != nil {
		return err
	}
	switch {
	case isAll(answer) && more > 0, n == 0 && isYes(answer):
		for i := range offers {
			offers[i].taken = offers[i].taken || offers[i].more()
		}
	case isYes(answer) || isDefault(answer) && n > 0:
	default:
		return &tunnels.Error{Err: errors.New("nothing was added"), Hint: "You have said no."}
	}
	return nil
}

func needWord(n int) string {
	if n == 1 {
		return "it needs"
	}
	return "they need"
}

// unusable is the error of files that could not be read, or that have nothing to use.
func unusable(found []exchange.Found, offers []offer) error {
	for _, f := range found {
		if f.Err != nil {
			return &tunnels.Error{Op: f.Name, Err: f.Err, Hint: f.Err.Hint, Cause: tunnels.CauseInvalid, Permanent: true}
		}
	}
	if slices.ContainsFunc(offers, func(o offer) bool { return o.taken || o.Have != "" }) {
		return nil
	}
	return &tunnels.Error{
		Err: errors.New("nothing in it can be added as it is"), Cause: tunnels.CauseInvalid, Permanent: true,
		Hint: "What stands against each tunnel is told beside it; --all adds those that only need a look.",
	}
}
