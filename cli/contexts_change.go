package cli

import (
	"errors"

	"github.com/spf13/cobra"

	"culvert/kube"
)

func newContextsRemove(d Deps, kubeconfig *string) *cobra.Command {
	return &cobra.Command{
		Use:   "remove FILE",
		Short: "Take back an added file; the file itself stays",
		Long: "Takes back what `culvert contexts add` has added: the contexts of a file, and what was allowed and said of\n" +
			"them. The file itself stays.",
		Example: "  culvert contexts remove ~/Downloads/staging.yaml",
		Args:    wrongUsage(cobra.ExactArgs(1)),
		RunE: func(_ *cobra.Command, args []string) error {
			return withClusters(d, *kubeconfig, func(c *kube.Clusters) error { return c.Forget(args[0]) })
		},
	}
}

func newContextsLocate(d Deps, kubeconfig *string) *cobra.Command {
	return &cobra.Command{
		Use:   "locate PLUGIN PATH",
		Short: "Say where a credential plugin is that is not on PATH",
		Long: "Says where a credential plugin is that is not on PATH. PLUGIN is the command as the kubeconfig has it.\n" +
			"An empty PATH takes that back.",
		Example: "  culvert contexts locate aws /opt/homebrew/bin/aws",
		Args:    wrongUsage(cobra.ExactArgs(2)),
		RunE: func(_ *cobra.Command, args []string) error {
			return withClusters(d, *kubeconfig, func(c *kube.Clusters) error { return c.LocatePlugin(args[0], args[1]) })
		},
	}
}

func newContextsMark(d Deps, kubeconfig *string) *cobra.Command {
	var production bool
	cmd := &cobra.Command{
		Use:   "mark NAME --production[=false]",
		Short: "Mark a context as production",
		Long:  "Marks a context as production: then the window does not try by itself whether it answers,\nand who starts a tunnel there is asked first.",
		Example: "  culvert contexts mark prod-eu --production\n" +
			"  culvert contexts mark test --production=false # takes it back",
		Args: wrongUsage(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			if !cmd.Flags().Changed("production") {
				return &usageError{errors.New("say what to mark it as: --production or --production=false"), cmd.CommandPath()}
			}
			return withClusters(d, *kubeconfig, func(c *kube.Clusters) error { return c.MarkProduction(args[0], production) })
		},
	}
	cmd.Flags().BoolVar(&production, "production", false, "it is production; \"=false\" takes that back")
	return cmd
}
