package profiles

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"culvert/tunnels/durable"
)

// following opens a store that hears of changes from the system alone.
func following(t *testing.T, dir string) *Store {
	t.Helper()
	s := newStore(newDisk(dir), func(err error) { t.Errorf("warned: %v", err) })
	ctx, cancel := context.WithCancel(context.Background())
	s.stop = cancel
	go func() {
		defer close(s.done)
		s.follow(ctx, dir, time.Hour)
	}()
	t.Cleanup(s.Close)
	return s
}

// shows waits until the profiles are as in "dev: a b; prod! line 3: c".
func shows(t *testing.T, s *Store, want string) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var got string
	s.Watch(ctx, func(all []Profile) {
		if got = shown(all); got == want {
			cancel()
		}
	})
	if got != want {
		t.Fatalf("there are %q, want %q", got, want)
	}
}

func shown(all []Profile) string {
	lines := make([]string, len(all))
	for i, p := range all {
		lines[i] = p.ID + ":"
		if p.Err != nil {
			lines[i] = fmt.Sprintf("%s! line %d:", p.ID, p.Line)
		}
		for _, s := range p.Tunnels {
			lines[i] += " " + s.Title()
		}
	}
	return strings.Join(lines, "; ")
}

// with returns a file with tunnels of those names.
func with(names ...string) string {
	text := "version: 1\ntunnels:\n"
	for _, n := range names {
		text += "  - {name: " + n + ", target: svc/x, ports: [\":80\"]}\n"
	}
	return text
}

func do(t *testing.T, errs ...error) {
	t.Helper()
	for _, err := range errs {
		if err != nil {
			t.Fatal(err)
		}
	}
}

func TestFollowsEditors(t *testing.T) {
	dir := t.TempDir()
	dev := filepath.Join(dir, "dev.yaml")
	save := func(path, text string) error { return os.WriteFile(path, []byte(text), 0o600) }
	do(t, save(dev, with("a")))
	s := following(t, dir)
	shows(t, s, "dev: a")

	do(t, save(dev, with("a", "b"))) // in place
	shows(t, s, "dev: a b")
	do(t, save(dev+".new", with("b")), os.Rename(dev+".new", dev)) // renamed over
	shows(t, s, "dev: b")
	do(t, os.Rename(dev, dev+"~"), save(dev, with("c")), os.Remove(dev+"~")) // moved away first
	shows(t, s, "dev: c")
	do(t, save(dev, "version: 1\ntunnels:\n  - x: [\n")) // broken
	shows(t, s, "dev! line 3: c")
	do(t, save(dev, "")) // as when it is cut before it is written
	shows(t, s, "dev! line 1: c")
	do(t, save(dev, with("d"))) // mended
	shows(t, s, "dev: d")
	do(t, save(filepath.Join(dir, "prod.yml"), with("e")))
	shows(t, s, "dev: d; prod: e")
	do(t, save(filepath.Join(dir, "prod.yaml"), with("f")))
	shows(t, s, "dev: d; prod: f; prod.yml! line 0:")
	do(t, os.Remove(filepath.Join(dir, "prod.yml")))
	shows(t, s, "dev: d; prod: f")
	do(t, save(filepath.Join(dir, ".hidden.yaml"), with("g")), save(filepath.Join(dir, "dev.yaml.bak"), with("g")),
		os.Mkdir(filepath.Join(dir, "folder.yaml"), 0o700), os.Rename(filepath.Join(dir, "prod.yaml"), filepath.Join(dir, "live.yaml")))
	shows(t, s, "dev: d; live: f")
	do(t, os.Remove(dev))
	shows(t, s, "live: f")
}

func TestFollowsFolders(t *testing.T) {
	root := t.TempDir()
	dir := filepath.Join(root, "config", "culvert", "profiles")
	s := following(t, dir)
	shows(t, s, "")
	do(t, os.Mkdir(filepath.Join(root, "config"), 0o700))
	do(t, os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, "dev.yaml"), []byte(with("a")), 0o600))
	shows(t, s, "dev: a")
	do(t, os.Rename(dir, dir+".away"))
	shows(t, s, "")
	do(t, os.MkdirAll(dir, 0o700), os.WriteFile(filepath.Join(dir, "new.yaml"), []byte(with("b")), 0o600))
	shows(t, s, "new: b")
	do(t, os.RemoveAll(filepath.Join(root, "config")))
	shows(t, s, "")
	do(t, s.Put(t.Context(), example2("c", ""))) // makes the folder again
	shows(t, s, "default: added")
	do(t, os.WriteFile(filepath.Join(dir, "new.yaml"), []byte(with("b")), 0o600))
	shows(t, s, "default: added; new: b")
}

