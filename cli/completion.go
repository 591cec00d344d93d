package cli

import (
	"fmt"

	"github.com/spf13/cobra"
)

// kubectlCompletes is what kubectl runs to complete the words behind `kubectl culvert`.
// Both programs have to be on PATH.
const kubectlCompletes = `#!/bin/sh
# kubectl_complete-culvert: kubectl runs it to complete "kubectl culvert ...".
exec kubectl-culvert __complete "$@"
`

// shell is one that completion can be had for.
type shell struct {
	name, called string
	install      string // how, as examples
	write        func(cmd *cobra.Command) error
}

// shells are all of them; file is as which the program is started.
func shells(file string) []shell {
	return []shell{
		{
			"bash", "bash",
			"  # the package bash-completion has to be installed\n" +
				"  source <(culvert completion bash)         # in this shell; in ~/.bashrc for all\n" +
				"  culvert completion bash > ~/.local/share/bash-completion/completions/" + file,
			func(cmd *cobra.Command) error { return cmd.Root().GenBashCompletionV2(cmd.OutOrStdout(), true) },
		},
		{
			"zsh", "zsh",
			"  source <(culvert completion zsh)          # in this shell\n" +
				"  culvert completion zsh > \"${fpath[1]}/_" + file + "\" # for all; ~/.zshrc needs: autoload -U compinit; compinit",
			func(cmd *cobra.Command) error { return cmd.Root().GenZshCompletion(cmd.OutOrStdout()) },
		},
		{
			"fish", "fish",
			"  culvert completion fish | source          # in this shell\n" +
				"  culvert completion fish > ~/.config/fish/completions/" + file + ".fish",
			func(cmd *cobra.Command) error { return cmd.Root().GenFishCompletion(cmd.OutOrStdout(), true) },
		},
		{
			"powershell", "PowerShell",
			"  culvert completion powershell | Out-String | Invoke-Expression # in this shell\n" +
				"  culvert completion powershell >> $PROFILE # for all",
			func(cmd *cobra.Command) error { return cmd.Root().GenPowerShellCompletionWithDesc(cmd.OutOrStdout()) },
		},
		{
			"kubectl", "`kubectl culvert`",
			"  culvert completion kubectl > ~/.local/bin/kubectl_complete-culvert # any folder on PATH\n" +
				"  chmod +x ~/.local/bin/kubectl_complete-culvert",
			func(cmd *cobra.Command) error {
				_, err := fmt.Fprint(cmd.OutOrStdout(), kubectlCompletes)
				return err
			},
		},
	}
}

func newCompletion(file string) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "completion",
		Short: "Print what completes the command line in a shell",
		Long: "Prints a script that completes verbs, flags and their values in a shell: contexts, namespaces, targets and\n" +
			"their ports come from the kubeconfig and the cluster, which is given two seconds for it.",
		Args: wrongUsage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	for _, s := range shells(file) {
		if cmd.Example != "" {
			cmd.Example += "\n"
		}
		cmd.Example += s.install
		cmd.AddCommand(&cobra.Command{
			Use:     s.name,
			Short:   "Print what completes the command line in " + s.called,
			Long:    "Prints the script for " + s.called + ". The examples show how to install it; shells that are open need a new start.",
			Example: s.install,
			Args:    wrongUsage(cobra.NoArgs),
			RunE:    func(cmd *cobra.Command, _ []string) error { return s.write(cmd) },
		})
	}
	return cmd
}
