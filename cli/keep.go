package cli

import (
	"context"
	"errors"
	"sync"
	"time"

	"github.com/spf13/cobra"

	"culvert/tunnels"
	"culvert/tunnels/control"
)

// keepVerb is the verb of the background process.
const keepVerb = "keep"

func newKeep(d Deps) *cobra.Command {
	var kubeconfig string
	cmd := &cobra.Command{
		Use:   keepVerb,
		Short: "Keep tunnels in the background, for `culvert up --detach`",
		Long: "Keeps tunnels for the other verbs, without a window and without a terminal. It ends when it is told to, and by\n" +
			"itself when nothing has run and nobody has asked for anything for a while.\n\n" + exitHelpAlone + ".",
		Example: "  culvert keep --kubeconfig ~/.kube/dev   # as `culvert up --detach` starts it",
		Hidden:  true,
		Args:    wrongUsage(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return keep(cmd.Context(), d, kubeconfig)
		},
	}
	kubeconfigFlag(cmd.Flags(), &kubeconfig)
	return cmd
}

// idleFor is how long a background process waits for something to do.
const idleFor = 10 * time.Second

// keep keeps tunnels until ctx is done, it is told to quit, or there is nothing to do.
// Where another Culvert keeps tunnels already it does nothing.
func keep(ctx context.Context, d Deps, kubeconfig string) error {
	ctx, quit := context.WithCancel(ctx)
	defer quit()
	var kubeconfigs []string // set before anybody can ask
	server, first, err := control.Claim(ctx, control.Options{
		Role: control.RoleTunnels, Version: d.Version, Quit: quit, Warn: d.warn, Log: d.Log, Crashes: d.Crashes,
		About: func() control.About {
			return control.About{Kind: control.KindBackground, Kubeconfigs: kubeconfigs}
		},
	})
	if err != nil || first != nil {
		return err
	}
	d.begin(keepVerb)
	defer server.Close()
	r, err := d.own(kubeconfig, false, d.warn, nil)
	if err != nil {
		return err
	}
	defer r.Close()
	kubeconfigs = r.Kubeconfigs
	var wg sync.WaitGroup
	wg.Go(func() { server.ServeEngine(r) }) // until Close
	defer func() {
		server.Leave()
		r.Close()
		server.Close()
		wg.Wait()
	}()
	idle(ctx, idleFor, func() (busy bool, asked uint64) {
		open, ever := server.Clients()
		return open > 0 || anyRuns(r), ever
	})
	return nil
}

// anyRuns says whether a tunnel runs.
func anyRuns(engine control.Engine) bool {
	s, _, err := engine.List(context.Background())
	if err != nil {
		return false
	}
	for _, st := range s {
		if st.State != tunnels.Stopped {
			return true
		}
	}
	return false
}

// idle returns when nothing has been done for so long, or ctx is done. Look says
// whether something is being done, and counts what has been asked.
func idle(ctx context.Context, limit time.Duration, look func() (busy bool, asked uint64)) {
	every := time.NewTicker(limit / 10)
	defer every.Stop()
	since, before := time.Now(), uint64(0)
	for {
		busy, asked := look()
		if busy || asked != before {
			since, before = time.Now(), asked
		}
		if time.Since(since) >= limit {
			return
		}
		select {
		case <-every.C:
		case <-ctx.Done():
			return
		}
	}
}

// errNotDetached means that the background process has ended at once.
var errNotDetached = errors.New("the background process has ended")
