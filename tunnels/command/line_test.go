package command

import (
	"math/rand/v2"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/tunnels"
)

func TestLine(t *testing.T) {
	web := tunnels.Target{Kind: tunnels.KindService, Name: "web"}
	ms := []tunnels.Mapping{{Local: 6000, Remote: tunnels.Port{Number: 5000}}, {Remote: tunnels.Port{Name: "http"}}}
	full := tunnels.Spec{
		Target: tunnels.Target{Kind: tunnels.KindSelector, Name: "app=web,tier in (a, b)", Context: "it's mine", Namespace: "shop"}, Mappings: ms,
		Listen: []string{"localhost", "192.0.2.1"}, Name: "Web", Policy: tunnels.OrdinalPolicy(2), Via: tunnels.ViaNode, Hold: time.Second, StopAfter: time.Hour, Tags: []string{"a"},
	}
	tests := []struct {
		name, program string
		spec          tunnels.Spec
		want          string
		lost          []string // parts of the sentences
	}{
		{"plain", "kubectl", tunnels.Spec{Target: web, Mappings: ms, Hold: tunnels.DefaultHold}, "kubectl port-forward svc/web 6000:5000 :http", nil},
		{"culvert's own verb", "culvert", tunnels.Spec{Target: web, Mappings: ms}, "culvert forward svc/web 6000:5000 :http", nil},
		{
			"all that oc cannot", "oc", full,
			`oc port-forward --context 'it'\''s mine' -n shop --address localhost,192.0.2.1 'selector/app=web,tier in (a, b)' 6000:5000 :http`,
			[]string{"a selector", "policy ordinal=2", "transport", "no name", "no tags", "connections wait", "stop by itself"},
		},
		{
			"culvert can more", "culvert", full,
			`culvert forward --context 'it'\''s mine' -n shop --address localhost,192.0.2.1 --via node --policy ordinal=2 'selector/app=web,tier in (a, b)' 6000:5000 :http`,
			[]string{"no name", "no tags", "connections wait", "stop by itself"},
		},
		{"a context like a flag", "oc", tunnels.Spec{Target: tunnels.Target{Kind: tunnels.KindPod, Name: "a", Context: "--token"}}, "oc port-forward --context=--token pod/a", nil},
		{"oc knows its own", "oc", tunnels.Spec{Target: tunnels.Target{Kind: tunnels.KindDeploymentConfig, Name: "a"}}, "oc port-forward dc/a", nil},
		{"kubectl does not", "kubectl", tunnels.Spec{Target: tunnels.Target{Kind: tunnels.KindDeploymentConfig, Name: "a"}}, "kubectl port-forward dc/a", []string{"use oc"}},
		{"nor cron jobs", "kubectl", tunnels.Spec{Target: tunnels.Target{Kind: tunnels.KindCronJob, Name: "a"}}, "kubectl port-forward cronjob/a", []string{"CronJob"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			line, lost := Line(tt.program, tt.spec)
			if line != tt.want {
				t.Errorf("got  %s\nwant %s", line, tt.want)
			}
			if len(lost) != len(tt.lost) {
				t.Fatalf("lost %q", lost)
			}
			for i, part := range tt.lost {
				if !strings.Contains(lost[i], part) {
					t.Errorf("lost %q, want %q", lost[i], part)
				}
			}
		})
	}
}

func TestQuickHasSpacesForWhatCannotBeShown(t *testing.T) {
	if got := Quick(tunnels.Spec{Name: "a\nb\x00\xffc"}); got != "'--name=a b  c'" {
		t.Errorf("got %s", got)
	}
}

