package profiles_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// stores runs a test with files and without.
func stores(t *testing.T, test func(t *testing.T, s *profiles.Store)) {
	t.Helper()
	for name, dir := range map[string]string{"memory": "", "folder": filepath.Join(t.TempDir(), "a", "profiles")} {
		t.Run(name, func(t *testing.T) { test(t, open(t, dir)) })
	}
}

func open(t *testing.T, dir string) *profiles.Store {
	t.Helper()
	s := profiles.Open(profiles.Options{Dir: dir, Warn: func(err error) { t.Errorf("warned: %v", err) }})
	t.Cleanup(s.Close)
	return s
}

func spec(id, profile, target string, ports ...string) tunnels.Spec {
	t, err := tunnels.ParseTarget(target)
	if err != nil {
		panic(err)
	}
	ms, err := tunnels.ParseMappings(ports)
	if err != nil {
		panic(err)
	}
	return tunnels.Spec{ID: tunnels.ID(id), Profile: profile, Target: t, Mappings: ms}
}

func put(t *testing.T, s *profiles.Store, specs ...tunnels.Spec) {
	t.Helper()
	for _, spec := range specs {
		if err := s.Put(t.Context(), spec); err != nil {
			t.Fatal(err)
		}
	}
}

// ids lists profiles with their tunnels: "dev: a b; prod:".
func ids(s *profiles.Store) string {
	var all []string
	for _, p := range s.Profiles() {
		line := p.ID + ":"
		for _, spec := range p.Tunnels {
			line += " " + string(spec.ID)
		}
		all = append(all, line)
	}
	return strings.Join(all, "; ")
}

func isList(t *testing.T, s *profiles.Store, want string) {
	t.Helper()
	if got := ids(s); got != want {
		t.Errorf("there are %q, want %q", got, want)
	}
}

func TestStoreKeepsTunnels(t *testing.T) {
	stores(t, func(t *testing.T, s *profiles.Store) {
		isList(t, s, "")
		put(t, s, spec("a", "", "svc/a", "80"), spec("b", "", "svc/b", "81"), spec("c", "default", "svc/c", "82"))
		isList(t, s, "default: a b c")
		if err := s.Move(t.Context(), "a", ""); err != nil {
			t.Fatal(err)
		}
		isList(t, s, "default: b c a")
		if err := s.Move(t.Context(), "a", "c"); err != nil {
			t.Fatal(err)
		}
		isList(t, s, "default: b a c")
		p, err := s.Create(t.Context(), "Shop, dev")
		if err != nil || p.ID != "shop-dev" || p.Name != "Shop, dev" {
			t.Fatalf("made %+v, %v", p, err)
		}
		changed := spec("a", "shop-dev", "svc/a", "8080:80")
		put(t, s, changed)
		isList(t, s, "default: b c; shop-dev: a")
		if err := s.Remove(t.Context(), "b"); err != nil {
			t.Fatal(err)
		}
		isList(t, s, "default: c; shop-dev: a")
		d, err := s.Delete(t.Context(), "shop-dev")
		if err != nil {
			t.Fatal(err)
		}
		isList(t, s, "default: c")
		if err := s.Undelete(t.Context(), d); err != nil {
			t.Fatal(err)
		}
		isList(t, s, "default: c; shop-dev: a")
		twin, err := s.Duplicate(t.Context(), "shop-dev", "Twin")
		if err != nil || len(twin.Tunnels) != 1 || twin.Name != "Twin" {
			t.Fatalf("made %+v, %v", twin, err)
		}
		name := "Shop"
		if err := s.Change(t.Context(), "shop-dev", profiles.Change{Name: &name}); err != nil {
			t.Fatal(err)
		}
		isList(t, s, "default: c; shop-dev: a; twin: twin/svc/a 8080:80")
		if got := s.Profiles()[1].Tunnels[0]; got.Mappings[0].String() != "8080:80" || got.Profile != "shop-dev" {
			t.Errorf("it is %+v", got)
		}
	})
}

func TestFilesAreReadable(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	a := spec("a", "", "svc/postgres", "5432", "6000:5000", ":http")
	a.Name, a.Tags, a.AutoStart, a.Target.Context = "postgres", []string{"db"}, true, "staging"
	put(t, s, a, spec("b", "", "pod/web-1", "80"))
	const want = `version: 1
name: Default
tunnels:
  - name: postgres
    context: staging
    target: svc/postgres
    ports: ["5432", "6000:5000", ":http"]
    tags: [db]
    autostart: true
  - target: pod/web-1
    ports: ["80"]
`
	data, err := os.ReadFile(filepath.Join(dir, "default.yaml"))
	if err != nil || string(data) != want {
		t.Errorf("it is\n%s%v", data, err)
	}
}
