package control

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"sync"

	"culvert/tunnels"
)

// Hold implements [Engine]. The hold ends with this process, too.
func (r *Remote) Hold(ctx context.Context, ids []tunnels.ID) (func(ctx context.Context) error, error) {
	if r.isGone() {
		return nil, errAbsent
	}
	h := &heldThere{remote: r, name: make(chan string, 1), ended: make(chan struct{}), err: errFailed}
	inner, cancel := context.WithCancel(r.ctx) // for as long as it is held
	h.cancel = cancel
	in := tunnelIDs{orEmpty(each(ids, func(id tunnels.ID) string { return string(id) }))}
	r.wg.Go(r.client.crashes.Contained("a hold of tunnels", func() {
		defer close(h.ended)
		_, h.err = r.read(inner, longest, http.MethodPost, "hold", in, h.take)
	}, nil))
	select {
	case name := <-h.name:
		return func(ctx context.Context) error { return h.release(ctx, name) }, nil
	case <-h.ended:
		cancel()
		return nil, r.told(ctx, h.err)
	case <-ctx.Done():
		cancel()
		<-h.ended
		return nil, tunnels.AsError(context.Cause(ctx))
	}
}

// heldThere is a hold at the first.
type heldThere struct {
	remote *Remote
	cancel context.CancelFunc
	name   chan string // 1 slot
	ended  chan struct{}
	err    error // once ended is closed

	once     sync.Once
	released error
}

func (h *heldThere) take(m message) error {
	if m.name != newsHeld {
		return nil
	}
	var held Held
	if err := json.Unmarshal(m.data, &held); err != nil {
		return err
	}
	select {
	case h.name <- held.Hold:
		return nil
	default:
		return errors.New("it says twice that tunnels are held")
	}
}

// release waits until the tunnels have stopped that nobody else wants. Where that
// fails, the end of the connection does it.
func (h *heldThere) release(ctx context.Context, name string) error {
	h.once.Do(func() {
		h.released = h.remote.call(ctx, http.MethodDelete, path("hold", name), nil, nil)
		h.cancel()
		<-h.ended
	})
	return h.released
}

// errFailed is what a hold has ended with that has not told.
var errFailed = &tunnels.Error{Err: errors.New("Culvert itself has failed"), Cause: tunnels.CauseInternal} //nolint:staticcheck // it is a name
