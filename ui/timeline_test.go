package ui

import (
	"errors"
	"net/netip"
	"slices"
	"testing"
	"time"

	"culvert/tunnels"
)

var errReset = &tunnels.Error{
	Op: "session to web-1", Err: errors.New(`the server closed "web-1"`), Hint: "it comes back by itself",
	Raw: "read tcp: connection reset by peer", Cause: tunnels.CauseSessionLost,
}

func TestLinesOfEvents(t *testing.T) {
	m := tunnels.Mapping{Local: 6000, Remote: tunnels.Port{Number: 5000}}
	free := tunnels.Mapping{Local: tunnels.AnyPort, Remote: tunnels.Port{Name: "http"}}
	addr := netip.MustParseAddrPort("127.0.0.1:6000")
	tests := []struct {
		name        string
		e           tunnels.Event
		icon        string
		title, note string
		full, raw   string
	}{
		{"starting", tunnels.Event{State: tunnels.Starting, Reason: "looking for svc/web"}, "starting", "Starting", "Looking for svc/web", "", ""},
		{"waiting", tunnels.Event{State: tunnels.Waiting, Reason: "0 of 1 ready", Err: errReset}, "waiting", "Waiting for pod", "0 of 1 ready", "The server closed “web-1”. It comes back by itself.", errReset.Raw},
		{"ready", tunnels.Event{State: tunnels.Ready}, "ready", "Ready", "", "", ""},
		{"degraded", tunnels.Event{State: tunnels.Degraded, Err: errReset}, "degraded", "Degraded", "the server closed “web-1”", "The server closed “web-1”. It comes back by itself.", errReset.Raw},
		{"needs the user", tunnels.Event{State: tunnels.NeedsUser, Err: &tunnels.Error{Err: errors.New("no"), Cause: tunnels.CauseSignIn}}, "needs", "Needs you: sign in", "no", "No.", ""},
		{"stopped with bytes", tunnels.Event{State: tunnels.Stopped, In: 48_300_000, Out: 900}, "stopped", "Stopped", "48 MB received, 900 B sent", "", ""},
		{"stopped for a reason", tunnels.Event{State: tunnels.Stopped, Reason: "its time was over", In: 1}, "stopped", "Stopped", "Its time was over · 1 B received, 0 B sent", "", ""},
		{"bound", tunnels.Event{Kind: tunnels.EventBound, Mapping: free, Addr: addr}, "plug", "Listening", "127.0.0.1: 6000 (random)", "", ""},
		{"not bound", tunnels.Event{Kind: tunnels.EventUnbound, Mapping: m, Addr: addr, Err: errReset}, "unplug", "Not listening on 127.0.0.1:6000", "the server closed “web-1”", "The server closed “web-1”. It comes back by itself.", errReset.Raw},
		{"accepted", tunnels.Event{Kind: tunnels.EventConn, Mapping: m, Addr: addr}, "plug", "Connection accepted", "127.0.0.1:6000", "", ""},
		{"failed once", tunnels.Event{Kind: tunnels.EventFailed, Mapping: m, Times: 1, Err: errReset}, "triangle-alert", "Connection failed", "5000: the server closed “web-1”", "The server closed “web-1”. It comes back by itself.", errReset.Raw},
		{"failed often", tunnels.Event{Kind: tunnels.EventFailed, Mapping: m, Times: 12, Err: errReset}, "triangle-alert", "Connections failed ×12", "5000: the server closed “web-1”", "The server closed “web-1”. It comes back by itself.", errReset.Raw},
		{"session", tunnels.Event{Kind: tunnels.EventSession, Pod: "web-1", Took: 41 * time.Millisecond, Transport: "SPDY"}, "arrow-left-right", "Session opened", "in 41 ms over SPDY, web-1", "", ""},
		{"lost", tunnels.Event{Kind: tunnels.EventLost, Pod: "web-1", Err: errReset}, "reconn", "Session lost", "the server closed “web-1”", "The server closed “web-1”. It comes back by itself.", errReset.Raw},
		{"lost without a word", tunnels.Event{Kind: tunnels.EventLost, Pod: "web-1"}, "reconn", "Session lost", "web-1", "", ""},
		{"warning", tunnels.Event{Kind: tunnels.EventWarning, Warning: "others can connect"}, "triangle-alert", "Warning", "others can connect", "Others can connect.", ""},
	}
	seen := map[tunnels.EventKind]bool{}
	for _, tt := range tests {
		seen[tt.e.Kind] = true
		t.Run(tt.name, func(t *testing.T) {
			l := lineOf(tt.e)
			got := []string{l.icon, l.title, l.note, l.full, l.raw}
			if want := []string{tt.icon, tt.title, tt.note, tt.full, tt.raw}; !slices.Equal(got, want) {
				t.Errorf("got  %q\nwant %q", got, want)
			}
			if l.colour == "" {
				t.Error("it has no colour")
			}
		})
	}
	for k := tunnels.EventState; k <= tunnels.EventWarning; k++ {
		if !seen[k] {
			t.Errorf("no test has the event %d", k)
		}
	}
}

