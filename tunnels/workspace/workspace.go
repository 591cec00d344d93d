package workspace

import (
	"context"
	"errors"
	"slices"
	"sync"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/crash"
	"culvert/tunnels/profiles"
)

// Options say what a workspace works on. Manager must be set.
type Options struct {
	// Manager has no tunnels yet. It is the workspace's from then on, and closed with
	// it.
	Manager *tunnels.Manager
	// Profiles is the folder of the profiles' files, State the file of what is state,
	// and Settings that of the settings. What is empty is kept in memory alone.
	Profiles, State, Settings string
	// Warn is told of what goes wrong in the background, as a *tunnels.Error where there
	// is something to do about it; nil drops it. It may be called from any goroutine and
	// must return soon.
	Warn func(error)
	// Passing says that what runs here is not noted as having run, as of a process that
	// lives in a terminal: what another process has noted of that stays as it is. Random
	// ports are kept as ever.
	Passing bool
	// Crashes contains panics and reports them; nil contains them only.
	Crashes *crash.Reporter
}

// busyFor is how long what has no context waits for another process that changes
// profiles.
const busyFor = time.Second

// Workspace is a manager whose tunnels are kept in profiles. Its own methods take
// the place of the manager's that would change them. All of them may be called from
// any goroutine; those that write wait for a disk.
type Workspace struct {
	*tunnels.Manager
	store    *profiles.Store
	guests   *guestBook
	holds    *holds
	journal  *journal
	settings *settingsFile
	warn     func(error)
	crashes  *crash.Reporter

	ctx    context.Context // ends with the workspace
	cancel context.CancelFunc
	wg     sync.WaitGroup
	edited chan struct{} // 1 slot: the store has something new
	closed chan struct{} // when Close has done all
	begin  []tunnels.ID  // see ToRestore
	once   sync.Once

	// turn has one slot, held by whoever changes the store and the manager: outside of
	// it both have the same tunnels, but for what an editor has just written and for
	// those that are leaving.
	turn chan struct{}

	mu      sync.Mutex
	leaving map[tunnels.ID]chan struct{} // removed from the store; closed when the manager has been asked too
}

