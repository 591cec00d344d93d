package ui

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"culvert/tunnels"
)

func TestEveryStateHasItsOwnGlyphAndWord(t *testing.T) {
	glyphs, words := map[string]tunnels.State{}, map[string]tunnels.State{}
	for _, s := range tunnels.States {
		look := lookOf(s)
		word, short := stateWord(tunnels.Status{State: s}, noon)
		if other, taken := glyphs[look.glyph]; taken {
			t.Errorf("%v and %v have the same glyph %q", s, other, look.glyph)
		}
		if other, taken := words[word]; taken {
			t.Errorf("%v and %v have the same word %q", s, other, word)
		}
		if word == "" || short == "" {
			t.Errorf("%v has no word", s)
		}
		glyphs[look.glyph], words[word] = s, s
	}
}

func TestStateWordsAndReasons(t *testing.T) {
	busy := &tunnels.Error{Err: errors.New("another program uses port 6000"), Cause: tunnels.CausePortBusy}
	tests := []struct {
		name                          string
		st                            tunnels.Status
		word, short, reason, sentence string
	}{
		{
			"ready",
			tunnels.Status{State: tunnels.Ready, Latency: 18 * time.Millisecond, Since: noon.Add(-192 * time.Minute)},
			"Ready", "Ready", "18 ms · 3 h 12 min", "Ready · answered a ping in 18 ms",
		},
		{"stopped", tunnels.Status{}, "Stopped", "Stopped", "", "Stopped · not listening"},
		{"starting", tunnels.Status{State: tunnels.Starting}, "Starting", "Starting", "Opening session…", "Starting"},
		{
			"waiting",
			tunnels.Status{State: tunnels.Waiting, Reason: "0 of 1 ready"},
			"Waiting for pod", "Waiting", "0 of 1 ready", "Waiting for pod · 0 of 1 ready",
		},
		{
			"reconnecting, counting down",
			tunnels.Status{State: tunnels.Reconnecting, RetryAt: noon.Add(3500 * time.Millisecond), Reason: "reset", Held: 1},
			"Reconnecting in 4 s", "Reconnecting 4 s", "Reset · 1 client waits", "Reconnecting in 4 s · reset · 1 client waits",
		},
		{
			"reconnecting now",
			tunnels.Status{State: tunnels.Reconnecting, RetryAt: noon.Add(-time.Second), Held: 2},
			"Reconnecting", "Reconnecting", "2 clients wait", "Reconnecting · 2 clients wait",
		},
		{
			"stopped by itself",
			tunnels.Status{Ended: 90 * time.Minute, Reason: "stopped by itself after 1 h 30 min"},
			"Stopped", "Stopped", "By itself after 1 h 30 min", "Stopped · by itself after 1 h 30 min",
		},
		{
			"ready, with an end",
			tunnels.Status{State: tunnels.Ready, Latency: 31 * time.Millisecond, Since: noon, StopAt: noon.Add(42 * time.Minute)},
			"Ready", "Ready", "31 ms · off in 42 min", "Ready · answered a ping in 31 ms",
		},
		{
			"starting, looking",
			tunnels.Status{State: tunnels.Starting, Reason: "opening the local ports"},
			"Starting", "Starting", "Opening local ports…", "Starting · opening local ports…",
		},
		{
			"waiting for what is not there",
			tunnels.Status{State: tunnels.Waiting, Reason: "not found", Err: &tunnels.Error{Err: errors.New("no such pod"), Cause: tunnels.CauseNotFound}, Held: 1},
			"Waiting for pod", "Waiting", "1 client waits", "Waiting for pod · target not found · 1 client waits",
		},
		{
			"needs the user, a permission",
			tunnels.Status{State: tunnels.NeedsUser, Reason: "no permission", Err: &tunnels.Error{Err: errors.New("x"), Cause: tunnels.CauseForbidden}},
			"Needs you: no right", "Needs you", "You lack a permission", "Needs you: no right",
		},
		{
			"an error without words",
			tunnels.Status{State: tunnels.Reconnecting, Reason: "error", Err: &tunnels.Error{Err: errors.New("odd thing")}},
			"Reconnecting", "Reconnecting", "Odd thing", "Reconnecting",
		},
		{
			"needs the user, the reason in other words",
			tunnels.Status{State: tunnels.NeedsUser, Reason: "port busy", Err: busy},
			"Needs you: port busy", "Needs you", "Another program has it", "Needs you: port busy",
		},
		{
			"needs the user for something else",
			tunnels.Status{State: tunnels.NeedsUser, Reason: "token expired", Err: &tunnels.Error{Err: errors.New("x"), Cause: tunnels.CauseSignIn}},
			"Needs you: sign in", "Needs you", "Token expired", "Needs you: sign in · token expired",
		},
		{
			"degraded by an address",
			tunnels.Status{State: tunnels.Degraded, Unbound: []tunnels.Unbound{{Addr: netip.MustParseAddrPort("[::1]:6000")}}},
			"Degraded", "Degraded", "Not on ::1", "Degraded · not on ::1",
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			word, short := stateWord(tt.st, noon)
			got := []string{word, short, stateReason(tt.st, noon), stateSentence(tt.st, noon)}
			if want := []string{tt.word, tt.short, tt.reason, tt.sentence}; !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
		})
	}
}

