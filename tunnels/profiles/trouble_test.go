package profiles

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/durable"
)

// frail is a shelf on which something fails.
type frail struct {
	*memory
	listErr  error
	readErr  error
	writeErr error
	good     int // writes that still work
}

func (f *frail) list() ([]string, error) {
	if f.listErr != nil {
		return nil, f.listErr
	}
	return f.memory.list()
}

func (f *frail) read(base string) ([]byte, error) {
	if f.readErr != nil {
		return nil, &fs.PathError{Op: "open", Path: base, Err: f.readErr}
	}
	return f.memory.read(base)
}

func (f *frail) write(base string, old, data []byte) error {
	if f.good--; f.writeErr != nil && f.good < 0 {
		return &fs.PathError{Op: "write", Path: base, Err: f.writeErr}
	}
	return f.memory.write(base, old, data)
}

func (f *frail) create(base string, data []byte) error {
	if f.good--; f.writeErr != nil && f.good < 0 {
		return &fs.PathError{Op: "write", Path: base, Err: f.writeErr}
	}
	return f.memory.create(base, data)
}

// onShelf returns a store of files in memory, and the shelf that they are on.
func onShelf(t *testing.T, files map[string]string) (*Store, *frail) {
	t.Helper()
	f := &frail{memory: newMemory()}
	for name, text := range files {
		f.files[name] = []byte(text)
	}
	return newStore(f, nil), f
}

func (f *frail) texts() map[string]string {
	all := make(map[string]string)
	for name, data := range f.files {
		all[name] = string(data)
	}
	return all
}

// verbs are all that a user can do to a profile dev with tunnels a and b, and
// another one, prod.
func verbs(s *Store) map[string]func(ctx context.Context) error {
	name, quiet := "Other", true
	a := *s.known(idOfTitle(s, "a"))
	b := idOfTitle(s, "b")
	changed, moved, added := a, a, example2("new", "dev")
	changed.Name = "changed"
	moved.Profile = "prod"
	return map[string]func(ctx context.Context) error{
		"change":       func(ctx context.Context) error { return s.Put(ctx, changed) },
		"move away":    func(ctx context.Context) error { return s.Put(ctx, moved) },
		"add":          func(ctx context.Context) error { return s.Put(ctx, added) },
		"remove":       func(ctx context.Context) error { return s.Remove(ctx, a.ID) },
		"order":        func(ctx context.Context) error { return s.Move(ctx, a.ID, "") },
		"order others": func(ctx context.Context) error { return s.Move(ctx, b, a.ID) },
		"rename":       func(ctx context.Context) error { return s.Change(ctx, "dev", Change{Name: &name}) },
		"quiet and all": func(ctx context.Context) error {
			return s.Change(ctx, "dev", Change{Quiet: &quiet, Tags: &[]string{"x"}})
		},
		"duplicate": func(ctx context.Context) error { _, err := s.Duplicate(ctx, "dev", "Twin"); return err },
	}
}

func idOfTitle(s *Store, title string) tunnels.ID {
	for _, p := range s.Profiles() {
		for _, t := range p.Tunnels {
			if t.Title() == title {
				return t.ID
			}
		}
	}
	return ""
}

func TestFullDisk(t *testing.T) {
	for name := range verbs(dev(t)) {
		for good := range 2 {
			t.Run(fmt.Sprintf("%s after %d", name, good), func(t *testing.T) {
				s, f := onShelf(t, devFiles())
				before, files := shown(s.Profiles()), f.texts()
				f.writeErr, f.good = syscall.ENOSPC, good
				err := verbs(s)[name](t.Context())
				if err == nil && good == 1 && name != "move away" {
					return // it needs one write only
				}
				var e *tunnels.Error
				if !errors.As(err, &e) || e.Hint == "" || !errors.Is(err, syscall.ENOSPC) || !strings.Contains(err.Error(), ".yaml") {
					t.Fatalf("the error is %v", err)
				}
				if good == 1 { // what was written first could not be taken back: the tunnel is in both
					if got := shown(s.Profiles()); got != "dev: a b; prod: c a" {
						t.Errorf("there are %q", got)
					}
					if p := s.Profiles(); p[1].Tunnels[1].ID == p[0].Tunnels[0].ID {
						t.Errorf("two have the ID %q", p[0].Tunnels[0].ID)
					}
					return
				}
				if now := shown(s.Profiles()); now != before || fmt.Sprint(f.texts()) != fmt.Sprint(files) {
					t.Errorf("there are %q in %v", now, f.texts())
				}
				f.writeErr = nil
				if err := verbs(s)[name](t.Context()); err != nil {
					t.Errorf("with space it gives %v", err)
				}
			})
		}
	}
}

