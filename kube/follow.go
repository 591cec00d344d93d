package kube

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/fsnotify/fsnotify"
)

// How the files are followed. A change is read once nothing has happened for
// settle, because editors and tools write in several steps. File systems that
// tell nothing (NFS, some mounts in containers) are looked at every pollFiles.
const (
	settle    = 200 * time.Millisecond
	pollFiles = 5 * time.Second
)

// follow reads the configuration anew whenever its files change, until c is
// closed.
func (c *Clusters) follow() {
	watcher, err := fsnotify.NewWatcher()
	if err != nil {
		c.warn(fmt.Errorf("kubeconfig: changes are noticed only every %v: %w", pollFiles, err))
		watcher = &fsnotify.Watcher{} // its channels are nil and never ready
	} else {
		defer func() {
			if err := watcher.Close(); err != nil {
				c.warn(fmt.Errorf("kubeconfig: end following its files: %w", err))
			}
		}()
	}
	files := c.watchedFiles(watcher)
	last := stamps(files)
	poll := time.NewTicker(pollFiles)
	defer poll.Stop()
	quiet := time.NewTimer(0) // what changed before the watcher was set up
	defer quiet.Stop()
	for {
		select {
		case <-c.ctx.Done():
			return
		case ev := <-watcher.Events:
			if slices.Contains(files, filepath.Clean(ev.Name)) || filepath.Base(ev.Name) == "..data" {
				quiet.Reset(settle)
			}
		case err := <-watcher.Errors:
			c.warn(fmt.Errorf("kubeconfig: following its files: %w", err))
			quiet.Reset(settle)
		case <-poll.C:
			if !slices.Equal(last, stamps(files)) {
				quiet.Reset(settle)
			}
		case <-quiet.C:
			// The stamps are taken before the reading, so that a change during
			// it is seen by the next poll.
			last = stamps(files)
			c.reload()
			if now := c.watchedFiles(watcher); !slices.Equal(now, files) {
				files, last = now, stamps(now)
				quiet.Reset(settle) // what changed before these were watched
			}
		}
	}
}

// watchedFiles returns the files to follow and asks the watcher, if it works,
// to tell of changes in their directories. A directory that does not exist yet
// is left to polling.
func (c *Clusters) watchedFiles(w *fsnotify.Watcher) []string {
	c.mu.Lock()
	names := c.loaded.files
	c.mu.Unlock()
	files := make([]string, 0, len(names))
	for _, f := range names {
		abs, err := filepath.Abs(f)
		if err != nil {
			c.warn(fmt.Errorf("kubeconfig: %s is not followed: %w", f, err))
			continue
		}
		files = append(files, abs)
		if real, err := filepath.EvalSymlinks(abs); err == nil && real != abs {
			files = append(files, real)
		}
	}
	if w.Events != nil {
		for _, f := range files {
			if _, err := os.Stat(filepath.Dir(f)); err != nil {
				continue
			}
			if err := w.Add(filepath.Dir(f)); err != nil {
				c.warn(fmt.Errorf("kubeconfig: changes of %s are noticed only every %v: %w", f, pollFiles, err))
			}
		}
	}
	return files
}

// stamp is what a file looks like from outside; zero for one that is missing.
type stamp struct {
	size int64
	time time.Time
	mode os.FileMode
}

func stamps(files []string) []stamp {
	out := make([]stamp, len(files))
	for i, f := range files {
		if info, err := os.Stat(f); err == nil {
			out[i] = stamp{info.Size(), info.ModTime(), info.Mode()}
		}
	}
	return out
}

// reload reads the configuration and, when it differs, ends the connections of
// the contexts that changed. A configuration that cannot be read leaves the
// last good one in place.
func (c *Clusters) reload() {
	c.reading.Lock()
	defer c.reading.Unlock()
	base, err := c.current().load()
	if err == nil {
		c.base = base
	}
	loaded := c.withSignInsLocked()
	c.keepOutOfReports(loaded)
	c.mu.Lock()
	defer c.mu.Unlock()
	same := sameText(err, c.broken) && loaded.print == c.loaded.print
	c.broken, c.loaded = err, loaded // its files may be others
	if same {
		return
	}
	for name, cl := range c.clusters {
		if e := loaded.entries[name]; e == nil || e.print != cl.print {
			delete(c.clusters, name)
			cl.close()
		}
	}
	close(c.changed)
	c.changed = make(chan struct{})
}

// sameText tells whether two errors, which may be nil, say the same.
func sameText(a, b error) bool {
	if a == nil || b == nil {
		return a == nil && b == nil
	}
	return a.Error() == b.Error()
}