func TestReasonsFitTheRow(t *testing.T) {
	target := tunnels.Target{Kind: tunnels.KindPod, Name: "web-7d4b9c6f5-x2x9k"}
	unbound := func(addr string, cause tunnels.Cause) tunnels.Status {
		e := &tunnels.Error{Err: errors.New("a whole sentence about what is wrong here"), Cause: cause}
		return tunnels.Status{State: tunnels.NeedsUser, Err: e, Unbound: []tunnels.Unbound{{Addr: netip.MustParseAddrPort(addr), Err: e}}}
	}
	waiting := func(reason string) tunnels.Status {
		return tunnels.Status{State: tunnels.Waiting, Reason: reason, Spec: tunnels.Spec{Target: target}}
	}
	ready := func(latency, left time.Duration) tunnels.Status {
		return tunnels.Status{State: tunnels.Ready, Latency: latency, Since: noon.Add(-time.Hour), StopAt: noon.Add(left)}
	}
	refusing := func(cause tunnels.Cause) tunnels.Status {
		st := stopped(spec("a", "", "", "p", "15432"))
		st.State, st.Reason = tunnels.Degraded, "pod refuses 15432"
		st.PortErrs = map[tunnels.Port]*tunnels.Error{{Number: 15432}: {Err: errors.New("x"), Cause: cause}}
		return st
	}
	tests := []struct {
		st   tunnels.Status
		want string
	}{
		{unbound("127.0.0.1:16379", tunnels.CausePortBusy), "Port 16379 is taken"},
		{unbound("192.0.2.7:80", tunnels.CauseNoAddress), "192.0.2.7 is not here"},
		{unbound("[::1]:80", tunnels.CauseSignIn), "No valid credentials"},
		{waiting("Pending: ImagePullBackOff"), "ImagePullBackOff"},
		{waiting("there is no pod/web-7d4b9c6f5-x2x9k"), "It does not exist yet"},
		{waiting("web-7d4b9c6f5-x2x9k is terminating"), "Terminating"},
		{waiting("looking for pod/web-7d4b9c6f5-x2x9k"), "Looking for the pod"},
		{tunnels.Status{State: tunnels.Reconnecting, Reason: "connection cut", Held: 3}, "Reset · 3 clients wait"},
		{tunnels.Status{State: tunnels.Reconnecting, Reason: "cluster unreachable", Held: 3}, "3 clients wait"},
		{unbound("127.0.0.1:80", tunnels.CausePrivileged), "Port 80 needs rights"},
		{unbound("127.0.0.1:80", tunnels.CauseForbidden), "You lack a permission"},
		{unbound("127.0.0.1:80", tunnels.CauseNotFound), "It does not exist"},
		{unbound("127.0.0.1:80", tunnels.CauseRefused), "Nothing listens there"},
		{unbound("127.0.0.1:80", tunnels.CauseTLS), "Not trusted"},
		{ready(31*time.Millisecond, 42*time.Minute), "31 ms · off in 42 min"},
		{ready(31*time.Millisecond, 41*time.Minute+time.Second), "31 ms · off in 42 min"},
		{ready(31*time.Millisecond, time.Second), "31 ms · off in 1 min"},
		{ready(31*time.Millisecond, -time.Second), "31 ms · off in 1 min"},
		{ready(131*time.Millisecond, 3*time.Hour+12*time.Minute), "off in 3 h 12 min"},
		{ready(31*time.Millisecond, 2*time.Hour), "31 ms · off in 2 h"},
		{ready(0, 2*time.Hour), "off in 2 h"},
		{tunnels.Status{Ended: time.Hour, Reason: "stopped by itself after 1 h"}, "By itself after 1 h"},
		{refusing(tunnels.CauseRefused), "Target refuses 15432"},
		{refusing(tunnels.CauseInvalid), "Cannot forward 15432"},
	}
	for _, tt := range tests {
		if got := stateReason(tt.st, noon); got != tt.want || !brief(got) {
			t.Errorf("%q in the row is %q, want %q", tt.st.Reason, got, tt.want)
		}
	}
}

