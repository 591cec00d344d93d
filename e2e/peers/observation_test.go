package peers

import "testing"

func TestVerdict(t *testing.T) {
	for name, test := range map[string]struct {
		seen Observation
		text string
		want Grade
	}{
		"undisturbed":      {Observation{Started: true, Accepts: true, Served: true, After: 0.1, New: 9}, "goes on", Serves},
		"late":             {Observation{Started: true, Accepts: true, Served: true, After: 3.21}, "goes on, serves after 3.2 s", Serves},
		"some lost":        {Observation{Started: true, Served: true, New: 9, Lost: 2}, "goes on; 2 of 9 new connections lost", Hurt},
		"exits":            {Observation{Started: true, Exit: "status 1", New: 9, Lost: 9}, "exits, status 1", Useless},
		"exits after all":  {Observation{Started: true, Served: true, Exit: "status 1"}, "exits, status 1", Useless},
		"accepts only":     {Observation{Started: true, Accepts: true, Patience: 20}, "accepts and does not serve within 20 s", Useless},
		"port gone":        {Observation{Started: true}, "runs, but its port is gone", Useless},
		"never started":    {Observation{Exit: "status 2", New: 3, Lost: 3}, "does not start, status 2", Refuses},
		"never serves":     {Observation{Accepts: true}, "runs and never serves", Useless},
		"starts later":     {Observation{Served: true, After: 1}, "goes on, serves after 1.0 s", Serves},
		"silent loss":      {Observation{Started: true, Served: true, Transfer: Silent}, "data lost without a word; goes on", Corrupt},
		"wrong bytes":      {Observation{Started: true, Served: true, Transfer: Wrong}, "other data than was sent; goes on", Corrupt},
		"cut":              {Observation{Started: true, Served: true, Transfer: Told}, "the transfer is cut, with an error; goes on", Hurt},
		"hanging":          {Observation{Started: true, Served: true, Transfer: Hanging}, "the transfer hangs; goes on", Useless},
		"whole":            {Observation{Started: true, Served: true, Transfer: Whole}, "goes on", Serves},
		"some beside":      {Observation{Started: true, Served: true, Beside: 9, Of: 10}, "goes on; 9 of 10 connections served", Hurt},
		"none beside":      {Observation{Started: true, Served: true, Of: 10}, "goes on; 0 of 10 connections served", Useless},
		"nobody to serve":  {Observation{Started: true, Nobody: true}, "runs and does not serve", Refuses},
		"the wrong pod":    {Observation{Started: true, Served: true, Nobody: true}, "leads to a pod that it was not asked for", Corrupt},
		"rightly refused":  {Observation{Started: true, Exit: "status 1", Nobody: true}, "does not start, status 1", Refuses},
		"stopped":          {Observation{Started: true, Served: true, Stopped: 0.25, PortFree: true}, "ends in 0.2 s", Serves},
		"cannot be ended":  {Observation{Started: true, Stopped: 10, Killed: true, PortFree: true}, "does not end when asked to", Useless},
		"stopped and held": {Observation{Started: true, Served: true, Stopped: 0.25}, "ends in 0.2 s; its port is not free", Hurt},
	} {
		t.Run(name, func(t *testing.T) {
			if v := test.seen.Verdict(); v.Text != test.text || v.Grade != test.want {
				t.Errorf("the verdict is %q of grade %d, want %q of grade %d", v.Text, v.Grade, test.text, test.want)
			}
		})
	}
}

func TestBehind(t *testing.T) {
	served := func(after float64) Observation { return Observation{Started: true, Served: true, After: after} }
	exits := Observation{Started: true, Exit: "status 1"}
	for name, test := range map[string]struct {
		a, b Observation
		want bool
	}{
		"a worse kind":  {exits, served(9), true},
		"a better kind": {served(9), exits, false},
		"much later":    {served(3), served(0.5), true},
		"a bit later":   {served(2), served(0.5), false},
		"the same":      {exits, exits, false},
		"cuts what the other keeps": {
			Observation{Started: true, Served: true, Transfer: Told},
			Observation{Started: true, Served: true, Transfer: Whole, New: 9, Lost: 9},
			true,
		},
	} {
		if got := behind(test.a, test.b); got != test.want {
			t.Errorf("%s: behind is %v", name, got)
		}
	}
}

func TestRedact(t *testing.T) {
	for line, want := range map[string]string{
		"Forwarding from 127.0.0.1:20017 -> 9001":                                  "Forwarding from ADDRESS -> 9001",
		"dial tcp 10.10.0.1:6443: connect: refused":                                "dial tcp ADDRESS: connect: refused",
		"listen tcp6 [::1]:20017: in use":                                          "listen tcp6 ADDRESS: in use",
		"Unable to listen on port 20017":                                           "Unable to listen on port PORT",
		"E1122 20:01:02.123456   12345 portforward.go:512] \"x\"":                  "portforward.go:512] \"x\"",
		"sandbox 0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef": "sandbox ID",
		"pod a1b2c3d4-0000-4000-8000-a1b2c3d4e5f6 is gone":                         "pod UID is gone",
		"open /root/.cache/x/run/1/admin.kubeconfig: no such file":                 "open PATH: no such file",
	} {
		if got := redact(line); got != want {
			t.Errorf("%q becomes %q, want %q", line, got, want)
		}
	}
}