// day of events: a start, a lost session, a swap.
func aDay() []tunnels.Event {
	random := tunnels.Mapping{Local: tunnels.AnyPort, Remote: tunnels.Port{Number: 9090}}
	fixed := tunnels.Mapping{Local: 6000, Remote: tunnels.Port{Number: 5000}}
	at := func(d time.Duration, e tunnels.Event) tunnels.Event { e.Time = noon.Add(d); return e }
	state := func(d time.Duration, s tunnels.State, reason string, err *tunnels.Error) tunnels.Event {
		return at(d, tunnels.Event{State: s, Reason: reason, Err: err})
	}
	bound := func(addr string, m tunnels.Mapping) tunnels.Event {
		return at(-3*time.Hour, tunnels.Event{Kind: tunnels.EventBound, Mapping: m, Addr: netip.MustParseAddrPort(addr)})
	}
	session := func(d time.Duration, pod string) tunnels.Event {
		return at(d, tunnels.Event{Kind: tunnels.EventSession, Pod: pod, Took: 400 * time.Millisecond, Transport: "SPDY"})
	}
	return []tunnels.Event{
		state(-26*time.Hour, tunnels.Stopped, "", nil),
		state(-3*time.Hour, tunnels.Starting, "opening the local ports", nil),
		bound("127.0.0.1:6000", fixed), bound("[::1]:6000", fixed), bound("127.0.0.1:42390", random), bound("[::1]:42390", random),
		state(-3*time.Hour+time.Second/2, tunnels.Starting, "looking for svc/web", nil),
		state(-3*time.Hour+time.Second, tunnels.Ready, "", nil), session(-3*time.Hour+time.Second, "web-7d4b9c6f5-k7d2p"),
		state(-2*time.Hour, tunnels.Reconnecting, "session lost", errReset),
		at(-2*time.Hour, tunnels.Event{Kind: tunnels.EventLost, Pod: "web-7d4b9c6f5-k7d2p", Err: errReset}),
		state(-2*time.Hour+4*time.Second, tunnels.Ready, "", nil), session(-2*time.Hour+4*time.Second, "web-7d4b9c6f5-k7d2p"),
		session(-time.Hour, "web-7d4b9c6f5-x2x9k"),
	}
}

func TestTimelineTellsWhatBelongsTogetherAsOne(t *testing.T) {
	lines := timelineLines(aDay())
	got := make([]string, 0, len(lines))
	for _, l := range lines {
		got = append(got, l.day+l.title+" | "+l.note)
	}
	want := []string{
		"Pod swapped | …k7d2p → …x2x9k, in 400 ms over SPDY",
		"Ready again | in 400 ms over SPDY, web-7d4b9c6f5-k7d2p",
		"Session lost | the server closed “web-1”",
		"Ready | in 400 ms over SPDY, web-7d4b9c6f5-k7d2p",
		"Listening | 127.0.0.1 and [::1]: 6000, 42390 (random)",
		"Starting | Opening the local ports",
		"Tue 3 Mar 2026 | ",
		"Stopped | ",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
	if lines[2].copy() != "2026-03-04 10:00:00 · Session lost · The server closed “web-1”. It comes back by itself.\nread tcp: connection reset by peer" {
		t.Errorf("a line is copied as %q", lines[2].copy())
	}
}

func TestAddressesThatAreNotOnBothFamiliesAreListed(t *testing.T) {
	m := tunnels.Mapping{Local: 6000, Remote: tunnels.Port{Number: 5000}}
	var events []tunnels.Event
	for _, a := range []string{"127.0.0.1:6000", "[::1]:6000", "127.0.0.1:7000"} {
		events = append(events, tunnels.Event{Kind: tunnels.EventBound, Mapping: m, Addr: netip.MustParseAddrPort(a)})
	}
	if got := boundNote(events); got != "127.0.0.1:6000, [::1]:6000, 127.0.0.1:7000" {
		t.Errorf("got %q", got)
	}
}

func TestLastComeback(t *testing.T) {
	c, ok := lastComeback(aDay())
	if got := comebackText(c); !ok || got != "last at 11:00, another pod, 400 ms" {
		t.Errorf("got %v %q", ok, got)
	}
	c, ok = lastComeback(aDay()[:13])
	if got := comebackText(c); !ok || got != "last at 10:00, session lost, 400 ms" {
		t.Errorf("got %v %q", ok, got)
	}
	if _, ok = lastComeback(aDay()[:9]); ok {
		t.Error("the first session counts as a reconnect")
	}
	again := append(aDay(), tunnels.Event{State: tunnels.Stopped})
	if _, ok = lastComeback(again); ok {
		t.Error("a reconnect of an earlier run counts")
	}
}

func TestDayText(t *testing.T) {
	for at, want := range map[time.Time]string{
		{}: "", noon.Add(-time.Hour): "Today", noon.Add(-24 * time.Hour): "Yesterday", noon.Add(-48 * time.Hour): "Mon 2 Mar 2026",
	} {
		if got := dayText(at, noon); got != want {
			t.Errorf("%v is %q, want %q", at, got, want)
		}
	}
}
