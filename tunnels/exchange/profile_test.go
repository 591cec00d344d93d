package exchange

import (
	"strings"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

func TestReadProfile(t *testing.T) {
	text := "version: 1\nname: Shop, dev\ntags: [team-a]\ncontext: staging\nnamespace: shop\ntunnels:\n" +
		"  - name: postgres\n    target: svc/postgres\n    ports: [5432, ':http']\n    address: 0.0.0.0\n    policy: newest\n    autostart: true\n"
	f, err := Read("dev.yaml", []byte(text))
	if err != nil {
		t.Fatal(err)
	}
	want := "tunnel 1: svc/postgres 5432 :http -n shop --context staging --address 0.0.0.0 --name=postgres in Shop, dev ~ It is not started by itself after an import: switch that on once it is there, if you want it.\n" +
		"The tags of the profile, and whether it notifies, are left as they are where the tunnels go."
	if got := lines(f); got != want || f.Format != FormatProfile {
		t.Errorf("%s:\n%s\nwant\n%s", f.Format, got, want)
	}
	if s := f.Proposals[0].Spec; s.AutoStart || s.ID != "" || s.Profile != "" || s.Policy != "newest" {
		t.Errorf("%+v", s)
	}
}

func TestProfilesReadBack(t *testing.T) {
	p := profiles.Profile{ID: "dev", Name: "Dev", Tunnels: specsOf(t, "svc/a 80 :http -n n --context c --name=A", "selector/app=b 81 --address ::1")}
	data, err := profiles.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	f, err := Read("dev.yaml", data)
	if err != nil || len(f.Proposals) != 2 {
		t.Fatalf("%v\n%s", err, data)
	}
	for i, got := range f.Proposals {
		if sameness(got.Spec) != sameness(p.Tunnels[i]) || got.Profile != "Dev" {
			t.Errorf("%+v, want %+v", got, p.Tunnels[i])
		}
	}
}

func TestBrokenProfiles(t *testing.T) {
	for _, text := range []string{
		"version: 1\ntunnels:\n  - target: svc/a\n   ports: 80\n", "version: 99\ntunnels: []\n", "version: 1\ntunnels:\n  - target: what/a\n    ports: 80\n",
		"version: 1\nx: &a [1]\ntunnels: [*a, *a]\n", "{\"version\":1,\"tunnels\":[{}]}",
	} {
		if f, err := Read("a.yaml", []byte(text)); err == nil || strings.TrimSpace(err.Error()) == "" {
			t.Errorf("%q: %+v", text, f)
		}
	}
}

func TestBrokenProfileIsPlacedInTheFileThatWasRead(t *testing.T) {
	_, err := Read("dev.yaml", []byte("version: 1\ntunnels:\n  - {name: web, target: svc/web, ports: 99999}\n"))
	e := tunnels.AsError(err)
	if e == nil || e.Op != "line 3" || e.Hint != "Correct the file." {
		t.Errorf("the error is %v, with the hint %q", err, e.Hint)
	}
}
