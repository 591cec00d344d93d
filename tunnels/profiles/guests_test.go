package profiles

import (
	"strings"
	"testing"

	"culvert/tunnels"
)

func TestGuestIDs(t *testing.T) {
	seen := make(map[string]string)
	for what, id := range map[string]string{
		"a file":                  GuestID("/home/me/shop/.culvert.yaml", ""),
		"another file":            GuestID("/home/me/api/.culvert.yaml", ""),
		"a name":                  GuestID("", "piped"),
		"another name":            GuestID("", "other"),
		"a name that is a path":   GuestID("", "/home/me/shop/.culvert.yaml"),
		"a name with another one": GuestID("", "path /home/me/shop/.culvert.yaml"),
	} {
		if other := seen[id]; other != "" {
			t.Errorf("%s and %s have one ID", what, other)
		}
		seen[id] = what
		if !IsGuest(id) || strings.ContainsAny(id, `/\ `) {
			t.Errorf("the ID of %s is %q", what, id)
		}
		for _, ending := range endings {
			if _, ok := idOf(id + ending); ok {
				t.Errorf("a file can have the ID %q", id)
			}
		}
		if IsGuest(slug(id)) {
			t.Errorf("a profile that is called %q has the ID of a guest", id)
		}
	}
	same := GuestID("/home/me/shop/.culvert.yaml", "")
	for what, id := range map[string]string{
		"with a name":         GuestID("/home/me/shop/.culvert.yaml", "shop"),
		"written differently": GuestID("/home/me/x/..//shop/./.culvert.yaml", ""),
	} {
		if id != same {
			t.Errorf("%s the same file has the ID %q, else %q", what, id, same)
		}
	}
}

func TestNamesOfGuests(t *testing.T) {
	for path, want := range map[string]string{
		"/home/me/shop/.culvert.yaml":  "shop",
		"/home/me/shop/.culvert.yml":   "shop",
		"/home/me/shop/tunnels.yaml":   "tunnels",
		"/home/me/shop/dev.tunnels":    "dev.tunnels",
		"/.culvert.yaml":               ".culvert",
		"/home/me/two  words/.culvert": "two words",
	} {
		p, err := Guest(path, "", nil, nil, nil)
		if err != nil || p.Name != want || p.Path != path || !p.Guest {
			t.Errorf("the guests of %s are %+v (%v), want the name %q", path, p, err, want)
		}
	}
}

// TestGuestsAreKnownAgain as tunnels of a profile's file are.
func TestGuestsAreKnownAgain(t *testing.T) {
	spec := func(name, target string) tunnels.Spec {
		to, err := tunnels.ParseTarget(target)
		if err != nil {
			t.Fatal(err)
		}
		return tunnels.Spec{Name: name, Target: to, Mappings: []tunnels.Mapping{{Remote: tunnels.Port{Number: 80}}}}
	}
	path := "/home/me/shop/.culvert.yaml"
	first, err := Guest(path, "", []tunnels.Spec{spec("web", "svc/web"), spec("", "svc/db"), spec("web", "svc/other")}, nil, nil)
	if err != nil {
		t.Fatal(err)
	}
	at := func(key string) tunnels.ID { return tunnels.ID(first.ID + "/" + key) }
	if a, b, c := first.Tunnels[0].ID, first.Tunnels[1].ID, first.Tunnels[2].ID; a != at("web") || b != at("svc/db :80") || c != at("web#2") {
		t.Errorf("the IDs are %q, %q and %q", a, b, c)
	}
	taken := map[tunnels.ID]bool{at("new"): true}
	again, err := Guest(path, "", []tunnels.Spec{spec("web", "svc/other"), spec("new", "svc/new"), spec("site", "svc/web")}, first.Tunnels, taken)
	if err != nil {
		t.Fatal(err)
	}
	if a, b, c := again.Tunnels[0].ID, again.Tunnels[1].ID, again.Tunnels[2].ID; a != at("web#2") || b != at("new#2") || c != at("web") {
		t.Errorf("then the IDs are %q, %q and %q", a, b, c)
	}
	if len(taken) != 1 {
		t.Errorf("what is taken was changed: %v", taken)
	}
}
