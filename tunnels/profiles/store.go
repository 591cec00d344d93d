package profiles

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"reflect"
	"slices"
	"strings"
	"sync"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/crash"
	"culvert/tunnels/durable"
)

// maxFiles bounds how many profiles there are.
const maxFiles = 500

// Options say where a store keeps its profiles.
type Options struct {
	// Dir is the folder, which need not exist: the first change makes it, for its
	// owner only. Empty keeps all in memory.
	Dir string
	// Warn, when set, is told what goes wrong in the background, as when the
	// system cannot tell of changes.
	Warn func(error)
	// Crashes contains panics and reports them; nil contains them only.
	Crashes *crash.Reporter
}

// Store keeps profiles in files, and follows them when they are changed by others.
// Make one with [Open] and Close it at the end. Its methods may be called from any
// goroutine; those with a context may wait for a disk, and up to 10 s for other
// processes. Their errors are *tunnels.Errors, and then nothing has changed.
type Store struct {
	shelf shelf
	warn  func(error)
	stop  context.CancelFunc
	done  chan struct{} // closed when following has ended

	turn    chan struct{} // holds one thing while files are read or changed; guards these:
	files   map[string]*file
	gone    []gone
	trouble error // why the folder cannot be read

	mu      sync.Mutex
	now     []Profile
	changed chan struct{} // closed at the next change of now
}

// file is a profile's file.
type file struct {
	id, base string
	data     []byte         // as it was read last
	doc      *document      // the last good one; nil when there was none
	tunnels  []tunnels.Spec // of doc, with IDs and profile
	err      error          // why it is not as on the disk
	broken   bool           // err says what is wrong with data
}

// Open reads the profiles. A missing folder is as good as an empty one, and files
// that are broken are told in their profiles. A folder that cannot be read is told to
// Warn: until it can there are no profiles, and all changes are refused with the
// reason.
func Open(o Options) *Store {
	var on shelf = newMemory()
	if o.Dir != "" {
		on = newDisk(o.Dir)
	}
	s := newStore(on, o.Warn)
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	if o.Dir == "" {
		close(s.done)
		return s
	}
	go o.Crashes.Guard("following the profiles", func() {
		defer close(s.done)
		for o.Crashes.Contain("following the profiles", func() { s.follow(ctx, o.Dir, pollFiles) }) != nil {
			select {
			case <-time.After(pollFiles):
			case <-ctx.Done():
				return
			}
		}
	})
	return s
}

// newStore returns a store that has read its files and follows nothing.
func newStore(on shelf, warn func(error)) *Store {
	if warn == nil {
		warn = func(error) {}
	}
	s := &Store{
		shelf: on, warn: warn, stop: func() {}, done: make(chan struct{}),
		turn: make(chan struct{}, 1), files: make(map[string]*file), changed: make(chan struct{}),
	}
	s.reload()
	s.publish()
	return s
}

// Close ends following the files, and waits for that.
func (s *Store) Close() {
	s.stop()
	<-s.done
}

// Profiles returns all profiles, sorted by name. They are immutable.
func (s *Store) Profiles() []Profile {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now
}

// Look returns all profiles, as Profiles does, and what is closed when they are
// others.
func (s *Store) Look() (now []Profile, changed <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.now, s.changed
}

// Watch blocks until ctx is done and calls fn with all profiles, now and after
// each change, whoever makes it. Changes that come while fn runs are told in one
// call. It is never called concurrently by the same Watch; fn may call all of the
// store's methods but Close.
func (s *Store) Watch(ctx context.Context, fn func([]Profile)) {
	for {
		now, changed := s.Look()
		fn(now)
		select {
		case <-changed:
		case <-ctx.Done():
			return
		}
	}
}

// publish tells the watchers of what is different now.
func (s *Store) publish() {
	var all []Profile
	for _, f := range s.files {
		p := f.profile(s.shelf.path(f.base))
		if s.trouble != nil {
			p.Err = unreadable(p.Path, s.trouble)
		}
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Profile) int {
		return cmp.Or(strings.Compare(strings.ToLower(a.Name), strings.ToLower(b.Name)), strings.Compare(a.ID, b.ID))
	})
	s.mu.Lock()
	defer s.mu.Unlock()
	if reflect.DeepEqual(all, s.now) {
		return
	}
	s.now = all
	close(s.changed)
	s.changed = make(chan struct{})
}

func (f *file) profile(path string) Profile {
	p := Profile{ID: f.id, Name: f.id}
	if f.doc != nil {
		p = f.doc.profile(f.id)
		p.Tunnels = f.tunnels
	}
	p.Path = path
	if f.err != nil {
		p.Err = broken(f.base, f.err)
		var at *Position
		if errors.As(f.err, &at) {
			p.Line, p.Column = at.Line, at.Column
		}
	}
	return p
}