func TestLocalLines(t *testing.T) {
	partial := readyStatus(spec("a", "", "", "p", "6000:5000"))
	partial.Unbound = []tunnels.Unbound{{
		Mapping: partial.Bound[1].Mapping, Addr: partial.Bound[1].Addr,
		Err: &tunnels.Error{Err: errors.New("taken"), Cause: tunnels.CausePortBusy},
	}}
	partial.Bound = partial.Bound[:1]
	tests := []struct {
		name string
		st   tunnels.Status
		want [2]localLine
		more int
	}{
		{
			"both families of one mapping", readyStatus(spec("a", "", "", "p", "6000:5000")),
			[2]localLine{{text: "127.0.0.1:6000", copy: "127.0.0.1:6000"}, {lead: "and ", text: "[::1]:6000", copy: "[::1]:6000"}},
			0,
		},
		{
			"a random number shows at once", readyStatus(spec("a", "", "", "p", ":5000")),
			[2]localLine{{text: "127.0.0.1:42000", copy: "127.0.0.1:42000", random: true}, {lead: "and ", text: "[::1]:42000", copy: "[::1]:42000"}},
			0,
		},
		{
			"random ones first, the rest counted", readyStatus(spec("a", "", "", "p", "6000:5000", "7000", ":9090")),
			[2]localLine{{text: "127.0.0.1:42002", copy: "127.0.0.1:42002", to: "→ 9090", random: true}, {text: "127.0.0.1:6000", copy: "127.0.0.1:6000", to: "→ 5000"}},
			1,
		},
		{
			"one family is taken", partial,
			[2]localLine{{text: "127.0.0.1:6000", copy: "127.0.0.1:6000"}, {lead: "and ", text: "[::1]:6000", trouble: "busy"}},
			0,
		},
		{
			"stopped", stopped(spec("a", "", "", "p", "6000:5000")),
			[2]localLine{{text: "127.0.0.1:6000"}, {text: "not listening", plain: true}},
			0,
		},
		{
			"stopped with a random port", stopped(spec("a", "", "", "p", ":5000")),
			[2]localLine{{text: "any free port", plain: true}, {text: "not listening", plain: true}},
			0,
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			lines, more := localLines(tt.st, newPhrases())
			if lines != tt.want || more != tt.more {
				t.Errorf("got  %+v and %d more\nwant %+v and %d more", lines, more, tt.want, tt.more)
			}
		})
	}
}

