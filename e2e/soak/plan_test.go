package soak

import (
	"os"
	"path/filepath"
	"slices"
	"testing"

	"culvert/tunnels/profiles"
)

// The file is one that Culvert reads, and its tunnels are of all sorts.
func TestProfile(t *testing.T) {
	all := plans(30)
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "soak.yaml"), []byte(profile(all)), 0o600); err != nil {
		t.Fatal(err)
	}
	read := profiles.Open(profiles.Options{Dir: dir, Warn: func(err error) { t.Error(err) }}).Profiles()
	if len(read) != 1 || len(read[0].Tunnels) != len(all) {
		t.Fatalf("read as %+v", read)
	}
	local := make(map[int]string)
	sorts := make(map[string]bool)
	for i, s := range read[0].Tunnels {
		if err := s.Validate(); err != nil {
			t.Errorf("%s: %v", s.Name, err)
		}
		for _, m := range s.Mappings {
			if port := int(m.Local); port > 0 && local[port] != "" {
				t.Errorf("%s and %s have port %d", s.Name, local[port], port)
			} else if port > 0 {
				local[port] = s.Name
			}
		}
		for _, sort := range []string{s.Target.Namespace, s.Target.Context, string(s.Target.Kind), string(s.Policy), string(s.Via), all[i].addresses[0]} {
			sorts[sort] = true
		}
		if all[i].carries[0] != "echo" || len(s.Mappings) != 3 {
			t.Errorf("%s has the ports %v", s.Name, all[i].carries)
		}
	}
	for _, want := range []string{
		"shop", "data", "build", "edge", byCertificate, byToken, "svc", "deploy", "sts", "pod", "selector",
		"", "newest", "round-robin", "websocket", "spdy", "localhost", "127.0.0.1", "::1", "127.0.0.2",
	} {
		if !sorts[want] {
			t.Errorf("no tunnel has %q", want)
		}
	}
	for _, f := range flows() {
		if !slices.ContainsFunc(all, func(p plan) bool { return slices.Contains(p.carries, f.port) }) {
			t.Errorf("no tunnel carries %s", f.port)
		}
	}
}