// drawn is a tunnel that could be.
func drawn(r *rand.Rand) tunnels.Spec {
	pick := func(of ...string) string { return of[r.IntN(len(of))] }
	spec := tunnels.Spec{
		ID: "1",
		Target: tunnels.Target{
			Kind: tunnels.Kinds[r.IntN(len(tunnels.Kinds))], Name: pick("web", "forward", "kubectl", "oc", "8080", "svc", "a.b-c"),
			Namespace: pick("", "shop", "forward", "port-forward", "k"),
			Context:   pick("", "dev", "kubectl", "my one", "it's", "-n", "--token=x", "a/b:6443/c", "$HOME", "ünï", "A=b", "#x", "50%"),
		},
		Name: pick("", "", "Web", "forward", "a b", "'", `"`, `\`, "`x`", "--token x", "$(x)", "a*", "~", "&& x", "é – ü"),
	}
	if spec.Target.Kind == tunnels.KindSelector {
		spec.Target.Name = pick("app=web", "app in (a,b)", "a!=b, c", "x@y%", "!a", "$a", `it's`, `"`)
	}
	for _, a := range []string{"localhost", "127.0.0.1", "::1", "192.0.2.7", "fe80::1%eth0"} {
		if r.IntN(4) == 0 {
			spec.Listen = append(spec.Listen, a)
		}
	}
	for range r.IntN(4) {
		m := tunnels.Mapping{Local: tunnels.LocalPort(r.IntN(65536)), Remote: tunnels.Port{Number: uint16(1 + r.IntN(65535))}}
		if r.IntN(3) == 0 {
			m.Remote = tunnels.Port{Name: pick("http", "forward", "oc", "svc", "x-1")}
			m.Local = tunnels.LocalPort(r.IntN(3) - 1)
		}
		grown := append(slices.Clone(spec.Mappings), m)
		if (tunnels.Spec{ID: "1", Target: spec.Target, Mappings: grown}).Validate() == nil {
			spec.Mappings = grown
		}
	}
	return spec
}

func TestWhatIsWrittenReadsBack(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for range 4000 {
		spec := drawn(r)
		check := func(line, program, name string) {
			p, err := Parse(line)
			checkPieces(t, line, p)
			if err != nil || p.Program != program || p.Target != spec.Target || p.Name != name ||
				!slices.Equal(p.Mappings, spec.Mappings) || !slices.Equal(p.Listen, spec.Listen) || len(p.Warnings) > 0 {
				t.Fatalf("%s\nof %+v reads back as %+v, %v", line, spec, p, err)
			}
		}
		check(Quick(spec), "", spec.Name)
		for _, program := range []string{kubectl, oc, culvert} {
			line, _ := Line(program, spec)
			check(line, program, "")
		}
	}
}

func FuzzParse(f *testing.F) {
	for _, s := range []string{
		"", "svc/web 6000:5000 :9090 -n shop", "$ kubectl --context dev port-forward svc/web 80 &>/dev/null &", "--name 'a", "svc/", "-n", "-", "--",
		"kubectl port-forward \\\n> svc/web `\n ^\n 80", "a $(b (c) `d` \"e\" ${f", "–n shop", "k 80 <pod> 2>&1 | x; y && z # w", `C:\a>kubectl.exe port-forward`,
		"--token x -token x --tokn=x -sx -px", "selector/app=web,tier in (a,b) 'selector/a in (b)'", "while x; do A=b sudo oc port-forward a 1 -A --address ,", "[a]$ svc -n a web",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		p, err := Parse(text)
		checkPieces(t, text, p)
		spec := tunnels.Spec{ID: "1", Target: p.Target, Mappings: p.Mappings, Listen: p.Listen, Name: p.Name}
		if p.Target.Kind != "" && len(p.Mappings) > 0 {
			if err := spec.Validate(); err != nil {
				t.Fatalf("%q is %+v: %v", text, p, err)
			}
		}
		line := Quick(spec)
		if again, err := Parse(line); len(line) <= most && (err != nil || again.Target != p.Target || again.Name != p.Name ||
			!reflect.DeepEqual(again.Mappings, p.Mappings) || !reflect.DeepEqual(again.Listen, p.Listen)) {
			t.Fatalf("%q is %+v, written %q, which is %+v, %v", text, p, line, again, err)
		}
		if err != nil || strings.Contains(text, mark) {
			return
		}
		for _, flag := range []string{"--token=" + mark, "-token " + mark, "--password '" + mark + " x'", "--api-key=$(" + mark + ")"} {
			for _, with := range []string{flag + " " + text, "kubectl " + flag + " port-forward " + text} {
				if p, err := Parse(with); tells(p, err) {
					t.Fatalf("%q tells: %+v, %v", with, p, err)
				}
			}
		}
	})
}

// TestReaches: what a program cannot forward to is exactly what its line would be
// refused for.
func TestReaches(t *testing.T) {
	for _, kind := range tunnels.Kinds {
		for _, program := range []string{"kubectl", "oc", "culvert"} {
			target := tunnels.Target{Kind: kind, Name: "app=web"}
			_, lost := Line(program, tunnels.Spec{Target: target, Mappings: []tunnels.Mapping{{Local: 80, Remote: tunnels.Port{Number: 80}}}})
			if got := Reaches(program, kind); got != (len(lost) == 0) {
				t.Errorf("%s to %s: %v, but it loses %q", program, kind, got, lost)
			}
		}
	}
}
