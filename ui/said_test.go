package ui

import (
	"maps"
	"testing"
)

func TestTemplates(t *testing.T) {
	tests := map[string]struct {
		template, text string
		want           vars // nil where it does not match
	}{
		"words alone":          {"no such address", "no such address", vars{}},
		"other words":          {"no such address", "no such addresses", nil},
		"a value first":        {"{{.A}} is not ready", "web-1 is not ready", vars{"A": "web-1"}},
		"a value last":         {"dial {{.A}}", "dial pod/web", vars{"A": "pod/web"}},
		"two values":           {"{{.A}} has not answered for {{.B}}", "web-1 has not answered for 15s", vars{"A": "web-1", "B": "15s"}},
		"quoted":               {"\"{{.A}}\" is no port", "\"x:y\" is no port", vars{"A": "x:y"}},
		"words twice":          {"{{.A}}: {{.Why}}, again", "a: b, again, again", vars{"A": "a", "Why": "b, again"}},
		"an empty value":       {"dial {{.A}}", "dial ", nil},
		"an empty first one":   {"{{.A}} is not ready", " is not ready", nil},
		"words that overlap":   {"{{.A}} of {{.B}} of", "one of", nil},
		"more text at the end": {"port {{.A}} is taken", "port 80 is taken by nginx", nil},
		"nothing":              {"dial {{.A}}", "", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := newTemplate(tt.template).match(tt.text)
			if ok != (tt.want != nil) || ok && !maps.Equal(got, tt.want) {
				t.Errorf("%v, %v; want %v", got, ok, tt.want)
			}
		})
	}
}

// TestSaidStays: in English, a text is what it was, whichever template it has.
func TestSaidStays(t *testing.T) {
	for _, text := range engineTexts() {
		filled := newTemplate(text)
		s := filled.words[0]
		for i, name := range filled.names {
			s += "value-" + name + filled.words[i+1]
		}
		if got := said(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
	for _, s := range []string{"", "x509: certificate signed by unknown authority", "{{.A}}", "100 %"} {
		if got := said(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

// FuzzSaid: nothing that a cluster says is lost or makes trouble.
func FuzzSaid(f *testing.F) {
	for _, text := range engineTexts()[:min(20, len(engineTexts()))] {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, s string) {
		if got := said(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	})
}