func devFiles() map[string]string {
	return map[string]string{"dev.yaml": with("a", "b"), "prod.yaml": with("c")}
}

func dev(t *testing.T) *Store {
	t.Helper()
	s, _ := onShelf(t, devFiles())
	return s
}

func TestMoveIsTakenBack(t *testing.T) {
	s, f := onShelf(t, devFiles())
	f.files["dev.yaml"] = []byte(with("a", "b"))
	spec := *s.known(idOfTitle(s, "a"))
	spec.Profile = "prod"
	at := 0
	first := &failing{frail: f, fail: func() bool { at++; return at == 2 }}
	s.shelf = first
	if err := s.Put(t.Context(), spec); !errors.Is(err, syscall.ENOSPC) {
		t.Fatalf("it gives %v", err)
	}
	if got := shown(s.Profiles()); got != "dev: a b; prod: c" || string(f.files["prod.yaml"]) != with("c") {
		t.Errorf("there are %q in %v", got, f.texts())
	}
}

// failing fails single writes.
type failing struct {
	*frail
	fail func() bool
}

func (f *failing) write(base string, old, data []byte) error {
	if f.fail() {
		return syscall.ENOSPC
	}
	return f.frail.write(base, old, data)
}

func TestBrokenFileIsNeverWritten(t *testing.T) {
	const text = "version: 1\ntunnels:\n  - name: [\n"
	for name := range verbs(dev(t)) {
		t.Run(name, func(t *testing.T) {
			s, f := onShelf(t, devFiles())
			do := verbs(s)[name]
			f.files["dev.yaml"] = []byte(text)
			err := do(t.Context())
			var e *tunnels.Error
			if !errors.As(err, &e) || e.Hint == "" || !strings.HasPrefix(err.Error(), "dev.yaml, line 3: ") {
				t.Fatalf("the error is %v", err)
			}
			if got := shown(s.Profiles()); got != "dev! line 3: a b; prod: c" {
				t.Errorf("there are %q", got)
			}
			if len(f.files) != 2 || string(f.files["dev.yaml"]) != text || string(f.files["prod.yaml"]) != with("c") {
				t.Errorf("there are %v", f.texts())
			}
		})
	}
	t.Run("move here", func(t *testing.T) {
		s, f := onShelf(t, devFiles())
		f.files["dev.yaml"] = []byte(text)
		spec := *s.known(idOfTitle(s, "c"))
		spec.Profile = "dev"
		if err := s.Put(t.Context(), spec); err == nil || !strings.HasPrefix(err.Error(), "dev.yaml, line 3: ") {
			t.Errorf("the error is %v", err)
		}
		if string(f.files["dev.yaml"]) != text || string(f.files["prod.yaml"]) != with("c") {
			t.Errorf("there are %v", f.texts())
		}
	})
	t.Run("delete and back", func(t *testing.T) {
		s, f := onShelf(t, devFiles())
		f.files["dev.yaml"] = []byte(text)
		d, err := s.Delete(t.Context(), "dev")
		do(t, err)
		if got := shown(s.Profiles()); got != "prod: c" {
			t.Errorf("there are %q", got)
		}
		do(t, s.Undelete(t.Context(), d))
		if string(f.files["dev.yaml"]) != text {
			t.Errorf("there are %v", f.texts())
		}
	})
}

func TestUnreadable(t *testing.T) {
	s, f := onShelf(t, devFiles())
	f.readErr = syscall.EACCES
	err := s.Remove(t.Context(), idOfTitle(s, "a"))
	if err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("changing what cannot be read gives %v", err)
	}
	if got := shown(s.Profiles()); got != "dev! line 0: a b; prod! line 0: c" {
		t.Errorf("there are %q", got)
	}
	if _, err := s.Delete(t.Context(), "dev"); err == nil || f.files["dev.yaml"] == nil {
		t.Errorf("deleting what cannot be kept for later gives %v", err)
	}
	f.readErr, f.listErr = nil, &fs.PathError{Op: "open", Path: "/x", Err: syscall.EACCES}
	if _, err := s.Create(t.Context(), "New"); err == nil || !strings.Contains(err.Error(), "permission denied") {
		t.Errorf("making one in a folder that cannot be read gives %v", err)
	}
	if got := shown(s.Profiles()); got != "dev! line 0: a b; prod! line 0: c" {
		t.Errorf("there are %q", got)
	}
	f.listErr = nil
	do(t, s.Remove(t.Context(), idOfTitle(s, "a")))
	if got := shown(s.Profiles()); got != "dev: b; prod: c" {
		t.Errorf("there are %q", got)
	}
}

