package attach

import (
	"context"

	"culvert/tunnels"
	"culvert/tunnels/control"
	"culvert/tunnels/profiles"
)

// along does something with each side, one after the other, until ctx is done. f has to
// return soon after its context is done.
func (e *Engine) along(ctx context.Context, f func(ctx context.Context, side control.Engine)) {
	for ctx.Err() == nil {
		side, next := e.now()
		inner, cancel := context.WithCancel(ctx)
		ended := make(chan struct{})
		go e.crashes.Guard("following tunnels elsewhere", func() { // ends with f, or has it end
			defer close(ended)
			select {
			case <-next:
				cancel()
			case <-inner.Done():
			}
		})
		f(inner, side.Engine)
		select {
		case <-next:
		case <-ctx.Done():
		}
		cancel()
		<-ended
	}
}

// Watch implements [control.Engine].
func (e *Engine) Watch(ctx context.Context, fn func(tunnels.Snapshot)) {
	e.along(ctx, func(ctx context.Context, side control.Engine) {
		side.Watch(ctx, func(s tunnels.Snapshot) { fn(e.explain(s)) })
	})
}

// WatchProfiles implements [control.Engine].
func (e *Engine) WatchProfiles(ctx context.Context, fn func([]profiles.Profile)) {
	e.along(ctx, func(ctx context.Context, side control.Engine) { side.WatchProfiles(ctx, fn) })
}

// Follow implements [control.Engine]. It ends with ctx.
func (e *Engine) Follow(ctx context.Context, fn func(tunnels.Event)) error {
	e.along(ctx, func(ctx context.Context, side control.Engine) {
		_ = side.Follow(ctx, fn) // that it is gone is what the next side is for
	})
	return ctx.Err()
}

// WatchPlace calls fn with the place, now and after each change, never concurrently,
// until ctx is done.
func (e *Engine) WatchPlace(ctx context.Context, fn func(Place)) {
	for ctx.Err() == nil {
		place, next := e.placeNow()
		fn(place)
		select {
		case <-next:
		case <-ctx.Done():
		}
	}
}

func (e *Engine) placeNow() (Place, <-chan struct{}) {
	e.mu.Lock()
	defer e.mu.Unlock()
	return e.place, e.next
}
