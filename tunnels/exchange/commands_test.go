package exchange

import (
	"strings"
	"testing"

	"culvert/tunnels"
)

func TestCommandsReadBack(t *testing.T) {
	specs := []tunnels.Spec{
		specOf(t, "svc/web 18080:80 :http -n shop --context demo --name='Web; rm -rf $HOME'"),
		specOf(t, "pod/a 81 --address 0.0.0.0,::1"),
		specOf(t, "selector/app=b 82 --context 'my one'"),
	}
	specs[1].Via, specs[1].Policy, specs[1].AutoStart = tunnels.ViaNode, tunnels.OrdinalPolicy(2), true
	for _, tt := range []struct {
		program string
		read    int
		lost    []string
	}{
		{"culvert", 3, []string{"starts by itself"}},
		{"kubectl", 2, []string{"ordinal=2", "transport", "selector/app=b", "starts by itself"}},
	} {
		text, lost := Commands(tt.program, specs)
		f, err := Read("x.sh", []byte(text))
		if err != nil || len(f.Proposals) != tt.read {
			t.Fatalf("%s: %v\n%s", tt.program, err, text)
		}
		for i, p := range f.Proposals {
			want := specs[i]
			if tt.program == "kubectl" {
				want.Via, want.Policy = "", ""
			}
			got := p.Spec
			if sameness(got) != sameness(want) || got.Name != want.Name || got.Via != want.Via || got.Policy != want.Policy || !p.Usable() || len(p.Notes) > 0 {
				t.Errorf("%s: %+v, want %+v", tt.program, p, want)
			}
		}
		if len(lost) != len(tt.lost) {
			t.Fatalf("%s loses %q", tt.program, lost)
		}
		for i, part := range tt.lost {
			if !strings.Contains(lost[i], part) {
				t.Errorf("%s loses %q, want %q", tt.program, lost[i], part)
			}
		}
	}
}

func TestCommandsOfNothing(t *testing.T) {
	if text, lost := Commands("oc", nil); text != "#!/bin/sh\n" || lost != nil {
		t.Errorf("%q, %q", text, lost)
	}
}
