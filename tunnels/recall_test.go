package tunnels_test

import (
	"slices"
	"strings"
	"testing"
	"testing/synctest"

	"culvert/tunnels"
)

func (t *bench) recall(ports map[string]uint16) {
	t.Helper()
	given := make(map[tunnels.Mapping]uint16)
	for m, port := range ports {
		given[mapping(t.T, m)] = port
	}
	if err := t.Recall("t", given); err != nil {
		t.Fatal(err)
	}
}

func TestRecalledPort(t *testing.T) {
	tests := map[string]struct {
		mappings string
		recalled map[string]uint16
		occupied string // an address of another program
		addrs    []string
		warning  string
	}{
		"is had again":                      {":80", map[string]uint16{":80": 42390}, "", []string{"127.0.0.1:42390", "[::1]:42390"}, ""},
		"of two mappings":                   {":80 :81", map[string]uint16{":80": 42390, ":81": 42391}, "", []string{"127.0.0.1:42390", "[::1]:42390", "127.0.0.1:42391", "[::1]:42391"}, ""},
		"is in use":                         {":80", map[string]uint16{":80": 42390}, "127.0.0.1:42390", []string{"127.0.0.1:40000", "[::1]:40000"}, "Port 42390, which it had before, is in use: it listens on 40000 instead."},
		"is in use in the other family":     {":80", map[string]uint16{":80": 42390}, "[::1]:42390", []string{"127.0.0.1:40000", "[::1]:40000"}, "Port 42390, which it had before, is in use: it listens on 40000 instead."},
		"of a mapping that the spec lacks":  {":80", map[string]uint16{":81": 42390}, "", []string{"127.0.0.1:40000", "[::1]:40000"}, ""},
		"of a mapping that names its port":  {"6000:80", map[string]uint16{"6000:80": 42390}, "", []string{"127.0.0.1:6000", "[::1]:6000"}, ""},
		"of a name that means another port": {"http", map[string]uint16{"http": 42390}, "", []string{"127.0.0.1:8000", "[::1]:8000"}, ""},
		"0 is none":                         {":80", map[string]uint16{":80": 0}, "", []string{"127.0.0.1:40000", "[::1]:40000"}, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			inBubble(t, func(t *bench) {
				t.cluster.SetFound(nil, named(8000, pod("1")))
				if tt.occupied != "" {
					defer t.take(tt.occupied).Close()
				}
				t.put("t", tt.mappings)
				t.recall(tt.recalled)
				t.start("t")
				var got []string
				for _, a := range t.addrs("t") {
					got = append(got, a.String())
				}
				if !slices.Equal(got, tt.addrs) {
					t.Errorf("it listens on %v, want %v", got, tt.addrs)
				}
				if got := strings.Join(t.status("t").Warnings, "; "); got != tt.warning {
					t.Errorf("the warning is %q, want %q", got, tt.warning)
				}
				told := slices.ContainsFunc(t.Timeline("t"), func(e tunnels.Event) bool {
					return e.Kind == tunnels.EventWarning && e.Warning == tt.warning
				})
				if told != (tt.warning != "") {
					t.Errorf("the timeline tells of it: %v", told)
				}
			})
		})
	}
}

// TestThePortThatWasGivenLastIsPreferred: what the user saw last is what the next
// start brings, although the first one is free again.
func TestThePortThatWasGivenLastIsPreferred(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		other := t.take("127.0.0.1:42390")
		t.put("t", ":80")
		t.recall(map[string]uint16{":80": 42390})
		t.start("t")
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		other.Close()
		t.recall(map[string]uint16{":80": 42390}) // of an older run
		t.start("t")
		if got := t.addrs("t"); len(got) != 2 || got[0].Port() != 40000 {
			t.Errorf("it listens on %v", got)
		}
		if ws := t.status("t").Warnings; len(ws) != 0 {
			t.Errorf("it warns of %q", ws)
		}
	})
}

func TestRecallable(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run(":80 6000:81")
		got := t.status("t").Recallable()
		if len(got) != 1 || got[mapping(t.T, ":80")] != 40000 {
			t.Errorf("to be recalled are %v", got)
		}
		if err := t.StartOn(t.Context(), "t", map[tunnels.Mapping]uint16{mapping(t.T, ":80"): 7000}); err != nil {
			t.Fatal(err)
		}
		synctest.Wait()
		if got := t.status("t").Recallable(); len(got) != 0 {
			t.Errorf("although another port stands in, to be recalled are %v", got)
		}
	})
}

func TestRecallOfNoTunnel(t *testing.T) {
	inBubble(t, func(t *bench) {
		if err := t.Recall("none", nil); tunnels.AsError(err).Cause != tunnels.CauseInvalid {
			t.Errorf("the error is %v", err)
		}
	})
}

func TestPutStopped(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run(":80")
		spec := t.status("t").Spec
		put := func(context, why string) {
			t.Helper()
			spec.Target.Context = context
			if err := t.PutStopped(spec, why); err != nil {
				t.Fatal(err)
			}
		}
		put("other", "its file has changed")
		if st := t.want(tunnels.Stopped, "its file has changed"); st.Spec.Target.Context != "other" || len(st.Bound) != 0 {
			t.Errorf("it leads to %q and listens on %v", st.Spec.Target.Context, st.Bound)
		}
		if past := t.Timeline("t"); past[len(past)-1].Reason != "its file has changed" {
			t.Errorf("the timeline ends with %+v", past[len(past)-1])
		}
		put("third", "another reason") // it was stopped already
		t.want(tunnels.Stopped, "its file has changed")
		t.start("t")
		t.want(tunnels.Ready, "")
		if err := t.Stop(t.Context(), "t"); err != nil {
			t.Fatal(err)
		}
		if st := t.want(tunnels.Stopped, ""); st.Reason != "" {
			t.Errorf("after a stop by the user the reason is %q", st.Reason)
		}
	})
}

func TestArrangeAndPutBefore(t *testing.T) {
	inBubble(t, func(t *bench) {
		order := func(want string) {
			t.Helper()
			var got []string
			for _, st := range t.Snapshot() {
				got = append(got, string(st.Spec.ID))
			}
			if strings.Join(got, " ") != want {
				t.Errorf("the order is %v, want %s", got, want)
			}
		}
		t.put("b", ":80")
		t.put("d", ":80")
		before := func(id, before tunnels.ID) {
			t.Helper()
			spec := t.status("b").Spec
			spec.ID = id
			if err := t.PutBefore(spec, before); err != nil {
				t.Fatal(err)
			}
		}
		before("a", "b")
		before("c", "d")
		before("e", "nobody")
		before("a", "e") // is there already
		order("a b c d e")
		t.Arrange([]tunnels.ID{"e", "nobody", "b", "e"})
		order("e b a c d")
		t.Arrange(nil)
		order("e b a c d")
	})
}

// TestLocalhostIsTheSameUnsaid: to write down what is so anyway restarts nothing.
func TestLocalhostIsTheSameUnsaid(t *testing.T) {
	inBubble(t, func(t *bench) {
		t.cluster.SetPods(nil, pod("1"))
		t.run(":80")
		c := t.dial("127.0.0.1:40000")
		t.put("t", ":80", func(s *tunnels.Spec) { s.Listen = []string{tunnels.Localhost} })
		t.echoOn(c)
	})
}
