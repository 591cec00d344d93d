package control

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"sync"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

var (
	_ Engine = (*Remote)(nil)
	_ Engine = (*workspace.Workspace)(nil)
)

// Remote is the engine of the first. What it tells of tunnels, profiles and settings
// comes in one stream, which is opened when it is needed for the first time. The
// errors of its calls wrap [ErrGone] when the first has ended: see [Remote.Gone].
// All methods may be called from any goroutine.
type Remote struct {
	client *Client
	limits remoteLimits

	ctx    context.Context // ends with Close
	cancel context.CancelFunc
	open   sync.Once
	wg     sync.WaitGroup

	ended sync.Once
	gone  chan struct{}
	left  bool // it said so before; written before gone is closed

	tunnels  *latest[tunnels.Snapshot]
	profiles *latest[[]profiles.Profile]
	settings *latest[workspace.Settings]
}

// remoteLimits say when a first is taken for gone.
type remoteLimits struct {
	silence time.Duration // of a stream, before it is asked for
	again   time.Duration // between two attempts to have a stream
	tries   int           // without one message
}

// Engine returns the engine of the first in the role of the tunnels. Close it at the
// end.
func (c *Client) Engine() *Remote {
	ctx, cancel := context.WithCancel(context.Background())
	return &Remote{
		client: c, limits: remoteLimits{silence: 3 * usualLimits().beat, again: 100 * time.Millisecond, tries: 5},
		ctx: ctx, cancel: cancel, gone: make(chan struct{}),
		tunnels: newLatest[tunnels.Snapshot](), profiles: newLatest[[]profiles.Profile](), settings: newLatest[workspace.Settings](),
	}
}

// First returns who the first is.
func (r *Remote) First() Version { return r.client.First() }

// Gone is closed when the first has ended, is about to, or answers no more. From then
// on calls fail with [ErrGone], and who watches is told nothing any more. It is not
// closed by Close.
func (r *Remote) Gone() <-chan struct{} {
	r.follow()
	return r.gone
}

// Close ends the stream. The first goes on.
func (r *Remote) Close() {
	r.cancel()
	r.open.Do(func() {}) // it is not opened any more
	r.wg.Wait()
}

// isGone tells whether Gone is closed.
func (r *Remote) isGone() bool {
	select {
	case <-r.gone:
		return true
	default:
		return false
	}
}

// Left says, once Gone is closed, whether the first has told that it is about to end: it
// was not killed.
func (r *Remote) Left() bool { return r.isGone() && r.left }

// lost notes that the first is gone, and by what that was found.
func (r *Remote) lost(err error) {
	r.ended.Do(func() {
		r.left = errors.Is(err, errLeaving)
		close(r.gone)
	})
}

// longest is how long a call with a context may take: the first gives up before.
const longest = answerWithin + patience

// quick makes a call of the client's patience, and call one that may take longer.
func (r *Remote) quick(method, path string, in, out any) error {
	return r.callFor(r.ctx, r.client.patience, method, path, in, out)
}

func (r *Remote) call(ctx context.Context, method, path string, in, out any) error {
	return r.callFor(ctx, longest, method, path, in, out)
}

func (r *Remote) callFor(ctx context.Context, within time.Duration, method, path string, in, out any) error {
	if r.isGone() {
		return errAbsent
	}
	return r.told(ctx, r.client.callFor(ctx, within, method, path, in, out))
}

// told looks into why a call has failed: a connection that breaks does not mean that
// the first has ended.
func (r *Remote) told(ctx context.Context, err error) error {
	switch {
	case !errors.Is(err, ErrGone):
		return err
	case errors.Is(err, errAbsent) && r.lives(ctx):
		return &tunnels.Error{
			Err:  errors.New("the Culvert that runs has broken off"),
			Hint: "Look whether it was done, or try again.",
		}
	}
	r.lost(err)
	return err
}

// lives asks whether the first is still the same.
func (r *Remote) lives(ctx context.Context) bool {
	var now Version
	err := r.client.call(ctx, http.MethodGet, "version", nil, &now)
	return err == nil && now.PID == r.client.first.PID && now.Started.Equal(r.client.first.Started)
}

// path names something below another path, with its escapes.
func path(of, id string, verb ...string) string {
	out := of + "/" + url.PathEscape(id)
	for _, v := range verb {
		out += "/" + v
	}
	return out
}