// Open reads the profiles and gives their tunnels, stopped, to the manager. What
// cannot be read is told to Warn, but for a broken file: its profile says what is
// wrong with it. Of profiles that cannot be read at all there are none until they
// can, and no tunnel can be added meanwhile: it would be lost.
func Open(o Options) *Workspace {
	if o.Warn == nil {
		o.Warn = func(error) {}
	}
	store := profiles.Open(profiles.Options{Dir: o.Profiles, Warn: o.Warn, Crashes: o.Crashes})
	settings, err := openSettings(o.Settings)
	if err != nil {
		o.Warn(err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	w := &Workspace{
		Manager: o.Manager, store: store, guests: newGuestBook(), holds: newHolds(), settings: settings, warn: o.Warn, crashes: o.Crashes,
		journal: openJournal(ctx, o.State, o.Passing, o.Warn),
		ctx:     ctx, cancel: cancel,
		edited: make(chan struct{}, 1), closed: make(chan struct{}), turn: make(chan struct{}, 1),
		leaving: make(map[tunnels.ID]chan struct{}),
	}
	w.journal.held = w.holds.passing
	w.follow("")
	if !o.Passing {
		w.begin = w.toRestore()
	}
	w.spawn("the watch of profiles", func() { store.Watch(ctx, func([]profiles.Profile) { signal(w.edited) }) })
	w.spawn("following edits of profiles", func() { w.followEdits(ctx) })
	w.spawn("keeping what ran", func() { w.journal.run(ctx) })
	w.spawn("keeping what ran", func() { w.Watch(ctx, w.journal.note) })
	return w
}

// againAfter is how long a part of the workspace that has panicked waits.
const againAfter = 5 * time.Second

// spawn starts a goroutine, which ends with the workspace. After a panic it begins anew.
func (w *Workspace) spawn(part string, f func()) {
	w.wg.Go(w.crashes.Contained(part, func() {
		for w.crashes.Contain(part, f) != nil {
			select {
			case <-time.After(againAfter):
			case <-w.ctx.Done():
				return
			}
		}
	}, nil))
}

// Close stops all tunnels and ends all that the workspace has started. What is
// state is kept before that: what runs when Close is called is what ran. It takes
// less than two seconds and may be called several times.
func (w *Workspace) Close() {
	w.once.Do(func() {
		defer close(w.closed)
		w.cancel()
		w.wg.Wait()
		w.turn <- struct{}{} // for ever: whoever has it ends soon, as w.ctx is done
		w.journal.end(w.Snapshot())
		w.Manager.Close()
		w.store.Close()
	})
	<-w.closed
}

// take waits for the turn and returns what gives it back, and a context that ends
// with the workspace too.
func (w *Workspace) take(ctx context.Context) (inner context.Context, release func(), err error) {
	select {
	case w.turn <- struct{}{}:
		if w.ctx.Err() == nil {
			break
		}
		<-w.turn
		return nil, nil, errClosed
	case <-ctx.Done():
		if w.ctx.Err() != nil {
			return nil, nil, errClosed
		}
		return nil, nil, ctx.Err()
	case <-w.ctx.Done():
		return nil, nil, errClosed
	}
	inner, cancel := context.WithCancel(ctx)
	stop := context.AfterFunc(w.ctx, cancel)
	return inner, func() { stop(); cancel(); <-w.turn }, nil
}

// takeFor is take once tunnels of those IDs have left that were removed before.
func (w *Workspace) takeFor(ctx context.Context, ids ...tunnels.ID) (inner context.Context, release func(), err error) {
	for {
		inner, release, err = w.take(ctx)
		if err != nil {
			return nil, nil, err
		}
		left := w.leavingOf(ids...)
		if left == nil {
			return inner, release, nil
		}
		release()
		select {
		case <-left:
		case <-ctx.Done(): // take says why
		}
	}
}

// leavingOf returns what is closed when one of the tunnels has left that was removed;
// nil when none is leaving.
func (w *Workspace) leavingOf(ids ...tunnels.ID) <-chan struct{} {
	w.mu.Lock()
	defer w.mu.Unlock()
	for _, id := range ids {
		if left := w.leaving[id]; left != nil {
			return left
		}
	}
	return nil
}

// Put is [tunnels.Manager.Put] and writes the tunnel to its profile: into the
// default one where spec names none, and out of another where it was in one. A new
// tunnel is the last of its profile. One that is a guest is kept thus, and runs on:
// it has to name a profile that is none of guests, and is refused otherwise, but for
// one that was removed or kept and is put back as it was. After an error nothing has changed.
func (w *Workspace) Put(spec tunnels.Spec) error {
	if err := spec.Validate(); err != nil {
		return err
	}
	ctx, release, err := w.takeFor(w.ctx, spec.ID)
	if err != nil {
		return err
	}
	defer release()
	ctx, cancel := context.WithTimeout(ctx, busyFor)
	defer cancel()
	if in, is := w.guests.of(spec.ID); is && spec.Profile == "" {
		spec.Profile = in.ID
	}
	if profiles.IsGuest(spec.Profile) {
		return w.putGuest(ctx, spec)
	}
	if err := w.store.Put(ctx, spec); err != nil {
		return err
	}
	w.guests.remove(spec.ID)
	return w.carry(spec)
}

// Add puts several new tunnels, or none of them, and writes each profile once. They
// are stopped. None of them may be a guest. See Put.
func (w *Workspace) Add(ctx context.Context, specs []tunnels.Spec) error {
	ctx, release, err := w.takeFor(ctx, idsOf(specs)...)
	if err != nil {
		return err
	}
	defer release()
	for _, s := range specs {
		if p, ok := w.guests.find(s.Profile); ok {
			return notKept(p)
		}
		if _, is := w.guests.of(s.ID); is {
			return refusal("tunnel "+s.Title(), "Add it under an ID of its own.", "another one has its ID")
		}
	}
	if err := w.store.Add(ctx, specs); err != nil {
		return err
	}
	w.follow("")
	return nil
}

// carry gives a tunnel to the manager as the store has it after a Put: an edit of the
// same tunnel at the same time is in it, and may go no further than any other. The
// caller has the turn.
func (w *Workspace) carry(asked tunnels.Spec) error {
	ps := w.profiles()
	all := specsOf(ps)
	i := slices.IndexFunc(all, func(s tunnels.Spec) bool { return s.ID == asked.ID })
	if i < 0 {
		return nil // an editor was faster: it is gone already
	}
	next := tunnels.ID("")
	if i+1 < len(all) {
		next = all[i+1].ID
	}
	places := placesOf(ps)
	w.journal.place(places)
	st, runs := w.Snapshot().Find(asked.ID)
	if runs && unasked(asked, all[i]) != "" && unasked(st.Spec, all[i]) != "" {
		w.edit(st, all[i])
	}
	err := w.bring(all[i], next, places[asked.ID])
	w.Arrange(idsOf(all))
	return err
}

// bring gives the manager a tunnel, a new one with the ports that it had.
func (w *Workspace) bring(spec tunnels.Spec, before tunnels.ID, at place) error {
	ports := w.journal.adopt(spec, at)
	if err := w.PutBefore(spec, before); err != nil {
		return err
	}
	return w.Recall(spec.ID, ports)
}

// Remove removes a tunnel from its profile and stops it. After an error of the
// store it goes on. A guest is removed until its file is brought anew.
func (w *Workspace) Remove(ctx context.Context, id tunnels.ID) error {
	if err := w.forget(ctx, id); err != nil {
		return err
	}
	defer w.left(id)
	if _, there := w.Snapshot().Find(id); !there {
		return nil // the manager was not given it yet
	}
	return w.Manager.Remove(ctx, id)
}

// forget removes a tunnel from the store or the guests, so that it is leaving.
func (w *Workspace) forget(ctx context.Context, id tunnels.ID) error {
	inner, release, err := w.takeFor(ctx, id)
	if err != nil {
		return err
	}
	defer release()
	w.journal.note(w.Snapshot()) // what it listens on now is what it may have again
	if _, is := w.guests.of(id); is {
		w.guests.remove(id)
	} else if err := w.store.Remove(inner, id); err != nil {
		return err
	}
	w.journal.place(placesOf(w.profiles()))
	w.mu.Lock()
	defer w.mu.Unlock()
	w.leaving[id] = make(chan struct{})
	return nil
}

// left says that the manager was asked to let a tunnel go. Should it not have, or
// should the tunnel be back by now, the next look at the store sees to that.
func (w *Workspace) left(id tunnels.ID) {
	w.mu.Lock()
	close(w.leaving[id])
	delete(w.leaving, id)
	w.mu.Unlock()
	signal(w.edited)
}

// signal fills a channel of one slot.
func signal(c chan struct{}) {
	select {
	case c <- struct{}{}:
	default:
	}
}

var errClosed = &tunnels.Error{Err: errors.New("the tunnels have been closed"), Cause: tunnels.CauseInvalid, Permanent: true}
