package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"

	"culvert/tunnels"
)

// upFlags are those of up.
type upFlags struct {
	files              []string
	wait               time.Duration
	detach, yes, quiet bool
	output, kubeconfig string
	json               bool // what output says
}

func newUp(d Deps) *cobra.Command {
	var f upFlags
	cmd := &cobra.Command{
		Use:        "up [PROFILE | TUNNEL | PATH]...",
		SuggestFor: []string{"start", "connect"},
		Short:      "Start the tunnels of profiles, of files or of this project",
		Long: "Starts tunnels: those of a profile, a single one, those of a file or a folder's " + projectFile + ", or without any\n" +
			"argument those of this project: " + projectFile + " here or in a folder above, up to the project's root. Such a file is\n" +
			"written as a profile is.\n\n" +
			"Where a Culvert runs, with a window or in the background, it starts them and this command returns. Else they run\n" +
			"in this terminal until Ctrl+C, and nobody else sees them. With --detach they run in the background.\n\n" +
			"What listens for other computers, or leads to a context that is marked as production, is asked about; --yes\n" +
			"answers that.\n\n" + exitHelpWaits,
		Example: "  culvert up dev                           # the profile dev\n" +
			"  culvert up                               # this project's " + projectFile + "\n" +
			"  culvert up -f team.yaml -f mine.yaml     # two files at once\n" +
			"  culvert up dev --wait=1m --detach        # returns when all of them are ready\n" +
			"  culvert up -f tunnels.yaml --wait -o json | jq -r '.tunnels[0].ports[0].address'",
		Args:              cobra.ArbitraryArgs,
		ValidArgsFunction: completeWords(d, profilesAndTunnels|files),
		RunE: func(cmd *cobra.Command, args []string) error {
			var err error
			if f.json, err = parseOutput(f.output); err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			if f.wait < 0 {
				return &usageError{errors.New("--wait must not be less than 0: give a time as 30s"), cmd.CommandPath()}
			}
			err = up(cmd.Context(), d, f, args)
			if missing, ok := errors.AsType[*statusError](err); ok && missing.status == ExitNothing && f.wait > 0 {
				if why := timeAsWord(args); why != nil {
					return &usageError{why, cmd.CommandPath()}
				}
			}
			return err
		},
	}
	fs := cmd.Flags()
	fs.StringArrayVarP(&f.files, "file", "f", nil, "a `file` with tunnels, or - for standard input; may be given several times")
	waitFlag(fs, &f.wait)
	fs.BoolVar(&f.detach, "detach", false, "run them in the background, where no Culvert runs yet")
	yesFlag(fs, &f.yes)
	fs.BoolVarP(&f.quiet, "quiet", "q", false, "tell nothing but errors")
	fs.StringVarP(&f.output, "output", "o", "", "\"json\" prints one JSON object per line or, with --wait, one with all ports")
	kubeconfigFlag(fs, &f.kubeconfig)
	return cmd
}

func up(ctx context.Context, d Deps, f upFlags, args []string) error {
	r, err := d.find(ctx)
	if errors.Is(err, ErrNobody) && f.detach {
		r, err = detached(ctx, d, f.kubeconfig)
	}
	if errors.Is(err, ErrNobody) {
		return upHere(ctx, d, f, args)
	}
	if err != nil {
		return err
	}
	defer r.Close()
	if err := checkKubeconfigs(AskedKubeconfigs(f.kubeconfig), r.Kubeconfigs); err != nil {
		return err
	}
	ids, err := gather(ctx, d, r, f, args)
	if err != nil {
		return err
	}
	if err := start(ctx, r, ids); err != nil {
		return err
	}
	slow := d.toStderr
	if f.quiet {
		slow = nil
	}
	if f.wait > 0 {
		err = await(ctx, r, ids, toBeReady, f.wait, slow)
	} else {
		err = settle(ctx, r, ids)
	}
	if err != nil && ctx.Err() != nil {
		return nil
	}
	return errors.Join(report(ctx, d, r, f, ids, err == nil), err)
}

// settleFor is how long tunnels have to show what becomes of them, where nobody waits
// for them.
const settleFor = time.Second

// settle gives tunnels a moment to become ready. The error means that none of them can
// run without the user.
func settle(ctx context.Context, r *Running, ids []tunnels.ID) error {
	if err := await(ctx, r, ids, toBeReady, settleFor, nil); err == nil || ctx.Err() != nil {
		return ctx.Err()
	}
	s, _, err := r.List(ctx)
	if err != nil {
		return err
	}
	err = noMore(chosen(s, ids), false, func(tunnels.Status) bool { return false })
	if errors.Is(err, errAllStopped) {
		return nil // somebody else has changed his mind
	}
	return err
}

// gather finds out what is to run, and puts it beside what is there.
func gather(ctx context.Context, d Deps, r *Running, f upFlags, args []string) ([]tunnels.ID, error) {
	sources, err := wanted(ctx, d, r, args, f.files)
	if err != nil {
		return nil, err
	}
	b, err := bring(ctx, d, r, sources, contextsFor(d, r, f.kubeconfig), f.yes)
	return b.ids, err
}

// report prints what runs in another process: where it is reached and, with troubles,
// what is wrong with it.
func report(ctx context.Context, d Deps, r *Running, f upFlags, ids []tunnels.ID, troubles bool) error {
	if f.quiet && !f.json {
		return nil
	}
	s, ps, err := r.List(ctx)
	if err != nil {
		return err
	}
	if f.json {
		return putJSON(d, localPortsOf(chosen(s, ids), ps))
	}
	for _, st := range chosen(s, ids) {
		switch st.State {
		case tunnels.Ready, tunnels.Starting:
		case tunnels.Stopped, tunnels.Waiting, tunnels.Degraded, tunnels.Reconnecting, tunnels.NeedsUser:
			if troubles {
				fmt.Fprintln(d.Err, troubleOf(st))
			}
		}
	}
	return put(d, func(w io.Writer) {
		for _, st := range chosen(s, ids) {
			for _, b := range st.Bound {
				if st.State.Serving() {
					fmt.Fprintf(w, "Forwarding from %s -> %s (%s)\n", b.Addr, inPod(st, b.Mapping.Remote), plain(st.Spec.Title()))
				} else {
					fmt.Fprintf(w, "Listening on %s for %s (%s, %s)\n", b.Addr, b.Mapping.Remote, plain(st.Spec.Title()), appearanceOf(st.State).word)
				}
			}
		}
	})
}

// chosen returns tunnels of a snapshot.
func chosen(s tunnels.Snapshot, ids []tunnels.ID) []tunnels.Status {
	var out []tunnels.Status
	for _, id := range ids {
		if st, ok := s.Find(id); ok {
			out = append(out, st)
		}
	}
	return out
}

// inPod returns the number that a remote port has in the pod, as events tell it; the
// port itself while there is no pod.
func inPod(st tunnels.Status, p tunnels.Port) tunnels.Port {
	if n := st.Numbers[p]; n != 0 {
		return tunnels.Port{Number: n}
	}
	return p
}
