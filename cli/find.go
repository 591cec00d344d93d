package cli

import (
	"context"
	"errors"

	"culvert/tunnels/control"
)

// findFirst looks for the Culvert whose tunnels others act on.
func findFirst(ctx context.Context, d Deps) (*Running, error) {
	client, err := d.first(ctx)
	if err != nil {
		return nil, err
	}
	remote, about := client.Engine(), client.First()
	r := &Running{Engine: remote, Kubeconfigs: about.Kubeconfigs, Close: remote.Close, Gone: remote.Gone()}
	if about.Kind == control.KindBackground {
		r.Quit = client.Quit
	}
	return r, nil
}

// first returns a client of it. The error wraps ErrNobody when there is none.
func (d Deps) first(ctx context.Context) (*control.Client, error) {
	client, err := control.Find(ctx, control.Options{Role: control.RoleTunnels, Version: d.Version})
	if errors.Is(err, control.ErrGone) || errors.Is(err, control.ErrNoPlace) {
		return nil, ErrNobody // where no socket can be made there is none
	}
	return client, err
}

// about tells who runs; nil for nobody.
func (d Deps) about(ctx context.Context) (*control.Version, error) {
	client, err := d.first(ctx)
	if errors.Is(err, ErrNobody) {
		return nil, nil //nolint:nilnil // that is the answer
	}
	if err != nil {
		return nil, err
	}
	v := client.First()
	return &v, nil
}