func TestFolderThatIsNone(t *testing.T) {
	file := filepath.Join(t.TempDir(), "profiles")
	do(t, os.WriteFile(file, nil, 0o600))
	told := make(chan error, 8)
	s := Open(Options{Dir: file, Warn: func(err error) { told <- err }})
	defer s.Close()
	var e *tunnels.Error
	if err := <-told; !errors.As(err, &e) || e.Hint == "" || !strings.Contains(err.Error(), file) {
		t.Errorf("it warns of %v", err)
	}
	if err := s.Put(t.Context(), example2("a", "")); !errors.As(err, &e) || e.Hint == "" || !strings.Contains(err.Error(), file) {
		t.Errorf("adding gives %v", err)
	}
	do(t, os.Remove(file), os.Mkdir(file, 0o700), os.WriteFile(filepath.Join(file, "dev.yaml"), []byte(with("b")), 0o600))
	shows(t, s, "dev: b")
	do(t, s.Put(t.Context(), example2("a", "")))
	below := newStore(newDisk(filepath.Join(file, "dev.yaml", "below")), nil)
	if err := below.Put(t.Context(), example2("a", "")); err == nil {
		t.Error("it was written")
	}
}

// TestNoChangeIsLost lets many goroutines of several stores, which stand for
// processes, change the same files.
func TestNoChangeIsLost(t *testing.T) {
	dir := t.TempDir()
	const each = 8
	var wg sync.WaitGroup
	for n := range 3 {
		s := newStore(newDisk(dir), nil)
		for i := range each {
			wg.Go(func() {
				spec := example2(tunnels.ID(fmt.Sprintf("%d-%d", n, i)), "")
				spec.Name = string(spec.ID)
				if err := s.Put(t.Context(), spec); err != nil {
					t.Error(err)
				}
				spec.AutoStart = true
				if err := s.Put(t.Context(), spec); err != nil {
					t.Error(err)
				}
			})
		}
	}
	wg.Wait()
	all := newStore(newDisk(dir), nil).Profiles()
	if len(all) != 1 || len(all[0].Tunnels) != 3*each {
		t.Fatalf("there are %q", shown(all))
	}
	if slices.ContainsFunc(all[0].Tunnels, func(s tunnels.Spec) bool { return !s.AutoStart }) {
		t.Errorf("changes are lost: %+v", all[0].Tunnels)
	}
}

// TestBothChangesHold edits a tunnel in its file at the same time as in the window.
func TestBothChangesHold(t *testing.T) {
	s, f := onShelf(t, map[string]string{"dev.yaml": "version: 1\ntunnels:\n- name: a # mine\n  target: svc/x\n  ports: [80]\n  via: spdy\n"})
	spec := s.Profiles()[0].Tunnels[0]
	f.files["dev.yaml"] = []byte("version: 1\ntunnels:\n- name: a # mine\n  target: svc/x\n  ports: [81]\n  via: spdy\n  x: 1\n")
	spec.AutoStart, spec.Via = true, tunnels.ViaAuto
	do(t, s.Put(t.Context(), spec))
	const want = "version: 1\ntunnels:\n- name: a # mine\n  target: svc/x\n  ports: [81]\n  autostart: true\n  x: 1\n"
	if got := string(f.files["dev.yaml"]); got != want {
		t.Errorf("it is\n%s", got)
	}
	if got := s.Profiles()[0].Tunnels[0]; got.ID != spec.ID || got.Mappings[0].String() != "81" || !got.AutoStart {
		t.Errorf("it is %+v", got)
	}
}

