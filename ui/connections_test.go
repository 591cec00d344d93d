package ui

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"
	"testing"
	"time"

	"fyne.io/fyne/v2"

	"culvert/tunnels"
)

func aConn(id uint64, pod string, state tunnels.ConnState) tunnels.Conn {
	return tunnels.Conn{
		ID: id, State: state, Client: netip.MustParseAddrPort(fmt.Sprintf("127.0.0.1:%d", 50000+id%10000)), Pod: pod,
		Mapping: tunnels.Mapping{Local: 6000, Remote: tunnels.Port{Number: 5000}}, Since: noon.Add(-time.Duration(id) * time.Second), In: 1500, Out: 20,
	}
}

func TestConnections(t *testing.T) {
	st := readyStatus(spec("web", "", "", "web-7d4b9c6f5-x2x9k", "6000:5000"))
	st.Failed = 1
	busy := aConn(3, st.Pod, tunnels.ConnOpen)
	busy.RateIn = 412_000
	ended := aConn(90, st.Pod, tunnels.ConnEnded)
	ended.Ended, ended.Err = noon.Add(-4*time.Second), &tunnels.Error{Err: errors.New("the pod cut it"), Hint: "look at its log", Raw: "EOF", Cause: tunnels.CauseReset}
	v := connsOf(st, []tunnels.Conn{aConn(70, "web-7d4b9c6f5-k7d2p", tunnels.ConnOpen), busy, aConn(2, st.Pod, tunnels.ConnEnding), aConn(1, "", tunnels.ConnHeld)}, []tunnels.Conn{ended}, noon)
	if v.summary != "2 open, 14 since start, 1 failed" || v.empty != "" {
		t.Errorf("the summary is %q, %q", v.summary, v.empty)
	}
	if v.foot != "New connections go to web-7d4b9c6f5-x2x9k. The old pod's session closes when its last connection ends." {
		t.Errorf("the foot is %q", v.foot)
	}
	var got []string
	for _, r := range v.rows {
		s := r.head + r.copy()
		if r.old {
			s += " (old)"
		}
		got = append(got, s)
	}
	want := []string{
		"127.0.0.1:50001 → 5000 · 1 s · ↓ 1.5 KB · ↑ 20 B · waiting",
		"127.0.0.1:50002 → 5000 · pod …x2x9k, 2 s · ↓ 1.5 KB · ↑ 20 B · ending",
		"127.0.0.1:50003 → 5000 · pod …x2x9k, 3 s · ↓ 1.5 KB · 412 KB/s · ↑ 20 B",
		"127.0.0.1:50070 → 5000 · pod …k7d2p, 1 min · ↓ 1.5 KB · ↑ 20 B (old)",
		"Ended lately →  ·  · ↓  · ↑ ",
		"127.0.0.1:50090 → 5000 · ended 4 s ago, after 1 min · ↓ 1.5 KB · ↑ 20 B · The pod cut it. Look at its log.\nEOF",
	}
	if !slices.Equal(got, want) {
		t.Errorf("got\n%q\nwant\n%q", got, want)
	}
}

func TestNoConnectionsSaysWhatWouldBeThere(t *testing.T) {
	web := spec("web", "", "", "web-1", "6000:5000")
	starting := tunnels.Status{Spec: web, State: tunnels.Starting}
	for want, st := range map[string]tunnels.Status{
		"Nobody is connected. Every program that connects to 127.0.0.1:6000 is listed here, with what it sends and receives.":     readyStatus(web),
		"The tunnel is stopped. Once it runs, every program that connects to it is listed here, with what it sends and receives.": stopped(web),
		"The tunnel is not listening yet: nobody can connect.":                                                                    starting,
	} {
		if v := connsOf(st, nil, nil, noon); v.empty != want {
			t.Errorf("got %q, want %q", v.empty, want)
		}
	}
}

func TestAThousandConnectionsAreDrawnOnlyWhereTheyAreSeen(t *testing.T) {
	f := two()
	conns := make([]tunnels.Conn, 1000)
	for i := range conns {
		conns[i] = aConn(uint64(i), "web-7d4b9c6f5-x2x9k", tunnels.ConnOpen)
	}
	f.conns = map[tunnels.ID][]tunnels.Conn{"web": conns}
	w := newWorld(t, f, newFakeCatalog())
	w.app.choose("web")
	w.app.turnPage(pageConnections)
	page := w.app.details.conns
	w.until("the connections are listed", func() bool { return len(page.view.rows) == 1000 })
	if page.view.rows[0].id != 999 {
		t.Errorf("the first row is the connection %d", page.view.rows[0].id)
	}
	page.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyEnd})
	if page.list.at != 999 || page.list.GetScrollOffset() == 0 {
		t.Errorf("End goes to row %d, offset %v", page.list.at, page.list.GetScrollOffset())
	}
}

func TestConnectionsOfAnotherTunnelAreNotShown(t *testing.T) {
	f := two()
	f.conns = map[tunnels.ID][]tunnels.Conn{"web": {aConn(1, "web-7d4b9c6f5-x2x9k", tunnels.ConnOpen)}}
	w := newWorld(t, f, newFakeCatalog())
	w.app.choose("web")
	w.app.turnPage(pageConnections)
	w.until("the connection is listed", func() bool { return len(w.app.details.conns.view.rows) == 1 })
	w.app.choose("redis")
	if n := len(w.app.details.conns.view.rows); n != 0 {
		t.Errorf("%d rows of web are shown for redis", n)
	}
}

func TestTroubleOfAConnectionIsToldInFull(t *testing.T) {
	f := two()
	bad := aConn(1, "web-1", tunnels.ConnEnded)
	bad.Ended, bad.Err = noon, errReset
	f.recent = map[tunnels.ID][]tunnels.Conn{"web": {bad}}
	w := newWorld(t, f, newFakeCatalog())
	w.app.choose("web")
	w.app.turnPage(pageConnections)
	page := w.app.details.conns
	w.until("it is listed", func() bool { return len(page.view.rows) == 2 })
	page.list.FocusGained() // over the heading
	page.list.TypedShortcut(&fyne.ShortcutCopy{})
	if got, want := w.app.deps.App.Clipboard().Content(), page.view.rows[1].copy(); got != want {
		t.Errorf("Ctrl+C copies %q, want %q", got, want)
	}
	page.list.TypedKey(&fyne.KeyEvent{Name: fyne.KeyReturn})
	if w.app.window.Canvas().Overlays().Top() == nil {
		t.Error("Enter does not tell the error")
	}
}
