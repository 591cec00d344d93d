package profiles

import (
	"fmt"
	"strings"
	"testing"

	"culvert/tunnels"
)

// TestSameTunnels edits files from outside and looks which tunnels are known again.
func TestSameTunnels(t *testing.T) {
	const (
		a = "- {name: a, target: svc/a, ports: 80}\n"
		b = "- {name: b, target: svc/b, ports: 80}\n"
		c = "- {target: svc/c, ports: 80}\n"
	)
	tests := []struct {
		name         string
		dev, prod    string // before
		dev2, prod2  string // after
		ids          string
		beginAndThen string // another state in between: dev alone
	}{
		{name: "nothing", dev: a + b, dev2: a + b, ids: "dev/a dev/b;"},
		{name: "other order", dev: a + b, dev2: b + a, ids: "dev/b dev/a;"},
		{name: "another port", dev: a + b, dev2: strings.Replace(a, "80", "81", 1) + b, ids: "dev/a dev/b;"},
		{name: "renamed", dev: a + b, dev2: strings.Replace(a, "name: a", "name: z", 1) + b, ids: "dev/a dev/b;"},
		{name: "named", dev: c + b, dev2: strings.Replace(c, "{", "{name: c, ", 1) + b, ids: "dev/svc/c 80 dev/b;"},
		{name: "another port without a name", dev: c + b, dev2: strings.Replace(c, "80", "81", 1) + b, ids: "dev/svc/c 80 dev/b;"},
		{name: "renamed and moved up", dev: a + b, dev2: strings.Replace(b, "name: b", "name: z", 1) + a, ids: "dev/b dev/a;"},
		{name: "one more of the same name", dev: a, dev2: a + a, ids: "dev/a dev/a#2;"},
		{name: "the first of two removed", dev: a + strings.Replace(a, "80", "81", 1), dev2: strings.Replace(a, "80", "81", 1), ids: "dev/a#2;"},
		{name: "moved to another file", dev: a + b, prod: c, dev2: b, prod2: c + a, ids: "dev/b; prod/svc/c 80 dev/a"},
		{name: "renamed to what another was", dev: a + b, dev2: strings.Replace(b, "name: b", "name: a", 1), ids: "dev/a;"},
		{name: "replaced", dev: a, dev2: b, ids: "dev/b;"},
		{name: "away and back", dev: a + b, beginAndThen: b, dev2: a + b, ids: "dev/a dev/b;"},
		{name: "away and back with another port", dev: a + b, beginAndThen: b, dev2: strings.Replace(a, "80", "81", 1) + b, ids: "dev/a dev/b;"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			const begin = "version: 1\ntunnels:\n"
			s, f := onShelf(t, map[string]string{"dev.yaml": begin + tt.dev, "prod.yaml": begin + tt.prod})
			if tt.beginAndThen != "" {
				f.files["dev.yaml"] = []byte(begin + tt.beginAndThen)
				s.reload()
			}
			f.files["dev.yaml"], f.files["prod.yaml"] = []byte(begin+tt.dev2), []byte(begin+tt.prod2)
			s.reload()
			s.publish()
			var all []string
			for _, p := range s.Profiles() {
				var ids []string
				for _, spec := range p.Tunnels {
					ids = append(ids, string(spec.ID))
				}
				all = append(all, strings.Join(ids, " "))
			}
			if got := strings.TrimSpace(strings.Join(all, "; ")); got != tt.ids {
				t.Errorf("there are %q, want %q", got, tt.ids)
			}
		})
	}
}

// TestUndo removes a tunnel and puts it back: with what only its file says.
func TestUndo(t *testing.T) {
	const text = "version: 1\ntunnels:\n  - name: a\n    target: svc/a\n    ports: [80]\n  # why\n  - name: b # b\n    target: svc/b\n    ports:\n      - 80 # http\n    x: {y: 1}\n"
	s, f := onShelf(t, map[string]string{"dev.yaml": text})
	spec := s.Profiles()[0].Tunnels[1]
	do(t, s.Remove(t.Context(), spec.ID))
	if got := shown(s.Profiles()); got != "dev: a" {
		t.Errorf("there are %q", got)
	}
	do(t, s.Put(t.Context(), spec))
	if got := string(f.files["dev.yaml"]); got != text {
		t.Errorf("it is\n%s", got)
	}
	spec.Profile = ""
	do(t, s.Remove(t.Context(), spec.ID), s.Put(t.Context(), spec))
	if got := s.Profiles()[0].Tunnels[1]; got.ID != spec.ID || got.Profile != "dev" {
		t.Errorf("it is %+v", got)
	}
}

