package exchange

import (
	"fmt"
	"slices"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/command"
)

// specOf is the tunnel of a quick line.
func specOf(t *testing.T, line string) tunnels.Spec {
	t.Helper()
	p, err := command.Parse(line)
	if err != nil {
		t.Fatal(err)
	}
	return tunnels.Spec{Name: p.Name, Target: p.Target, Mappings: p.Mappings, Listen: p.Listen}
}

func TestJudge(t *testing.T) {
	tests := []struct {
		name      string
		existing  []string
		proposals []string
		want      []string
	}{
		{"nothing there", nil, []string{"svc/a 80", "svc/b 81 --context dev"}, []string{"take", "take"}},
		{"the same is there", []string{"svc/a 80 81 -n n --name=x"}, []string{"svc/a 81 80 -n n --address localhost", "svc/a 80 81 -n m"}, []string{"have x", "take clash 80 x 81 x"}},
		{"the same name", []string{"svc/b 90 --name=a"}, []string{"svc/a 80"}, []string{"take named"}},
		{"twice in one file", nil, []string{"svc/a 80", "svc/a 80 --name=z", "svc/a 81"}, []string{"take", "have a twin", "take"}},
		{"ports", []string{"svc/b 80", "svc/c 82 --address 127.0.0.2"}, []string{"svc/a 80:1 :80 82 83", "svc/d 83"}, []string{"take clash 80 b", "take clash 83 a"}},
		{"open to others", []string{"svc/b 80 --address 127.0.0.2"}, []string{"svc/a 80 --address 0.0.0.0", "svc/a 81 --address 192.0.2.1,::1"}, []string{"leave clash 80 b open 0.0.0.0", "leave open 192.0.2.1"}},
		{"an unknown context", nil, []string{"svc/a 80 --context prod"}, []string{"leave unknown prod"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			var existing []tunnels.Spec
			for _, l := range tt.existing {
				existing = append(existing, specOf(t, l))
			}
			var proposals []Proposal
			for _, l := range tt.proposals {
				proposals = append(proposals, Proposal{Spec: specOf(t, l)})
			}
			var got []string
			for _, v := range Judge(proposals, existing, []string{"dev"}) {
				got = append(got, verdictLine(v))
			}
			if !slices.Equal(got, tt.want) {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

func verdictLine(v Verdict) string {
	if v.Have != "" {
		if v.Twin {
			return "have " + v.Have + " twin"
		}
		return "have " + v.Have
	}
	out := "leave"
	if v.Choose {
		out = "take"
	}
	if v.Named {
		out += " named"
	}
	for i, c := range v.Clashes {
		if i == 0 {
			out += " clash"
		}
		out += fmt.Sprintf(" %d %s", c.Port, c.With)
	}
	for _, a := range v.Open {
		out += " open " + a
	}
	if v.Unknown != "" {
		out += " unknown " + v.Unknown
	}
	return out
}

func TestWithoutContextsNoneIsUnknown(t *testing.T) {
	if v := Judge([]Proposal{{Spec: specOf(t, "svc/a 80 --context x")}}, nil, nil); v[0].Unknown != "" || !v[0].Choose {
		t.Errorf("%+v", v)
	}
}

func TestProposalsWithProblemsTakeNothing(t *testing.T) {
	broken := Proposal{Spec: specOf(t, "svc/a 80"), Problems: []string{"No."}}
	if v := Judge([]Proposal{broken, {Spec: specOf(t, "svc/a 80")}}, nil, nil); v[0].Choose || !v[1].Choose || v[1].Have != "" {
		t.Errorf("%+v", v)
	}
}

func specsOf(t *testing.T, quick ...string) []tunnels.Spec {
	t.Helper()
	var out []tunnels.Spec
	for _, l := range quick {
		out = append(out, specOf(t, l))
	}
	return out
}
