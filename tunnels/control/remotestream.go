package control

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/crash"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// Watch implements [Engine].
func (r *Remote) Watch(ctx context.Context, fn func(tunnels.Snapshot)) {
	r.follow()
	r.tunnels.watch(ctx, fn)
}

// WatchProfiles implements [Engine].
func (r *Remote) WatchProfiles(ctx context.Context, fn func([]profiles.Profile)) {
	r.follow()
	r.profiles.watch(ctx, fn)
}

// Settings implements [Engine]. It returns those that were known last when the first
// does not answer.
func (r *Remote) Settings() workspace.Settings {
	r.follow()
	now, known, _ := r.settings.get()
	if known {
		return now
	}
	if r.quick(http.MethodGet, "settings", nil, &now) != nil {
		return workspace.Settings{}
	}
	return now
}

// follow has the stream opened, once.
func (r *Remote) follow() {
	r.open.Do(func() {
		if r.ctx.Err() == nil {
			r.wg.Go(r.client.crashes.Contained("following another process", func() { r.run(r.ctx) }, func(p *crash.Panic) { r.lost(p) })) // Close ends it
		}
	})
}

// run keeps a stream open until ctx is done or the first is gone.
func (r *Remote) run(ctx context.Context) {
	of := newsTunnels + "," + newsProfiles + "," + newsSettings
	_ = r.keep(ctx, "events?of="+of, r.take, func() {}) // Gone tells
}

// keep reads a stream, and another one when it has ended, of which it tells by broken,
// until ctx is done or the first is gone. Its error is nil or wraps ErrGone.
func (r *Remote) keep(ctx context.Context, path string, take func(message) error, broken func()) error {
	for failed := 0; ; failed++ {
		if r.isGone() {
			return errAbsent
		}
		told, err := r.read(ctx, r.client.patience, http.MethodGet, path, nil, take)
		if told {
			failed = 0
		}
		if _, full := errors.AsType[*crowdedError](err); full { // it is there, and there may be room later
			failed = min(failed, r.limits.tries-2)
		}
		lost := errors.Is(err, errLeaving) || errors.Is(err, errReplaced) || failed >= r.limits.tries || !r.lives(ctx)
		if ctx.Err() != nil {
			return nil //nolint:nilerr // who ends it knows why
		}
		if lost {
			r.lost(err)
			return fmt.Errorf("%w: %w", ErrGone, err)
		}
		broken()
		sleep(ctx, r.limits.again<<failed)
	}
}

// read reads a stream to its end, and says whether there was a message. It begins
// within a time, or not at all.
func (r *Remote) read(ctx context.Context, within time.Duration, method, path string, in any, take func(message) error) (told bool, err error) {
	bounded, cancel := context.WithCancel(ctx)
	defer cancel()
	silence := time.AfterFunc(within, cancel)
	defer silence.Stop()
	resp, err := r.client.ask(bounded, method, path, in)
	if err != nil {
		return false, r.client.explain(ctx, bounded, err)
	}
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK {
		data, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
		if err != nil {
			return false, r.client.explain(ctx, bounded, err)
		}
		err = r.client.refused(resp.StatusCode, data)
		if resp.StatusCode == http.StatusTooManyRequests {
			err = &crowdedError{err}
		}
		return false, err
	}
	all := readMessages(resp.Body, int(r.client.most))
	for {
		silence.Reset(r.limits.silence)
		m, err := all.next()
		switch {
		case err != nil:
			return told, r.client.explain(ctx, bounded, err)
		case m.name == newsLeaving:
			return told, errLeaving
		case m.name == "":
			continue
		}
		if err := take(m); err != nil {
			return told, stranger(r.client.process(), printable(err.Error()))
		}
		told = true
	}
}

// take learns from a message.
func (r *Remote) take(m message) error {
	switch m.name {
	case newsTunnels:
		var n Tunnels
		if err := json.Unmarshal(m.data, &n); err != nil {
			return err
		}
		was, _, _ := r.tunnels.get()
		now, err := n.apply(was)
		if err != nil {
			return err
		}
		r.tunnels.set(now)
	case newsProfiles:
		var n Profiles
		if err := json.Unmarshal(m.data, &n); err != nil {
			return err
		}
		r.profiles.set(each(some(n.Profiles), Profile.Parse))
	case newsSettings:
		var s workspace.Settings
		if err := json.Unmarshal(m.data, &s); err != nil {
			return err
		}
		r.settings.set(s)
	}
	return nil
}

// apply returns the snapshot that becomes of another one. What has not changed is
// shared with it.
func (n Tunnels) apply(was tunnels.Snapshot) (tunnels.Snapshot, error) {
	news, err := tryEach(n.Tunnels, Status.Parse)
	if err != nil {
		return nil, err
	}
	if n.Whole {
		was, n.Removed, n.Order = nil, nil, each(n.Tunnels, func(st Status) string { return st.Spec.ID })
	}
	have := make(map[tunnels.ID]tunnels.Status, len(was)+len(news))
	order := make([]tunnels.ID, 0, len(was))
	for _, st := range was {
		have[st.Spec.ID] = st
		order = append(order, st.Spec.ID)
	}
	for _, st := range news {
		have[st.Spec.ID] = st
	}
	for _, id := range n.Removed {
		delete(have, tunnels.ID(id))
	}
	order = slices.DeleteFunc(order, func(id tunnels.ID) bool { return slices.Contains(n.Removed, string(id)) })
	if n.Order != nil {
		order = each(n.Order, func(id string) tunnels.ID { return tunnels.ID(id) })
	}
	if len(order) != len(have) {
		return nil, errors.New("the order is not that of the tunnels")
	}
	out := make(tunnels.Snapshot, 0, len(order))
	for _, id := range order {
		st, ok := have[id]
		if !ok {
			return nil, errors.New("a tunnel is in the order that was not told of, or twice")
		}
		delete(have, id)
		out = append(out, st)
	}
	return out, nil
}
