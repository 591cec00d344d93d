package cli

import (
	"context"
	"errors"
	"fmt"
	"time"

	"culvert/kube"
	"culvert/tunnels"
)

// listLimit is how long a list may take.
const listLimit = 30 * time.Second

// parseOutput reads the value of --output.
func parseOutput(format string) (asJSON bool, err error) {
	if format != "" && format != "json" {
		return false, fmt.Errorf("%q is not an output format: use json, or leave it out", format)
	}
	return format == "json", nil
}

// openToList opens the clusters for one list.
func openToList(d Deps, kubeconfig string) (*kube.Clusters, error) {
	return d.open(kube.Options{Path: kubeconfig, Warn: d.warn, Shell: kube.ShellForMissing})
}

// listed returns the first answer that is complete. A server that asks to be left
// alone for a while is waited for; any other error ends the list. When ctx is done
// before, it returns what has come, with an error.
func listed[T any](ctx context.Context, what string, watch func(context.Context, func(kube.Listing[T]))) kube.Listing[T] {
	ctx, done := context.WithCancel(ctx)
	defer done()
	over := false
	var last kube.Listing[T]
	watch(ctx, func(l kube.Listing[T]) {
		if over {
			return // the watch has not noticed yet
		}
		last = l
		if over = l.Complete && !busy(l); over {
			done()
		}
	})
	if !over && last.Err == nil {
		last.Err = &tunnels.Error{
			Op: "list " + what, Err: errors.New("the cluster did not give a whole answer in time"),
			Hint: "Try again, or see with `kubectl version` how the cluster answers.", Cause: tunnels.CauseUnreachable,
		}
	}
	return last
}

// busy says whether the server has asked us to come again later.
func busy[T any](l kube.Listing[T]) bool {
	if e := tunnels.AsError(l.Err); e != nil && e.RetryAfter > 0 {
		return true
	}
	for _, m := range l.Missing {
		if m.Err.RetryAfter > 0 {
			return true
		}
	}
	return false
}

// age returns how long ago something was made, as kubectl writes it.
func age(made time.Time) string {
	if made.IsZero() {
		return none
	}
	d := max(0, time.Since(made))
	switch {
	case d < 2*time.Minute:
		return fmt.Sprintf("%ds", int(d.Seconds()))
	case d < 2*time.Hour:
		return fmt.Sprintf("%dm", int(d.Minutes()))
	case d < 48*time.Hour:
		return fmt.Sprintf("%dh", int(d.Hours()))
	}
	return fmt.Sprintf("%dd", int(d.Hours()/24))
}

// none stands in a table's cell that has nothing to tell.
const none = "-"