// TestFollowsAFolderMadeAgain: a folder that is removed and made again at once may be
// the same one to the system, but what was told of it is told no more.
func TestFollowsAFolderMadeAgain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "profiles")
	do(t, os.Mkdir(dir, 0o700))
	s := following(t, dir)
	for n := range 3 {
		do(t, os.RemoveAll(dir), os.Mkdir(dir, 0o700), os.WriteFile(filepath.Join(dir, "dev.yaml"), []byte(with("a")), 0o600))
		shows(t, s, "dev: a")
		name := fmt.Sprintf("b%d", n)
		do(t, os.WriteFile(filepath.Join(dir, "dev.yaml"), []byte(with(name)), 0o600))
		shows(t, s, "dev: "+name)
	}
}

func TestFollowsLinks(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // few may make links there
	}
	root := t.TempDir()
	dir, git := filepath.Join(root, "profiles"), filepath.Join(root, "git")
	do(t, os.Mkdir(dir, 0o700), os.Mkdir(git, 0o700))
	one, two := filepath.Join(git, "one.yaml"), filepath.Join(git, "two.yaml")
	do(t, os.WriteFile(one, []byte(with("a")), 0o600), os.WriteFile(two, []byte(with("b")), 0o600))
	link := filepath.Join(dir, "dev.yaml")
	do(t, os.Symlink(one, link))
	s := following(t, dir)
	shows(t, s, "dev: a")
	do(t, os.WriteFile(one+".new", []byte(with("a", "c")), 0o600), os.Rename(one+".new", one)) // as git does
	shows(t, s, "dev: a c")
	do(t, os.Symlink(two, link+".new"), os.Rename(link+".new", link)) // it leads elsewhere
	shows(t, s, "dev: b")
	do(t, os.WriteFile(two, []byte(with("d")), 0o600))
	shows(t, s, "dev: d")
	spec := s.Profiles()[0].Tunnels[0]
	spec.Name = "e"
	do(t, s.Put(t.Context(), spec))
	shows(t, s, "dev: e")
	isLink(t, link)
	d, err := s.Delete(t.Context(), "dev")
	do(t, err)
	shows(t, s, "")
	if _, err := os.Stat(two); err != nil {
		t.Errorf("what the link led to: %v", err)
	}
	do(t, s.Undelete(t.Context(), d))
	shows(t, s, "dev: e")
	isLink(t, link)
}

func TestDeletedKeepsItsMode(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // it has none there
	}
	dir := t.TempDir()
	path := filepath.Join(dir, "dev.yaml")
	do(t, os.WriteFile(path, []byte(with("a")), 0o600), os.Chmod(path, 0o664))
	s := newStore(newDisk(dir), nil)
	d, err := s.Delete(t.Context(), "dev")
	do(t, err, s.Undelete(t.Context(), d))
	info, err := os.Stat(path)
	do(t, err)
	if info.Mode().Perm() != 0o664 {
		t.Errorf("its mode is %v", info.Mode())
	}
}

func isLink(t *testing.T, path string) {
	t.Helper()
	if info, err := os.Lstat(path); err != nil || info.Mode().IsRegular() {
		t.Errorf("the link is %v, %v", info, err)
	}
}

// TestFollowsVolumes replaces all files at once, as Kubernetes does in a volume.
func TestFollowsVolumes(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // few may make links there
	}
	dir := t.TempDir()
	for i, name := range []string{"a", "b"} {
		do(t, os.Mkdir(filepath.Join(dir, fmt.Sprintf("..%d", i)), 0o700),
			os.WriteFile(filepath.Join(dir, fmt.Sprintf("..%d", i), "dev.yaml"), []byte(with(name)), 0o600))
	}
	do(t, os.Symlink("..0", filepath.Join(dir, "..data")), os.Symlink("..data/dev.yaml", filepath.Join(dir, "dev.yaml")))
	s := following(t, dir)
	shows(t, s, "dev: a")
	do(t, os.Symlink("..1", filepath.Join(dir, "..tmp")), os.Rename(filepath.Join(dir, "..tmp"), filepath.Join(dir, "..data")))
	shows(t, s, "dev: b")
}

// TestOwnChangesAreToldOnce counts what a watcher is told of changes that the store
// makes itself, until one from outside shows that all before were seen.
func TestOwnChangesAreToldOnce(t *testing.T) {
	dir := t.TempDir()
	s := following(t, dir)
	ctx, cancel := context.WithTimeout(t.Context(), 10*time.Second)
	defer cancel()
	var told []string
	s.Watch(ctx, func(all []Profile) {
		now := shown(all)
		told = append(told, now)
		switch now {
		case "":
			do(t, s.Put(ctx, example2("a", "")))
		case "default: added":
			do(t, durable.Write(filepath.Join(dir, "dev.yaml"), []byte(with("b"))))
		default:
			cancel()
		}
	})
	if got := strings.Join(told, " | "); got != " | default: added | default: added; dev: b" {
		t.Errorf("it was told %q", got)
	}
}
