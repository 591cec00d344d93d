package cli

import (
	"errors"
	"fmt"
	"time"

	"github.com/spf13/cobra"
)

func newWait(d Deps) *cobra.Command {
	var goalWord string
	var timeout time.Duration
	cmd := &cobra.Command{
		Use:   "wait [PROFILE | TUNNEL | PATH]...",
		Short: "Wait until tunnels are ready, or stopped",
		Long: "Waits until all of the tunnels are ready, or stopped. A tunnel that needs you is not waited for any longer.\n\n" +
			exitHelpWaits,
		Example: "  culvert wait postgres --for=ready --timeout 1m && psql\n" +
			"  culvert wait dev --for=stopped",
		ValidArgsFunction: completeWords(d, profilesAndTunnels),
		Args: wrongUsage(func(_ *cobra.Command, args []string) error {
			if len(args) == 0 {
				return errors.New("it is not said what to wait for: name a profile or a tunnel, as `culvert wait dev`")
			}
			return nil
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			g, ok := map[string]goal{toBeReady.word: toBeReady, toBeStopped.word: toBeStopped}[goalWord]
			switch {
			case !ok:
				return &usageError{fmt.Errorf("--for %q is unknown: use ready or stopped", goalWord), cmd.CommandPath()}
			case timeout <= 0:
				return &usageError{errors.New("--timeout must be more than 0: give a time as 30s"), cmd.CommandPath()}
			}
			ctx := cmd.Context()
			r, err := d.running(ctx)
			if err != nil {
				return err
			}
			defer r.Close()
			s, ps, err := r.List(ctx)
			if err != nil {
				return err
			}
			ids, err := pick(s, ps, args)
			if err != nil {
				return err
			}
			return await(ctx, r, ids, g, timeout, d.toStderr)
		},
	}
	cmd.Flags().StringVar(&goalWord, "for", toBeReady.word, "the `state`: ready or stopped")
	cmd.Flags().DurationVar(&timeout, "timeout", waitDefault, "how long to wait")
	mustComplete(cmd, "for", toBeReady.word, toBeStopped.word)
	return cmd
}