func TestTheSearchLooksEverywhere(t *testing.T) {
	st := readyStatus(spec("shop web", "", "", "web-1", "6000:5000"))
	st.Spec.Tags = []string{"http", "on-call"}
	names := targetNames{current: "dev-eu", namespaces: map[string]string{"dev-eu": "shop"}}
	for search, want := range map[string]bool{
		"": true, "WEB": true, "dev-eu": true, "6000": true, "5000": true, "pod/web": true, "shop 6000": true,
		"127.0.0.1": true, "on-call": true, "ready": true, "degraded": false, "prod": false, "shop 7000": false,
	} {
		if got := matches(&st, names, search); got != want {
			t.Errorf("%q matches: %v, want %v", search, got, want)
		}
	}
}

func TestTableRowsGroupByContext(t *testing.T) {
	in := tableInput{
		snap: tunnels.Snapshot{
			stopped(spec("a", "prod", "x", "p", "1")), readyStatus(spec("b", "", "", "p", "2")), stopped(spec("c", "prod", "x", "p", "3")),
		},
		rates: &meter{}, now: noon,
		defaults: targetNames{current: "dev", namespaces: map[string]string{"dev": "shop"}, places: map[string]int{"dev": 0, "prod": 1}},
	}
	var got []string
	for _, r := range tableRows(in) {
		if r.group {
			got = append(got, r.context+": "+r.note)
		} else {
			got = append(got, r.name+" in "+r.below)
		}
	}
	want := []string{"prod: 2 tunnels", "a in x", "c in x", "dev: 1 tunnel", "b in shop"}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestTallyLeavesOutEmptyStates(t *testing.T) {
	n := tallyOf(tunnels.Snapshot{{State: tunnels.Ready}, {State: tunnels.Ready}, {State: tunnels.NeedsUser}, {}})
	if n.total != 4 || n.running != 3 || n.attention != 1 {
		t.Errorf("the tally is %+v", n)
	}
	want := []stateCount{{tunnels.Ready, 2, "2 ready"}, {tunnels.NeedsUser, 1, "1 needs you"}, {tunnels.Stopped, 1, "1 stopped"}}
	if got := n.strip(); !slices.Equal(got, want) {
		t.Errorf("the strip is %v, want %v", got, want)
	}
}

func TestRates(t *testing.T) {
	var m meter
	at := func(seconds float64, in, out uint64) {
		m.update(tunnels.Snapshot{{Spec: tunnels.Spec{ID: "a"}, In: in, Out: out}}, noon.Add(time.Duration(seconds*float64(time.Second))))
	}
	at(0, 1000, 0)
	at(0.5, 9000, 0) // too soon to count
	at(2, 5000, 400)
	if got := m.of("a"); got != (flow{2000, 200}) {
		t.Errorf("after 4000 bytes in 2 s the rate is %+v", got)
	}
	at(3, 100, 0) // it was started anew
	if got := m.total(nil); got != (flow{}) {
		t.Errorf("after the counters began anew the rate is %+v", got)
	}
}

func TestTexts(t *testing.T) {
	for got, want := range map[string]string{
		bytesText(999): "999 B", bytesText(1000): "1.0 KB", bytesText(9_940): "9.9 KB", bytesText(9_960): "10 KB",
		bytesText(999_499): "999 KB", bytesText(999_600): "1.0 MB", bytesText(48_300_000): "48 MB",
		ageText(59 * time.Second): "", ageText(61 * time.Second): "1 min",
		ageText(50 * time.Hour): "2 d 2 h", untilText(0): "", untilText(61 * time.Second): "2 min",
		latencyText(300 * time.Microsecond): "1 ms", latencyText(12 * time.Second): "12 s",
		sentence("no pod"): "No pod.", sentence(`"abc" is wrong`): "“abc” is wrong.", sentence("web-1.shop is gone!"): "web-1.shop is gone!",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
