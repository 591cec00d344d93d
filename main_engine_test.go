//go:build !nogui

package main

import (
	"context"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"time"

	"culvert/cli"
	"culvert/tunnels"
	"culvert/tunnels/attach"
	"culvert/tunnels/profiles"
)

// kept makes a folder with a profile of one tunnel that is to start with the program.
func kept(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	t.Setenv("XDG_STATE_HOME", filepath.Join(dir, "state"))
	file := filepath.Join(dir, "profiles", "default.yaml")
	if err := os.MkdirAll(filepath.Dir(file), 0o700); err != nil {
		t.Fatal(err)
	}
	data, err := profiles.Marshal(profiles.Profile{ID: "default", Name: "Default", Tunnels: []tunnels.Spec{{
		ID: "web", Name: "web", AutoStart: true, Target: tunnels.Target{Kind: tunnels.KindPod, Name: "web-0"},
		Mappings: []tunnels.Mapping{{Local: tunnels.AnyPort, Remote: tunnels.Port{Number: 80}}},
	}}})
	if err == nil {
		err = os.WriteFile(file, data, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// attached opens an engine as the window does.
func attached(t *testing.T, folder, dir string, kubeconfigs ...string) (*attach.Engine, *engines) {
	t.Helper()
	o := &engines{
		o: cli.WindowOptions{Folder: folder}, dir: dir, clusters: nobody{}, kubeconfigs: func() []string { return kubeconfigs },
		warn: func(err error) { t.Errorf("warned: %v", err) },
	}
	e, err := attach.New(t.Context(), o.open, o.warn, nil)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(e.Close)
	return e, o
}

// nobody is a backend without clusters.
type nobody struct{ tunnels.Backend }

// until waits for a place that is as wanted.
func until(t *testing.T, e *attach.Engine, what string, is func(attach.Place) bool) attach.Place {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 20*time.Second)
	defer cancel()
	var found attach.Place
	e.WatchPlace(ctx, func(p attach.Place) {
		if is(p) {
			found = p
			cancel()
		}
	})
	if !is(found) {
		t.Fatalf("it never happened that %s", what)
	}
	return found
}

// TestTheSecondEngineAttaches: it works through the first, and goes on by itself when
// that ends.
func TestTheSecondEngineAttaches(t *testing.T) {
	folder, dir := kept(t), place(t)
	one, opener := attached(t, folder, dir, "/home/kim/.kube/config")
	if !one.Here() || !slices.Equal(opener.toBegin(), []tunnels.ID{"default/web"}) {
		t.Fatalf("the first is here: %t, and begins %q", one.Here(), opener.toBegin())
	}
	two, opener := attached(t, folder, dir, "/elsewhere")
	p := until(t, two, "it is attached", func(p attach.Place) bool { return p.Elsewhere })
	if two.Here() || p.PID != os.Getpid() || !slices.Equal(p.Kubeconfigs, []string{"/home/kim/.kube/config"}) || opener.toBegin() != nil {
		t.Errorf("the second is at %+v, and begins %q", p, opener.toBegin())
	}
	if _, err := two.CreateProfile(t.Context(), "Shop"); err != nil {
		t.Fatal(err)
	}
	snap, list, err := one.List(t.Context())
	if err != nil || len(snap) != 1 || len(list) != 2 {
		t.Errorf("the first has %d tunnels in %d profiles, %v", len(snap), len(list), err)
	}
	one.Close()
	p = until(t, two, "it goes on by itself", func(p attach.Place) bool { return !p.Elsewhere })
	if len(p.Lost) != 0 {
		t.Errorf("it has lost %q", p.Lost)
	}
	// A call waits until the workspace is there.
	if err := two.ChangeProfile(t.Context(), "shop", profiles.Change{Tags: &[]string{"a"}}); err != nil {
		t.Error(err)
	}
	if !two.Here() || opener.toBegin() != nil {
		t.Errorf("the second is here: %t, and begins %q", two.Here(), opener.toBegin())
	}
	three, _ := attached(t, folder, dir)
	if p := until(t, three, "a third is attached", func(p attach.Place) bool { return p.Elsewhere }); p.Kubeconfigs == nil {
		t.Errorf("the third is at %+v", p)
	}
}

func TestTheDemoHasAnEngineOfItsOwn(t *testing.T) {
	o := &engines{o: cli.WindowOptions{Demo: true}, dir: place(t), clusters: nobody{}, warn: func(err error) { t.Error(err) }}
	one, err := attach.New(t.Context(), o.open, o.warn, nil)
	if err != nil {
		t.Fatal(err)
	}
	defer one.Close()
	if entries, _ := filepath.Glob(filepath.Join(o.dir, "*")); len(entries) > 0 || !one.Here() {
		t.Errorf("it has made %q", entries)
	}
}
