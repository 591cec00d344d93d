package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"culvert/e2e/clients/content"
	"culvert/e2e/clients/servers"
)

// pushSize is how much is pushed.
const pushSize = 16 << 20

// repository clones over HTTP, pushes a branch and fetches what the server has of it.
func (w *work) repository(ctx context.Context) error {
	dir := filepath.Join(w.dir, "git-"+w.label)
	defer func() { _ = os.RemoveAll(dir) }()
	url := "http://" + w.f.addr(servers.PortWeb) + "/git/history.git"
	s, err := timed(func() error { _, err := w.do(ctx, git("clone", "--quiet", url, dir)); return err })
	if err != nil {
		return err
	}
	w.values[cloned] = s
	w.done = "git clone"
	if err := w.wholeClone(ctx, dir); err != nil {
		return err
	}
	head, err := w.commit(ctx, dir)
	if err != nil {
		return err
	}
	s, err = timed(func() error {
		_, err := w.do(ctx, git("-C", dir, "push", "--quiet", "origin", "HEAD:"+w.label))
		return err
	})
	if err != nil {
		return err
	}
	w.values[sent] = s
	w.done = "git push"
	return w.pushed(ctx, dir, head)
}

func git(args ...string) call { return call{program: "git", args: args} }

// wholeClone returns an error unless all of the history is there.
func (w *work) wholeClone(ctx context.Context, dir string) error {
	if _, err := w.do(ctx, git("-C", dir, "fsck", "--full", "--strict", "--no-progress")); err != nil {
		return err
	}
	count, err := w.do(ctx, git("-C", dir, "rev-list", "--count", "HEAD"))
	if err != nil {
		return err
	}
	files, err := w.do(ctx, git("-C", dir, "ls-files"))
	if err != nil {
		return err
	}
	want := fmt.Sprintf("%d commits, %d files", content.Commits, content.Commits*content.FilesPerCommit)
	if got := fmt.Sprintf("%s commits, %d files", strings.TrimSpace(count), strings.Count(files, "\n")); got != want {
		return fmt.Errorf("the clone has %s, not %s", got, want)
	}
	return nil
}

// commit makes a commit with a large new file, of other bytes for each label, and
// returns its name.
func (w *work) commit(ctx context.Context, dir string) (string, error) {
	f, err := os.Create(filepath.Join(dir, "new.bin"))
	if err != nil {
		return "", err
	}
	_, err = io.Copy(f, content.Noise(sha256.Sum256([]byte(w.label))[0], pushSize))
	if err := errors.Join(err, f.Close()); err != nil {
		return "", err
	}
	if _, err := w.do(ctx, git("-C", dir, "add", "new.bin")); err != nil {
		return "", err
	}
	if _, err := w.do(ctx, git("-C", dir, "commit", "--quiet", "--message", "new "+w.label)); err != nil {
		return "", err
	}
	head, err := w.do(ctx, git("-C", dir, "rev-parse", "HEAD"))
	return strings.TrimSpace(head), err
}

// pushed returns an error unless the server has the commit, whole.
func (w *work) pushed(ctx context.Context, dir, head string) error {
	got, err := w.do(ctx, git("-C", dir, "ls-remote", "origin", "refs/heads/"+w.label))
	if err != nil {
		return err
	}
	if name, _, _ := strings.Cut(got, "\t"); name != head {
		return fmt.Errorf("the server has %q of the branch, not %s", got, head)
	}
	_, err = w.c.Kubectl("exec", "-n", servers.Namespace, w.pod, "--", "git", "-C", "/data/git/history.git", "fsck", "--full", "--no-progress")
	return err
}