// TestEditorIsFaster saves a file in an editor at the last moment, before the
// store replaces it: both changes hold.
func TestEditorIsFaster(t *testing.T) {
	for name := range verbs(dev(t)) {
		t.Run(name, func(t *testing.T) {
			s, f := onShelf(t, devFiles())
			do := verbs(s)[name]
			s.shelf = &hasty{frail: f, edit: func() { f.files["dev.yaml"] = []byte("# mine\n" + string(f.files["dev.yaml"])) }}
			if err := do(t.Context()); err != nil {
				t.Fatal(err)
			}
			if name != "duplicate" && !strings.HasPrefix(string(f.files["dev.yaml"]), "# mine\n") {
				t.Errorf("the edit is lost: %q", f.files["dev.yaml"])
			}
			got := shown(s.Profiles())
			s2, _ := onShelf(t, devFiles())
			if err := verbs(s2)[name](t.Context()); err != nil {
				t.Fatal(err)
			}
			if want := shown(s2.Profiles()); got != want {
				t.Errorf("there are %q, want %q", got, want)
			}
		})
	}
	t.Run("always", func(t *testing.T) {
		s, f := onShelf(t, devFiles())
		n := 0
		s.shelf = &failing{frail: f, fail: func() bool { n++; f.files["dev.yaml"] = append(f.files["dev.yaml"], '\n'); return false }}
		if err := s.Remove(t.Context(), idOfTitle(s, "a")); !errors.Is(err, durable.ErrChanged) || n != attempts {
			t.Errorf("it gives %v after %d attempts", err, n)
		}
	})
}

// hasty edits a file once, when one is about to be written.
type hasty struct {
	*frail
	edit func()
}

func (h *hasty) write(base string, old, data []byte) error {
	if h.edit != nil {
		h.edit()
		h.edit = nil
	}
	return h.frail.write(base, old, data)
}

func TestStoreRefuses(t *testing.T) {
	empty, long, many := " ", strings.Repeat("x", 201), []string{"a", "a"}
	bad := example2("n", "dev")
	bad.Name = "a\nb"
	wide := example2("n", "dev")
	wide.Mappings = nil
	for i := range 65 {
		wide.Mappings = append(wide.Mappings, tunnels.Mapping{Local: tunnels.LocalPort(i + 1), Remote: tunnels.Port{Number: 1}})
	}
	tests := []struct {
		name string
		do   func(ctx context.Context, s *Store) error
	}{
		{"a tunnel of no profile", func(ctx context.Context, s *Store) error { return s.Put(ctx, example2("n", "nowhere")) }},
		{"a name of two lines", func(ctx context.Context, s *Store) error { return s.Put(ctx, bad) }},
		{"too many ports", func(ctx context.Context, s *Store) error { return s.Put(ctx, wide) }},
		{"no ID", func(ctx context.Context, s *Store) error { return s.Put(ctx, example2("", "dev")) }},
		{"removing nothing", func(ctx context.Context, s *Store) error { return s.Remove(ctx, "n") }},
		{"moving nothing", func(ctx context.Context, s *Store) error { return s.Move(ctx, "n", "") }},
		{"moving before another profile's", func(ctx context.Context, s *Store) error { return s.Move(ctx, idOfTitle(s, "a"), idOfTitle(s, "c")) }},
		{"a profile without a name", func(ctx context.Context, s *Store) error { _, err := s.Create(ctx, empty); return err }},
		{"a profile with a long name", func(ctx context.Context, s *Store) error { return s.Change(ctx, "dev", Change{Name: &long}) }},
		{"a tag twice", func(ctx context.Context, s *Store) error { return s.Change(ctx, "dev", Change{Tags: &many}) }},
		{"changing nothing", func(ctx context.Context, s *Store) error { return s.Change(ctx, "nowhere", Change{}) }},
		{"copying nothing", func(ctx context.Context, s *Store) error { _, err := s.Duplicate(ctx, "nowhere", "x"); return err }},
		{"deleting nothing", func(ctx context.Context, s *Store) error { _, err := s.Delete(ctx, "nowhere"); return err }},
		{"bringing nothing back", func(ctx context.Context, s *Store) error { return s.Undelete(ctx, Deleted{}) }},
		{"when nobody waits", func(_ context.Context, s *Store) error {
			ctx, cancel := context.WithCancel(context.Background())
			cancel()
			return s.Remove(ctx, idOfTitle(s, "a"))
		}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, f := onShelf(t, devFiles())
			files := fmt.Sprint(f.texts())
			var e *tunnels.Error
			if err := tt.do(t.Context(), s); !errors.As(err, &e) {
				t.Errorf("the error is %v", err)
			}
			if now := fmt.Sprint(f.texts()); now != files {
				t.Errorf("there are %s", now)
			}
		})
	}
}
