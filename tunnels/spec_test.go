package tunnels

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"
)

func TestFault01PortsOfAMapping(t *testing.T) {
	tests := []struct {
		in   string
		want Mapping
		out  string // String, when it differs from in
		err  string // a part of the error
	}{
		{in: "5000", want: Mapping{5000, Port{Number: 5000}}},
		{in: "6000:5000", want: Mapping{6000, Port{Number: 5000}}},
		{in: ":5000", want: Mapping{AnyPort, Port{Number: 5000}}},
		{in: "0:5000", want: Mapping{AnyPort, Port{Number: 5000}}, out: ":5000"},
		{in: "5000:5000", want: Mapping{5000, Port{Number: 5000}}, out: "5000"},
		{in: "1:65535", want: Mapping{1, Port{Number: 65535}}},
		{in: "0080:080", want: Mapping{80, Port{Number: 80}}, out: "80"},
		{in: "", err: "remote port"},
		{in: ":", err: "has no remote port"},
		{in: "80:", err: `"80:" has no remote port`},
		{in: "0", err: "not a port of a pod"},
		{in: "80:0", err: "not a port of a pod"},
		{in: ":0", err: "not a port of a pod"},
		{in: "65536", err: "65536 is too large"},
		{in: "65536:80", err: "local port: 65536"},
		{in: "99999999999999999999", err: "too large"},
		{in: "abc", want: Mapping{SamePort, Port{Name: "abc"}}},
		{in: ":http", want: Mapping{AnyPort, Port{Name: "http"}}},
		{in: "8080:http-2", want: Mapping{8080, Port{Name: "http-2"}}},
		{in: "Http", err: "neither a number nor a port's name"},
		{in: "http-", err: "neither a number nor a port's name"},
		{in: "1-2", err: "neither a number nor a port's name"},
		{in: "a_b", err: "neither a number nor a port's name"},
		{in: strings.Repeat("a", 64), err: "at most 63 characters"},
		{in: "abc:80", err: `local port: "abc"`},
		{in: "-1", err: "neither a number nor a port's name"},
		{in: "+80", err: "neither a number"},
		{in: " 80", err: "neither a number"},
		{in: "80:80:80", err: "more than one colon"},
		{in: "٣٤", err: "neither a number"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			m, err := ParseMapping(tt.in)
			if tt.err != "" {
				var e *Error
				if !errors.As(err, &e) || e.Cause != CauseInvalid || !strings.Contains(err.Error(), tt.err) {
					t.Fatalf("got %v, %v; want an invalid error with %q", m, err, tt.err)
				}
				return
			}
			if err != nil || m != tt.want {
				t.Fatalf("got %v, %v; want %v", m, err, tt.want)
			}
			out := tt.out
			if out == "" {
				out = tt.in
			}
			if m.String() != out {
				t.Fatalf("String is %q, want %q", m, out)
			}
		})
	}
}

func FuzzParseMapping(f *testing.F) {
	for _, s := range []string{"5000", "6000:5000", ":5000", "0:5000", "80:", "abc", "65536", "1:2:3", "", "http", ":http", "80:http"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		m, err := ParseMapping(s)
		if err != nil {
			if m != (Mapping{}) {
				t.Fatalf("%q: an error and a mapping %v", s, m)
			}
			return
		}
		again, err := ParseMapping(m.String())
		if err != nil || again != m {
			t.Fatalf("%q: %v reads back as %v, %v", s, m, again, err)
		}
	})
}

func TestParseMappings(t *testing.T) {
	tests := []struct {
		name, in, err string
		n             int
	}{
		{"several", "80 8443:443 :9090 :9091", "", 4},
		{"none", "", "no port is given", 0},
		{"the same local port", "8080:80 8080:81", "8080 is wanted by both 8080:80 and 8080:81", 0},
		{"the same random one", ":80 0:80", ":80 is there twice", 0},
		{"one remote on two ports", "8080:80 8081:80", "", 2},
		{"the same name", "http http", "http is there twice", 0},
		{"one name in several ways", "http :http 8080:http", "", 3},
		{"one bad", "80 X", `"X" is neither a number`, 0},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ms, err := ParseMappings(strings.Fields(tt.in))
			if tt.err == "" {
				if err != nil || len(ms) != tt.n {
					t.Fatalf("got %v, %v; want %d mappings", ms, err, tt.n)
				}
				return
			}
			if err == nil || !strings.Contains(err.Error(), tt.err) {
				t.Fatalf("got %v, want an error with %q", err, tt.err)
			}
		})
	}
}

