package workspace

import (
	"context"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// List returns all tunnels and all profiles as they are now.
func (w *Workspace) List(ctx context.Context) (tunnels.Snapshot, []profiles.Profile, error) {
	switch {
	case w.ctx.Err() != nil:
		return nil, nil, errClosed
	case ctx.Err() != nil:
		return nil, nil, ctx.Err()
	}
	return w.Snapshot(), w.profiles(), nil
}

// Follow is [tunnels.Manager.Follow]. Its error says that the tunnels have been
// closed; it is nil when ctx is done.
func (w *Workspace) Follow(ctx context.Context, fn func(tunnels.Event)) error {
	w.Manager.Follow(ctx, fn)
	if ctx.Err() == nil {
		return errClosed
	}
	return nil
}
