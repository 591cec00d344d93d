package ui

import (
	"slices"
	"strings"
	"testing"

	"culvert/tunnels"
)

func TestFormBecomesASpecAndBack(t *testing.T) {
	f := form{context: "dev", namespace: "shop", pod: "pod/web-1", name: " web ", ports: "6000:5000, :9090", listen: "127.0.0.1 ::1", via: tunnels.ViaNode}
	spec, bad := f.spec(tunnels.Spec{})
	if bad.any() || spec.ID == "" {
		t.Fatalf("the form is refused: %+v", bad)
	}
	back := formOf(spec, targetNames{})
	want := form{id: spec.ID, context: "dev", namespace: "shop", pod: "web-1", name: "web", ports: "6000:5000 :9090", listen: "127.0.0.1 ::1", via: tunnels.ViaNode}
	if back != want {
		t.Errorf("it comes back as %+v, want %+v", back, want)
	}
	again, bad := back.spec(spec)
	if bad.any() || again.ID != spec.ID || !slices.Equal(again.Mappings, spec.Mappings) {
		t.Errorf("the second time it is %+v with %+v", again, bad)
	}
}

func TestViaIsChosen(t *testing.T) {
	for _, o := range viaOptions() {
		if got := viaKey(viaOf(o.Key)); got != o.Key {
			t.Errorf("%q comes back as %q", o.Key, got)
		}
		spec := tunnels.Spec{ID: "a", Target: tunnels.Target{Kind: tunnels.KindPod, Name: "web"}, Via: viaOf(o.Key)}
		spec.Mappings = []tunnels.Mapping{{Remote: tunnels.Port{Number: 80}}}
		if err := spec.Validate(); err != nil {
			t.Errorf("%q: %v", o.Key, err)
		}
	}
}

func TestFormComplaints(t *testing.T) {
	good := form{context: "dev", namespace: "shop", pod: "web-1", ports: "5000"}
	tests := []struct {
		name   string
		change func(*form)
		where  func(complaints) string
		says   string
	}{
		{"no context", func(f *form) { f.context = "" }, func(c complaints) string { return c.context }, "context"},
		{"no namespace", func(f *form) { f.namespace = "" }, func(c complaints) string { return c.namespace }, "namespace"},
		{"a namespace with capitals", func(f *form) { f.namespace = "Team A" }, func(c complaints) string { return c.namespace }, "small letters"},
		{"a namespace that leads elsewhere", func(f *form) { f.namespace = "a/../b" }, func(c complaints) string { return c.namespace }, "small letters"},
		{"no pod", func(f *form) { f.pod = " " }, func(c complaints) string { return c.pod }, "or type it"},
		{"a pod with capitals", func(f *form) { f.pod = "Web" }, func(c complaints) string { return c.pod }, "small letters"},
		{"no ports", func(f *form) { f.ports = "" }, func(c complaints) string { return c.ports }, "at least one"},
		{"no remote port", func(f *form) { f.ports = "80:" }, func(c complaints) string { return c.ports }, "no remote port"},
		{"port 0 in the pod", func(f *form) { f.ports = "80:0" }, func(c complaints) string { return c.ports }, "1 to 65535"},
		{"a port that is too large", func(f *form) { f.ports = "65536" }, func(c complaints) string { return c.ports }, "too large"},
		{"not a number", func(f *form) { f.ports = "Abc" }, func(c complaints) string { return c.ports }, "neither a number"},
		{"no kind", func(f *form) { f.pod = "node/n1" }, func(c complaints) string { return c.pod }, "cannot be forwarded to"},
		{"no selector", func(f *form) { f.pod = "selector/a in" }, func(c complaints) string { return c.pod }, "label selector"},
		{"the same local port twice", func(f *form) { f.ports = "80:1 80:2" }, func(c complaints) string { return c.ports }, "wanted by both"},
		{"a host as address", func(f *form) { f.listen = "example.net" }, func(c complaints) string { return c.listen }, "IP address"},
		{"an address twice", func(f *form) { f.listen = "::1 ::1" }, func(c complaints) string { return c.listen }, "twice"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := good
			tt.change(&f)
			_, bad := f.spec(tunnels.Spec{})
			got := tt.where(bad)
			if !strings.Contains(got, tt.says) || !strings.HasSuffix(got, ".") {
				t.Errorf("the complaint is %q, it should be a sentence about %q", got, tt.says)
			}
			only := complaints{}
			f.blame(&only, nil)
			if only.any() {
				t.Error("no error is a complaint")
			}
		})
	}
}

func TestDeclaredPortsToggle(t *testing.T) {
	f := form{ports: "6000:5000"}
	f.ports = f.toggleRemote(offeredPort{number: 9090})
	if f.ports != "6000:5000 9090" {
		t.Fatalf("adding 9090 makes %q", f.ports)
	}
	f.ports = f.toggleRemote(offeredPort{number: 80})
	if f.ports != "6000:5000 9090 :80" {
		t.Fatalf("adding 80, which needs root, makes %q", f.ports)
	}
	f.ports = f.toggleRemote(offeredPort{number: 5000})
	if f.ports != "9090 :80" {
		t.Fatalf("taking out 5000 makes %q", f.ports)
	}
	f.ports = "http"
	if f.ports = f.toggleRemote(offeredPort{80, "http"}); f.ports != "" {
		t.Fatalf("what was typed by its name stays: %q", f.ports)
	}
	f.ports = "abc"
	if f.ports = f.toggleRemote(offeredPort{number: 80}); f.ports != "abc :80" {
		t.Fatalf("what was typed wrong is lost: %q", f.ports)
	}
}

func TestFormWarnings(t *testing.T) {
	others := tunnels.Snapshot{
		readyStatus(spec("web", "", "", "p", "6000:5000", ":9090")),
		stopped(tunnels.Spec{ID: "v6", Name: "v6", Listen: []string{"::1"}, Mappings: []tunnels.Mapping{{Local: 7000, Remote: tunnels.Port{Number: 1}}}}),
	}
	tests := []struct {
		name string
		f    form
		says string // empty for no warning
	}{
		{"nothing to warn of", form{ports: "5000 :6000"}, ""},
		{"a port of another tunnel", form{ports: "6000:1"}, "“web”"},
		{"a random port of another tunnel", form{ports: "42001:1"}, "“web”"},
		{"the tunnel's own port", form{id: "web", ports: "6000:1"}, ""},
		{"the same port in the other family", form{ports: "7000", listen: "127.0.0.1"}, ""},
		{"the same port on all addresses", form{ports: "7000", listen: "::"}, "“v6”"},
		{"a port for root", form{ports: "80"}, "below 1024"},
		{"an address that others reach", form{ports: "8000", listen: "0.0.0.0"}, "Other computers"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := strings.Join(tt.f.warnings(others), " ")
			if (tt.says == "") != (got == "") || !strings.Contains(got, tt.says) {
				t.Errorf("warns %q, want something about %q", got, tt.says)
			}
		})
	}
}

func TestPreview(t *testing.T) {
	got := form{ports: "6000:5000 :9090 http Abc"}.preview()
	want := []previewLine{
		{local: "127.0.0.1:6000  [::1]:6000", remote: "5000"},
		{local: "A free port, the same on both", words: true, remote: "9090"},
		{local: "The number behind http", words: true, remote: "http"},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got %+v, want %+v", got, want)
	}
}
