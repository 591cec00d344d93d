package cli

import (
	"strings"
	"testing"

	"culvert/kube"
	"culvert/tunnels"
)

func TestSamePort(t *testing.T) {
	on := func(name, mappings string, listen ...string) source {
		st := aStatus(t, name, mappings)
		st.Spec.ID, st.Spec.Listen = "", listen
		return source{name: name + ".yaml", tunnels: []tunnels.Spec{st.Spec}}
	}
	tests := map[string]struct {
		sources []source
		says    []string
	}{
		"other ports":                       {[]source{on("a", "80"), on("b", "81:80")}, nil},
		"the same":                          {[]source{on("a", "80"), on("b", "81 80:8080")}, []string{"local port 80 ", `"a" in a.yaml`, `"b" in b.yaml`, "Nothing was started"}},
		"any port, twice":                   {[]source{on("a", ":80"), on("b", ":80")}, nil},
		"of other addresses":                {[]source{on("a", "80"), on("b", "80", "127.0.0.2")}, nil},
		"of one address of two":             {[]source{on("a", "80"), on("b", "80", "127.0.0.2", "::1")}, []string{"80"}},
		"of all addresses":                  {[]source{on("a", "80"), on("b", "80", "0.0.0.0")}, []string{"80"}},
		"of all addresses of another kind":  {[]source{on("a", "80", "127.0.0.1"), on("b", "80", "::")}, nil},
		"in one file, which may be meant":   {[]source{{name: "a", tunnels: append(on("x", "80").tunnels, on("y", "80").tunnels...)}}, nil},
		"the same file twice":               {[]source{on("a", "80"), on("a", "80")}, nil},
		"three files, of which two collide": {[]source{on("a", "80"), on("b", "81"), on("c", "81")}, []string{`"b" in b.yaml`, `"c" in c.yaml`}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			_, err := distinct(tt.sources)
			checkError(t, err, tt.says)
		})
	}
}

func TestDangers(t *testing.T) {
	contexts := known{contexts: []kube.Context{
		{Name: "demo", Current: true}, {Name: "live", Production: true}, {Name: "dim", Unsure: true},
	}}
	tests := map[string]struct {
		context string
		listen  []string
		known   known
		want    string
	}{
		"nothing":            {"demo", nil, contexts, ""},
		"the current one":    {"", nil, contexts, ""},
		"this computer":      {"demo", []string{"localhost", "127.0.0.2", "::1"}, contexts, ""},
		"production":         {"live", nil, contexts, `web (svc/web) leads to the context "live", which is marked as production`},
		"unknown marks":      {"dim", nil, contexts, `web (svc/web) leads to the context "dim", which may be production`},
		"no such context":    {"none", nil, contexts, ""}, // the tunnel says so itself
		"nothing is known":   {"none", nil, known{unsure: true}, `web (svc/web) leads to the context "none", which may be production`},
		"the current of all": {"", nil, known{unsure: true}, "web (svc/web) leads to the current context, which may be production"},
		"other computers":    {"demo", []string{"localhost", "0.0.0.0", "::"}, contexts, "web (svc/web) listens on 0.0.0.0, ::, where other computers reach it"},
		"mapped IPv4":        {"demo", []string{"::ffff:127.0.0.1"}, contexts, ""},
		"both": {
			"live",
			[]string{"192.168.0.2"},
			contexts,
			`web (svc/web) leads to the context "live", which is marked as production and listens on 192.168.0.2, where other computers reach it`,
		},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			spec := aStatus(t, "web", "80").Spec
			spec.Target.Context, spec.Listen = tt.context, tt.listen
			var got []string
			for _, d := range dangersOf([]tunnels.Spec{spec}, tt.known) {
				got = append(got, d.sentence())
			}
			if strings.Join(got, "\n") != tt.want {
				t.Errorf("asked is %q, want %q", got, tt.want)
			}
		})
	}
}
