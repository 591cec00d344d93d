package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"culvert/tunnels"
)

func newRestart(d Deps) *cobra.Command {
	var all, yes bool
	cmd := &cobra.Command{
		Use:   "restart [PROFILE | TUNNEL | PATH]...",
		Short: "Stop tunnels of the Culvert that runs, and start them again",
		Long: "Stops tunnels and starts them again, on the same local ports. Those that do not run are started. With --all it\n" +
			"restarts all that run.\n\n" + exitHelpActs,
		Example: "  culvert restart postgres\n" +
			"  culvert restart dev --yes   # without asking about production\n" +
			"  culvert restart --all",
		ValidArgsFunction: completeWords(d, profilesAndTunnels),
		Args: wrongUsage(func(_ *cobra.Command, args []string) error {
			switch {
			case all && len(args) > 0:
				return errors.New("--all means every tunnel that runs: leave the names out, or --all")
			case !all && len(args) == 0:
				return errors.New("it is not said what to restart: name a profile or a tunnel, or use --all")
			}
			return nil
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := d.running(cmd.Context())
			if err != nil {
				return err
			}
			defer r.Close()
			return restart(cmd.Context(), d, r, args, all, yes)
		},
	}
	cmd.Flags().BoolVarP(&all, "all", "a", false, "restart all tunnels that run")
	yesFlag(cmd.Flags(), &yes)
	return cmd
}

func restart(ctx context.Context, d Deps, r *Running, args []string, all, yes bool) error {
	s, ps, err := r.List(ctx)
	if err != nil {
		return err
	}
	var ids []tunnels.ID
	if all {
		for _, st := range s {
			if st.State != tunnels.Stopped {
				ids = append(ids, st.Spec.ID)
			}
		}
	} else if ids, err = pick(s, ps, args); err != nil {
		return err
	}
	c := &consent{known: contextsFor(d, r, ""), yes: yes}
	if err := c.askAnew(ctx, d, r, ids); err != nil {
		return err
	}
	var errs []error
	for _, id := range ids {
		if err := r.Stop(ctx, id); err != nil {
			errs = append(errs, err)
			continue
		}
		errs = append(errs, r.Start(ctx, id))
	}
	if len(ids) == 0 {
		fmt.Fprintln(d.Err, "Nothing is running.")
	}
	err = errors.Join(append(errs, settle(ctx, r, ids))...)
	return errors.Join(report(ctx, d, r, upFlags{}, ids, err == nil), err)
}
