package cli

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"culvert/kube"
	"culvert/tunnels"
)

func newContextsAdd(d Deps, kubeconfig *string) *cobra.Command {
	var yes string
	cmd := &cobra.Command{
		Use:   "add FILE",
		Short: "Add the contexts of a kubeconfig file",
		Long: "Adds the contexts of a kubeconfig file, which stays where it is and is followed. When the file runs a\n" +
			"command, reads other files, trusts any server or goes through a proxy, all that is shown, and nothing is\n" +
			"done before you have said yes: at the terminal, or with --yes and the hash that is shown. When the file\n" +
			"changes what it does, it is asked again.",
		Example: "  culvert contexts add ~/Downloads/staging.yaml",
		Args:    wrongUsage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return withClusters(d, *kubeconfig, func(c *kube.Clusters) error {
				return addContexts(cmd.Context(), d, c, args[0], yes)
			})
		},
	}
	cmd.Flags().StringVar(&yes, "yes", "", "the `hash` of what you allow")
	return cmd
}

// addContexts imports a file once the user has consented.
func addContexts(ctx context.Context, d Deps, c *kube.Clusters, path, yes string) error {
	in, err := c.Inspect(path)
	if err != nil {
		return err
	}
	asks := openQuestions(c, in)
	if err := d.consent(ctx, path, asks, yes); err != nil {
		return err
	}
	if err := c.Import(path); err != nil {
		return err
	}
	for _, k := range asks {
		if err := c.Consent(k.Name, k.Consent.Hash); err != nil {
			return err
		}
	}
	for _, k := range in.Contexts {
		fmt.Fprintf(d.Out, "Added context %s\n", k.Name)
	}
	return nil
}

// openQuestions returns the contexts that need a consent they do not have.
func openQuestions(c *kube.Clusters, in kube.Import) (asks []kube.Context) {
	have, _ := c.Contexts() // what else is wrong is no matter here
	for _, k := range in.Contexts {
		given := slices.ContainsFunc(have, func(h kube.Context) bool {
			return h.Name == k.Name && h.Consent != nil && k.Consent != nil && h.Consent.Given && h.Consent.Hash == k.Consent.Hash
		})
		if k.Consent != nil && !given {
			asks = append(asks, k)
		}
	}
	return asks
}

// consent shows what the contexts do and returns nil when the user allows it.
func (d Deps) consent(ctx context.Context, path string, asks []kube.Context, yes string) error {
	if len(asks) == 0 {
		return nil
	}
	hash := hashOf(asks)
	refused := &tunnels.Error{Op: "add " + path, Err: errors.New("it is not allowed to do that"), Cause: tunnels.CauseSignIn, Permanent: true}
	for _, k := range asks {
		fmt.Fprintf(d.Err, "Context %s:\n  %s\n", k.Name, strings.ReplaceAll(k.Consent.Text, "\n", "\n  "))
	}
	switch {
	case yes == hash:
		return nil
	case yes != "":
		refused.Err = errors.New("what it does is not what --yes allows")
		refused.Hint = "Look at what it does; if you allow that, run this again with --yes=" + hash + "."
	case d.Terminal != nil:
		if answer, err := d.Terminal.Ask(ctx, "Allow this? [y/N] "); err == nil && isYes(answer) {
			return nil
		}
		refused.Hint = "Nothing was added."
	default:
		refused.Hint = "If you allow that, run this again with --yes=" + hash + "."
	}
	return refused
}

// hashOf returns one hash for all that contexts do.
func hashOf(asks []kube.Context) string {
	h := sha256.New()
	for _, k := range asks {
		fmt.Fprintf(h, "%q %s\n", k.Name, k.Consent.Hash)
	}
	return hex.EncodeToString(h.Sum(nil))
}

// isYes says whether an answer is one. Only yes is yes.
func isYes(answer string) bool {
	answer = strings.ToLower(strings.TrimSpace(answer))
	return answer == "y" || answer == "yes"
}