func TestValidate(t *testing.T) {
	good := Spec{ID: "1", Target: Target{Kind: KindPod, Name: "web"}, Mappings: []Mapping{{80, Port{Number: 80}}}}
	with := func(change func(*Spec)) Spec {
		s := good
		s.Mappings = slices.Clone(good.Mappings)
		change(&s)
		return s
	}
	tests := []struct {
		name, field string
		spec        Spec
	}{
		{"good", "", good},
		{"addresses", "", with(func(s *Spec) { s.Listen = []string{"localhost", "10.0.0.1", "fe80::1"} })},
		{"no id", "id", with(func(s *Spec) { s.ID = "" })},
		{"no kind", "target", with(func(s *Spec) { s.Target.Kind = "" })},
		{"namespace", "namespace", with(func(s *Spec) { s.Target.Namespace = "a/../b" })},
		{"namespace with a dash at its end", "namespace", with(func(s *Spec) { s.Target.Namespace = "a-" })},
		{"no mapping", "mapping", with(func(s *Spec) { s.Mappings = nil })},
		{"remote 0", "remote port", with(func(s *Spec) { s.Mappings[0].Remote.Number = 0 })},
		{"host name", "address", with(func(s *Spec) { s.Listen = []string{"example.org"} })},
		{"what a terminal acts on", "address", with(func(s *Spec) { s.Listen = []string{"fe80::1%\x1b[2J"} })},
		{"a line end", "address", with(func(s *Spec) { s.Listen = []string{"::1%a\nb"} })},
		{"a long zone", "address", with(func(s *Spec) { s.Listen = []string{"::1%" + strings.Repeat("a", 300)} })},
		{"address twice", "address", with(func(s *Spec) { s.Listen = []string{"::1", "::1"} })},
		{"transport", "transport", with(func(s *Spec) { s.Via = "pigeon" })},
		{"number above all ports", "local port", with(func(s *Spec) { s.Mappings[0].Local = 65536 })},
		{"the same port as a number", "local port", with(func(s *Spec) { s.Mappings[0].Local = SamePort })},
		{"name and number", "remote port", with(func(s *Spec) { s.Mappings[0].Remote = Port{80, "http"} })},
		{"policies", "", with(func(s *Spec) { s.Policy = OrdinalPolicy(12) })},
		{"policy", "policy", with(func(s *Spec) { s.Policy = "best" })},
		{"ordinal below 0", "policy", with(func(s *Spec) { s.Policy = "ordinal=-1" })},
		{"hold", "hold", with(func(s *Spec) { s.Hold = MaxHold + 1 })},
		{"stops after an hour", "", with(func(s *Spec) { s.StopAfter = time.Hour })},
		{"stops before it starts", "stop after", with(func(s *Spec) { s.StopAfter = -1 })},
		{"stops after too long", "stop after", with(func(s *Spec) { s.StopAfter = MaxStopAfter + 1 })},
		{"tags", "", with(func(s *Spec) { s.Tags = []string{"db", "Größe"} })},
		{"tag twice", "tags", with(func(s *Spec) { s.Tags = []string{"db", "db"} })},
		{"empty tag", "tags", with(func(s *Spec) { s.Tags = []string{""} })},
		{"tag of two words", "tags", with(func(s *Spec) { s.Tags = []string{"a b"} })},
		{"tag with a control character", "tags", with(func(s *Spec) { s.Tags = []string{"a\x1b"} })},
		{"long tag", "tags", with(func(s *Spec) { s.Tags = []string{strings.Repeat("x", 33)} })},
		{"many tags", "tags", with(func(s *Spec) { s.Tags = strings.Fields("1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17") })},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			err := tt.spec.Validate()
			if tt.field == "" {
				if err != nil {
					t.Fatal(err)
				}
				return
			}
			var e *Error
			if !errors.As(err, &e) || e.Op != tt.field || !e.Permanent {
				t.Fatalf("got %v, want an error about %q", err, tt.field)
			}
		})
	}
}

func TestStatesHaveNames(t *testing.T) {
	seen := make(map[string]bool)
	for _, s := range States {
		if s.String() == "unknown" || seen[s.String()] {
			t.Errorf("state %d is called %q", s, s)
		}
		seen[s.String()] = true
	}
}
