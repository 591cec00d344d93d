package workspace

import (
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"sync"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// settle is how long an edit may take: editors write a file in several steps, and
// git several files.
const settle = 150 * time.Millisecond

// Why a tunnel was stopped because its file was edited. They are short: the table
// has little room.
const (
	leadsElsewhere = "its context was edited"
	opensUp        = "its address was edited"
)

// followEdits carries out what is edited in the files, until ctx is done.
func (w *Workspace) followEdits(ctx context.Context) {
	for {
		select {
		case <-w.edited:
		case <-ctx.Done():
			return
		}
		select {
		case <-time.After(settle):
		case <-ctx.Done():
			return
		}
		if _, release, err := w.take(ctx); err == nil {
			w.follow("")
			release()
		}
	}
}

// follow makes the manager's tunnels those of the store and the guests. That stops
// tunnels which are no more; of others than those of the profile that the user deletes
// it warns. It is called before the workspace is used or by who has the turn.
//
// Files may come from somebody else, as by git, while their tunnels run. So an
// edited tunnel goes on as Put says, but one that would lead to another context, or
// listen for other computers where it did not, is stopped: the user's next start
// asks about both.
func (w *Workspace) follow(deleted string) {
	kept := make(map[tunnels.ID]bool)
	for _, s := range specsOf(w.store.Profiles()) {
		kept[s.ID] = true
	}
	w.guests.without(func(s tunnels.Spec) bool { return kept[s.ID] })
	ps := w.profiles()
	all, places := specsOf(ps), placesOf(ps)
	running := w.Snapshot()
	w.journal.note(running)
	w.journal.place(places)
	now := make(map[tunnels.ID]tunnels.Spec, len(all))
	for _, s := range all {
		now[s.ID] = s
	}
	var wg sync.WaitGroup
	have := make(map[tunnels.ID]bool)
	for _, st := range running {
		spec, stays := now[st.Spec.ID]
		have[st.Spec.ID] = true
		switch {
		case !stays && w.leavingOf(st.Spec.ID) == nil:
			wg.Go(w.crashes.Contained("following edits of profiles", func() { w.drop(st, deleted) }, nil))
		case stays && !reflect.DeepEqual(bare(spec), bare(st.Spec)):
			wg.Go(w.crashes.Contained("following edits of profiles", func() { w.edit(st, spec) }, nil))
		}
	}
	wg.Wait()
	next := tunnels.ID("")
	for _, s := range slices.Backward(all) {
		if !have[s.ID] {
			w.told(w.bring(s, next, places[s.ID]))
		}
		next = s.ID
	}
	w.Arrange(idsOf(all))
}

// drop removes a tunnel that its file has no more.
func (w *Workspace) drop(st tunnels.Status, deleted string) {
	w.told(w.Manager.Remove(w.ctx, st.Spec.ID))
	if st.State != tunnels.Stopped && st.Spec.Profile != deleted {
		w.warn(&tunnels.Error{
			Op: w.origin(st.Spec.Profile), Err: fmt.Errorf("the tunnel %q is no longer in its file: it was stopped", st.Spec.Title()),
			Hint:  "To have it again, write it into the file.",
			Cause: tunnels.CauseInvalid, Permanent: true,
		})
	}
}

// origin names a profile in what is told.
func (w *Workspace) origin(profile string) string {
	if p, ok := w.guests.find(profile); ok {
		return "tunnels of " + p.Name
	}
	return "profile " + profile
}

// edit gives the manager what the file says of a tunnel now.
func (w *Workspace) edit(st tunnels.Status, spec tunnels.Spec) {
	why := unasked(st.Spec, spec)
	if why == "" {
		w.told(w.Manager.Put(spec))
		return
	}
	w.told(w.PutStopped(spec, why))
	if st.State == tunnels.Stopped {
		return
	}
	w.warn(&tunnels.Error{
		Op: w.origin(spec.Profile), Err: fmt.Errorf("the tunnel %q was stopped: %s", spec.Title(), why),
		Hint:  "Look at the tunnel, and start it if that is as it should be.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	})
}

// unasked says why a running tunnel must not go on by another spec before the user
// has been asked; empty when it may.
func unasked(old, spec tunnels.Spec) string {
	if old.Target.Context != spec.Target.Context {
		return leadsElsewhere
	}
	if slices.ContainsFunc(tunnels.Exposed(spec.Listen), func(l string) bool { return !slices.Contains(old.Listen, l) }) {
		return opensUp
	}
	return ""
}

// bare makes specs comparable: lists without elements are none.
func bare(s tunnels.Spec) tunnels.Spec {
	if len(s.Listen) == 0 {
		s.Listen = nil
	}
	if len(s.Tags) == 0 {
		s.Tags = nil
	}
	return s
}

// told tells of what went wrong in the background, unless the workspace ends.
func (w *Workspace) told(err error) {
	if err != nil && w.ctx.Err() == nil && !errors.Is(err, context.Canceled) {
		w.warn(err)
	}
}

// WatchProfiles calls fn with all profiles in the order in which they are shown, those
// of guests last, now and after each change, also by an editor, never concurrently,
// until ctx is done.
func (w *Workspace) WatchProfiles(ctx context.Context, fn func([]profiles.Profile)) {
	for {
		stored, edited := w.store.Look()
		guests, brought := w.guests.look()
		fn(joined(stored, guests))
		select {
		case <-edited:
		case <-brought:
		case <-ctx.Done():
			return
		}
	}
}
