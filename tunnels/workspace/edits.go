package workspace

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
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

// follow makes the manager's tunnels those of the store. That stops tunnels which
// are no more; of others than those of the profile that the user deletes it warns.
// It is called before the workspace is used or by who has the turn.
//
// Files may come from somebody else, as by git, while their tunnels run. So an
// edited tunnel goes on as Put says, but one that would lead to another context, or
// listen for other computers where it did not, is stopped: the user's next start
// asks about both.
func (w *Workspace) follow(deleted string) {
	ps := w.store.Profiles()
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
			wg.Go(func() { w.drop(st, deleted) })
		case stays && !reflect.DeepEqual(bare(spec), bare(st.Spec)):
			wg.Go(func() { w.edit(st, spec) })
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
			Op: "profile " + st.Spec.Profile, Err: fmt.Errorf("the tunnel %q is no longer in its file: it was stopped", st.Spec.Title()),
			Hint:  "To have it again, write it into the file.",
			Cause: tunnels.CauseInvalid, Permanent: true,
		})
	}
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
		Op: "profile " + spec.Profile, Err: fmt.Errorf("the tunnel %q was stopped: %s", spec.Title(), why),
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
	for _, l := range spec.Listen {
		addr, err := netip.ParseAddr(l)
		if err == nil && !addr.Unmap().IsLoopback() && !slices.Contains(old.Listen, l) {
			return opensUp
		}
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

// WatchProfiles calls fn with all profiles in the order in which they are shown,
// now and after each change, also by an editor, never concurrently, until ctx is
// done.
func (w *Workspace) WatchProfiles(ctx context.Context, fn func([]profiles.Profile)) {
	w.store.Watch(ctx, fn)
}