// reload reads what is in the folder now. It is called by who has the turn.
func (s *Store) reload() {
	names, err := s.shelf.list()
	if err != nil {
		if s.trouble == nil || s.trouble.Error() != err.Error() {
			s.warn(unreadable(s.shelf.path(""), err))
		}
		s.trouble = err
		return
	}
	s.trouble = nil
	if len(names) > maxFiles {
		s.warn(fmt.Errorf("profiles: there are %d, of which the first %d are read", len(names), maxFiles))
		names = names[:maxFiles]
	}
	files := make(map[string]*file, len(names))
	var left []gone
	for _, base := range names {
		f := s.one(base, files)
		before := s.files[f.id]
		if before != nil && before.base != f.base {
			before = nil
		}
		left = append(left, f.refresh(s.shelf, before)...)
		files[f.id] = f
	}
	for id, f := range s.files {
		if files[id] == nil || files[id].base != f.base {
			left = append(left, f.without(f.tunnels)...)
		}
	}
	s.remember(left)
	s.files = files
	s.identify()
}

// one returns a file without content yet, with the ID that it has among others.
func (s *Store) one(base string, others map[string]*file) *file {
	id, _ := idOf(base)
	f := &file{id: id, base: base}
	if other := others[id]; other != nil {
		f.id = free(base, func(id string) bool { return others[id] != nil })
		f.err = fmt.Errorf("%s is of the same profile: rename one of the two", other.base)
	}
	return f
}

// refresh reads a file that was as before, which may be nil, and returns the
// tunnels that are no longer in it. New ones have no ID yet.
func (f *file) refresh(from shelf, before *file) []gone {
	if f.err != nil { // there is another of its name
		return nil
	}
	if before != nil {
		f.doc, f.tunnels = before.doc, before.tunnels
	}
	data, err := from.read(f.base)
	if err != nil {
		f.err = unreadable("", err)
		return nil
	}
	f.data = data
	if f.doc != nil && bytes.Equal(f.doc.data, data) {
		return nil
	}
	if before != nil && before.broken && bytes.Equal(before.data, data) {
		f.broken, f.err = true, before.err
		return nil
	}
	doc, err := read(data)
	if err != nil {
		f.broken, f.err = true, err
		return nil
	}
	old := *f
	f.doc, f.tunnels = doc, doc.profile(f.id).Tunnels
	return old.without(match(old.tunnels, f.tunnels))
}

// without returns tunnels of the file as they were written in it.
func (f *file) without(specs []tunnels.Spec) []gone {
	var all []gone
	for _, spec := range specs {
		i := slices.IndexFunc(f.tunnels, func(s tunnels.Spec) bool { return s.ID == spec.ID })
		if i >= 0 {
			all = append(all, gone{f.tunnels[i], f.doc.cut(i)})
		}
	}
	return all
}

func (s *Store) remember(all []gone) {
	s.gone = append(s.gone, all...)
	s.gone = slices.Delete(s.gone, 0, max(0, len(s.gone)-mostGone))
}

// identify gives IDs to tunnels without: to those that were moved here the ones
// that they had elsewhere, and new ones to others.
func (s *Store) identify() {
	taken := make(map[tunnels.ID]bool)
	ids := slices.Sorted(maps.Keys(s.files))
	for _, id := range ids {
		for _, t := range s.files[id].tunnels {
			taken[t.ID] = true
		}
	}
	s.gone = slices.DeleteFunc(s.gone, func(g gone) bool { return taken[g.spec.ID] })
	old := make([]tunnels.Spec, len(s.gone))
	for i, g := range s.gone {
		old[i] = g.spec
	}
	slices.Reverse(old) // the last one first
	for _, same := range [...]func(old, now tunnels.Spec) bool{
		func(old, now tunnels.Spec) bool { return old.Profile == now.Profile && sameSpec(old, now) },
		sameSpec,
		func(old, now tunnels.Spec) bool { return old.Profile == now.Profile && Key(old) == Key(now) },
	} {
		for _, id := range ids {
			old = take(old, s.files[id].tunnels, same)
		}
	}
	for _, o := range old {
		taken[o.ID] = true
	}
	for _, id := range ids {
		for _, t := range s.files[id].tunnels {
			taken[t.ID] = true
		}
	}
	delete(taken, "")
	for _, id := range ids {
		giveNames(s.files[id].tunnels, taken)
	}
	s.gone = slices.DeleteFunc(s.gone, func(g gone) bool {
		return !slices.ContainsFunc(old, func(o tunnels.Spec) bool { return o.ID == g.spec.ID })
	})
}

// unreadable says why a file or the folder cannot be read.
func unreadable(path string, err error) *tunnels.Error {
	e := &tunnels.Error{
		Op: "read " + path, Err: durable.Reason(err), Cause: tunnels.CauseInvalid, Permanent: true,
		Hint: "Check that it is a file or folder of yours that can be read.",
	}
	if path == "" {
		e.Op = ""
	}
	if errors.Is(err, fs.ErrPermission) {
		e.Hint = "Give yourself the right to read it."
	}
	return e
}
