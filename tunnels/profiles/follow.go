package profiles

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// How the folder is followed. A change is read once nothing has happened for
// settle, because editors and tools write in several steps, but not later than
// settleMost. File systems that tell nothing (NFS, some mounts in containers) are
// looked at every pollFiles.
const (
	settle     = 100 * time.Millisecond
	settleMost = 500 * time.Millisecond
	pollFiles  = 3 * time.Second
)

// follow reads the files anew whenever they change, until ctx is done. It looks at
// them itself every so often.
func (s *Store) follow(ctx context.Context, dir string, every time.Duration) {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		s.warn(fmt.Errorf("profiles: changes are noticed only every %v: %w", every, err))
		watcher = &fsnotify.Watcher{} // its channels are nil and never ready
	} else {
		defer func() {
			if err := watcher.Close(); err != nil {
				s.warn(fmt.Errorf("profiles: end following their folder: %w", err))
			}
		}()
	}
	w := &watched{dir: filepath.Clean(dir), watcher: watcher, warn: s.warn}
	w.renew()
	last := w.stamps()
	poll := time.NewTicker(every)
	defer poll.Stop()
	quiet := time.NewTimer(0) // what changed before the watcher was set up
	defer quiet.Stop()
	var first time.Time // of the changes that were not read yet
	soon := func() {
		if first.IsZero() {
			first = time.Now()
		}
		quiet.Reset(min(settle, max(0, time.Until(first.Add(settleMost)))))
	}
	for {
		select {
		case <-ctx.Done():
			return
		case ev := <-watcher.Events:
			w.forget(ev)
			if w.matters(ev) {
				soon()
			}
		case err := <-watcher.Errors:
			s.warn(fmt.Errorf("profiles: following their folder: %w", err))
			soon()
		case <-poll.C:
			if w.renew() || !slices.Equal(last, w.stamps()) {
				soon()
			}
		case <-quiet.C:
			first = time.Time{}
			more := w.renew()
			last = w.stamps() // before the reading, so that a change during it is seen by the next poll
			select {
			case s.turn <- struct{}{}:
			case <-ctx.Done():
				return
			}
			s.reload()
			s.publish()
			<-s.turn
			if more {
				soon() // what changed before these were watched
			}
		}
	}
}

// watched is what the system tells about.
type watched struct {
	dir     string
	watcher *fsnotify.Watcher
	warn    func(error)
	folders []folder // in which something is watched, the profiles' own first
	targets []string // of links in it
}

// folder is a folder as it was when it was last asked to be watched.
type folder struct {
	path string
	info fs.FileInfo
}

// renew asks for the folders that have to be watched now, and tells whether they
// are others than before: the profiles' own, the nearest one above that exists,
// and those of the files that links lead to.
func (w *watched) renew() bool {
	w.targets = w.targets[:0]
	paths := []string{w.dir, above(w.dir)}
	entries, err := os.ReadDir(w.dir)
	if err != nil {
		entries = nil // it is missing, or reading it says more
	}
	for _, e := range entries {
		if _, ok := idOf(e.Name()); !ok || e.Type()&fs.ModeSymlink == 0 {
			continue
		}
		if real, err := filepath.EvalSymlinks(filepath.Join(w.dir, e.Name())); err == nil {
			w.targets = append(w.targets, real)
			paths = append(paths, filepath.Dir(real))
		}
	}
	var now []folder
	for _, p := range paths {
		info, err := os.Stat(p)
		if err != nil || slices.ContainsFunc(now, func(f folder) bool { return f.path == p }) {
			continue
		}
		now = append(now, folder{p, info})
	}
	if slices.EqualFunc(now, w.folders, sameFolder) {
		return false
	}
	if w.watcher.Events != nil {
		w.ask(now)
	}
	w.folders = now
	return true
}

// sameFolder tells whether nothing has to be asked for again: a folder that could not
// be read may be watched once it can.
func sameFolder(a, b folder) bool {
	return a.path == b.path && a.info.Mode() == b.info.Mode() && os.SameFile(a.info, b.info)
}

func (w *watched) ask(now []folder) {
	for _, f := range w.folders {
		if !slices.ContainsFunc(now, func(n folder) bool { return sameFolder(f, n) }) {
			_ = w.watcher.Remove(f.path) // it may be gone, and its watch with it
		}
	}
	for _, f := range now {
		if slices.ContainsFunc(w.folders, func(o folder) bool { return sameFolder(f, o) }) {
			continue
		}
		err := w.watcher.Add(f.path)
		if err != nil && (f.path != w.dir || !errors.Is(err, fs.ErrPermission)) { // else reading it says more
			w.warn(fmt.Errorf("profiles: changes in %s are noticed only now and then: %w", f.path, err))
		}
	}
}

// forget has a folder asked for again that was removed or renamed. The one in its
// place may look the same to the system, as numbers of files are used again.
func (w *watched) forget(ev fsnotify.Event) {
	if ev.Has(fsnotify.Remove) || ev.Has(fsnotify.Rename) {
		w.folders = slices.DeleteFunc(w.folders, func(f folder) bool { return f.path == filepath.Clean(ev.Name) })
	}
}

// above returns the nearest folder above that exists.
func above(dir string) string {
	for {
		up := filepath.Dir(dir)
		if _, err := os.Stat(up); err == nil || up == dir {
			return up
		}
		dir = up
	}
}

// matters tells whether something has happened to a profile's file or to the way
// to it.
func (w *watched) matters(ev fsnotify.Event) bool {
	name := filepath.Clean(ev.Name)
	if name == w.dir || slices.Contains(w.targets, name) || within(name, w.dir) {
		return true
	}
	if filepath.Dir(name) != w.dir {
		return filepath.Base(name) == "..data" // how Kubernetes replaces all files at once
	}
	_, ok := idOf(filepath.Base(name))
	return ok || filepath.Base(name) == "..data"
}

// within tells whether a folder is somewhere below another.
func within(up, dir string) bool {
	rel, err := filepath.Rel(up, dir)
	return err == nil && filepath.IsLocal(rel)
}

// stamp is what a file looks like from outside; zero for one that is missing.
type stamp struct {
	name string
	size int64
	time time.Time
	mode fs.FileMode
}

// stamps returns those of all profiles.
func (w *watched) stamps() []stamp {
	names, err := newDisk(w.dir).list()
	if err != nil {
		return []stamp{{name: err.Error()}}
	}
	all := make([]stamp, len(names))
	for i, n := range names {
		all[i].name = n
		if info, err := os.Stat(filepath.Join(w.dir, n)); err == nil {
			all[i] = stamp{n, info.Size(), info.ModTime(), info.Mode()}
		}
	}
	return all
}