// TestMoveTakesAll moves a tunnel to a profile with other defaults, and back.
func TestMoveTakesAll(t *testing.T) {
	s, f := onShelf(t, map[string]string{
		"dev.yaml":  "version: 1\ncontext: staging\nnamespace: shop\ntunnels:\n  - name: a\n    target: svc/a # which\n    ports: 80\n    x: 1\n",
		"prod.yaml": "version: 1\nname: Production\ncontext: prod\n",
	})
	spec := s.Profiles()[0].Tunnels[0]
	spec.Profile = "prod"
	do(t, s.Put(t.Context(), spec))
	const want = "version: 1\nname: Production\ncontext: prod\ntunnels:\n  - name: a\n    context: staging\n    namespace: shop\n    target: svc/a # which\n    ports: 80\n    x: 1\n"
	if got := string(f.files["prod.yaml"]); got != want {
		t.Errorf("it is\n%s", got)
	}
	if got := shown(s.Profiles()); got != "dev:; prod: a" || s.Profiles()[1].Tunnels[0].ID != spec.ID {
		t.Errorf("there are %q", got)
	}
	spec.Profile = "dev"
	do(t, s.Put(t.Context(), spec))
	if got := s.Profiles()[0].Tunnels[0]; !sameSpec(got, spec) || got.ID != spec.ID {
		t.Errorf("it is %+v, want %+v", got, spec)
	}
}

func TestUndelete(t *testing.T) {
	const text = "# mine\nversion: 1\ntunnels:\n- {name: a, target: svc/a, ports: 80}\n"
	s, f := onShelf(t, map[string]string{"dev.yml": text})
	d, err := s.Delete(t.Context(), "dev")
	do(t, err)
	id := d.Profile.Tunnels[0].ID
	do(t, s.Undelete(t.Context(), d))
	if got := f.texts(); fmt.Sprint(got) != fmt.Sprint(map[string]string{"dev.yml": text}) {
		t.Errorf("there are %v", got)
	}
	if got := s.Profiles()[0].Tunnels[0].ID; got != id {
		t.Errorf("it is %q, was %q", got, id)
	}
	d, err = s.Delete(t.Context(), "dev")
	do(t, err)
	f.files["dev.yaml"] = []byte(with("other"))
	do(t, s.Undelete(t.Context(), d))
	if got := shown(s.Profiles()); got != "dev: other; dev-2: a" || string(f.files["dev-2.yaml"]) != text {
		t.Errorf("there are %q", got)
	}
	do(t, s.Undelete(t.Context(), d)) // twice is a copy
	if got := shown(s.Profiles()); got != "dev: other; dev-2: a; dev-3: a" {
		t.Errorf("there are %q", got)
	}
	seen := map[tunnels.ID]bool{}
	for _, p := range s.Profiles() {
		if id := p.Tunnels[0].ID; seen[id] {
			t.Errorf("%q is there twice", id)
		} else {
			seen[id] = true
		}
	}
}

func TestFileNames(t *testing.T) {
	tests := []struct{ name, want string }{
		{"dev", "dev"},
		{"Shop, dev", "shop-dev"},
		{"Füße & Öl", "fuesse-oel"},
		{"日本語", "profile"},
		{"../../etc/passwd", "etc-passwd"},
		{"con", "profile-con"},
		{"NUL", "profile-nul"},
		{"com1.yaml", "com1-yaml"},
		{"...", "profile"},
		{"a__b", "a__b"},
		{"-x-", "x"},
		{"😀 smile", "smile"},
		{strings.Repeat("x", 200), strings.Repeat("x", 64)},
		{"_", "profile"},
		{"C:\\x", "c-x"},
		{"a\u202eb", "a-b"},
	}
	for _, tt := range tests {
		if got := slug(tt.name); got != tt.want {
			t.Errorf("%q becomes %q, want %q", tt.name, got, tt.want)
		}
	}
	s, f := onShelf(t, map[string]string{"Dev.yaml": with(), "dev-3.yml": with()})
	for _, want := range []string{"dev-2", "dev-4", "dev-5"} {
		p, err := s.Create(t.Context(), "dev")
		if err != nil || p.ID != want || p.Name != "dev" {
			t.Errorf("made %+v, %v; want %s", p, err, want)
		}
	}
	if got := string(f.files["dev-2.yaml"]); got != "version: 1\nname: dev\n" {
		t.Errorf("it is %q", got)
	}
}
