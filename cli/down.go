package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/profiles"
)

func newDown(d Deps) *cobra.Command {
	var all, quiet bool
	cmd := &cobra.Command{
		Use:        "down [PROFILE | TUNNEL | PATH]...",
		SuggestFor: []string{"stop", "kill"},
		Short:      "Stop tunnels of the Culvert that runs",
		Long: "Stops the tunnels of profiles, single ones, or those of a file, without asking. Without an argument it stops those\n" +
			"of this project, as `culvert up` starts them. Tunnels that a file has brought are gone then; those of a\n" +
			"profile stay in it. A background process in which nothing runs any more ends.\n\n" + exitHelpActs,
		Example: "  culvert down dev           # the profile dev\n" +
			"  culvert down postgres      # one tunnel\n" +
			"  culvert down               # what this project's " + projectFile + " has brought\n" +
			"  culvert down --all",
		ValidArgsFunction: completeWords(d, profilesAndTunnels|files),
		Args: wrongUsage(func(_ *cobra.Command, args []string) error {
			if all && len(args) > 0 {
				return errors.New("--all means every tunnel: leave the names out, or --all")
			}
			return nil
		}),
		RunE: func(cmd *cobra.Command, args []string) error {
			r, err := d.running(cmd.Context())
			if err != nil {
				return err
			}
			defer r.Close()
			return down(cmd.Context(), d, r, args, all, quiet)
		},
	}
	cmd.Flags().BoolVarP(&all, "all", "a", false, "stop all tunnels")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "tell nothing but errors")
	return cmd
}

func down(ctx context.Context, d Deps, r *Running, args []string, all, quiet bool) error {
	s, ps, err := r.List(ctx)
	if err != nil {
		return err
	}
	ids := idsOfAll(s)
	if !all {
		if args, err = orProject(ps, args); err != nil {
			return err
		}
		if ids, err = pick(s, ps, args); err != nil {
			return err
		}
	}
	var errs []error
	var stopped []string
	for _, st := range chosen(s, ids) {
		if st.State == tunnels.Stopped {
			continue
		}
		if err := r.Stop(ctx, st.Spec.ID); err != nil {
			errs = append(errs, err)
			continue
		}
		stopped = append(stopped, plain(st.Spec.Title()))
	}
	for _, id := range wholeGuests(ps, ids, all) {
		errs = append(errs, r.Dismiss(ctx, id))
	}
	if !quiet {
		errs = append(errs, put(d, func(w io.Writer) {
			for _, title := range stopped {
				fmt.Fprintf(w, "%s stopped\n", title)
			}
		}))
		if len(stopped) == 0 {
			fmt.Fprintln(d.Err, "Nothing of that was running.")
		}
	}
	return errors.Join(append(errs, quitIdle(ctx, r))...)
}

// quitIdle ends a background process in which nothing runs any more, whoever looks on:
// a window goes on without it.
func quitIdle(ctx context.Context, r *Running) error {
	if r.Quit == nil || anyRuns(r) {
		return nil
	}
	if err := r.Quit(ctx); !errors.Is(err, control.ErrGone) { // then it was about to
		return err
	}
	return nil
}

// orProject returns the arguments, or where there are none the guests of the project
// that the verb was called in. Its file may be broken by now.
func orProject(ps []profiles.Profile, args []string) ([]string, error) {
	if len(args) > 0 {
		return args, nil
	}
	folder, err := projectHere()
	if err != nil {
		return nil, err
	}
	path := filepath.Join(folder, projectFile)
	if guestsOf(ps, path) == nil {
		return nil, &statusError{&tunnels.Error{
			Err:  fmt.Errorf("nobody has brought up %s", path),
			Hint: "Name a profile or a tunnel, or use --all; `culvert list` shows what there is.",
		}, ExitNothing}
	}
	return []string{path}, nil
}

// wholeGuests returns the guests all of whose tunnels are among those given.
func wholeGuests(ps []profiles.Profile, ids []tunnels.ID, all bool) []string {
	var out []string
	for _, p := range ps {
		whole := !slices.ContainsFunc(p.Tunnels, func(s tunnels.Spec) bool { return !slices.Contains(ids, s.ID) })
		if p.Guest && (all || whole) {
			out = append(out, p.ID)
		}
	}
	return out
}
