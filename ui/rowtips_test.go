package ui

import (
	"errors"
	"net/netip"
	"strings"
	"testing"

	"fyne.io/fyne/v2"

	"culvert/tunnels"
)

func TestTips(t *testing.T) {
	web := readyStatus(spec("web", "dev", "shop", "web-7d4b9c6f5-x2x9k", "6000:5000", ":9090"))
	web.Spec.Tags = []string{"http", "db"}
	busy := readyStatus(spec("db", "", "", "db-0", "15432:5432"))
	busy.State, busy.Err = tunnels.Degraded, &tunnels.Error{Err: errors.New("another program uses port 15432"), Hint: "stop it", Cause: tunnels.CausePortBusy}
	busy.Unbound = []tunnels.Unbound{{Mapping: busy.Bound[1].Mapping, Addr: netip.MustParseAddrPort("[::1]:15432"), Err: busy.Err}}
	busy.Bound, busy.Held, busy.Failed = busy.Bound[:1], 1, 2
	off := stopped(spec("off", "dev", "shop", "off-0", "80"))
	svc := web
	svc.Spec.Target = tunnels.Target{Context: "dev", Kind: tunnels.KindService, Name: "web"}
	svc.Pods, svc.PodsReady, svc.PodsAll = []string{"web-1", "web-2"}, 2, 3
	names := targetNames{current: "dev"}
	tests := []struct {
		name string
		st   tunnels.Status
		z    zone
		want string
	}{
		{"ready", web, zoneState, "Ready|Answered a ping in 18 ms"},
		{"in trouble", busy, zoneState, "Degraded|Another program uses port 15432. Stop it.|1 connection waits for a session"},
		{"name with tags", web, zoneName, "web|dev / shop · marked as production|http, db"},
		{
			"both families, random first", web, zoneLine0,
			"127.0.0.1:42001, [::1]:42001 → 9090|127.0.0.1:6000, [::1]:6000 → 5000|“random”: the number was chosen for you, and stays while the tunnel exists.",
		},
		{"one family taken", busy, zoneLocal, "127.0.0.1:15432, [::1]:15432 (busy) → 5432"},
		{"a pod in full", web, zoneTarget, "pod/web-7d4b9c6f5-x2x9k:5000,9090|over SPDY"},
		{"a service's pods", svc, zoneTarget, "svc/web:5000,9090|web-1|web-2|2 of 3 pods ready|over SPDY"},
		{"rates", web, zoneRate, "From the pod 1.0 KB/s, to the pod 20 B/s|Since the start 48 MB (48_300_000 B) from the pod, 1.2 MB (1_200_000 B) to the pod"},
		{"connections", busy, zoneConns, "2 open now, 14 since the start, 2 of them failed|1 connection waits for a session"},
		{"nothing flows through a stopped one", off, zoneRate, ""},
		{"the switch of a stopped one", off, zoneToggle, "Start (Space)"},
		{"beside everything", web, zoneNone, ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			word, _ := stateWord(tt.st, noon)
			got := tipOf(tt.st, rowView{word: word, production: true}, names, flow{1000, 20}, tt.z)
			if got = strings.NewReplacer("\n", "|", "\u202f", "_").Replace(got); got != tt.want {
				t.Errorf("got  %q\nwant %q", got, tt.want)
			}
		})
	}
}

func TestRowsTellWhatIsBelowTheMouse(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	r := newRow(rowActions{tip: w.app.rowTip})
	r.Resize(fyne.NewSize(872, rowHeight))
	r.set(w.row("web"), rowMood{})
	c := columnsFor(872)
	for x, want := range map[float32]string{
		c.state + 5: "Ready", c.name + 5: "web\n", c.local + 5: "127.0.0.1:42001, [::1]:42001", c.target + 5: "pod/web-7d4b9c6f5-x2x9k",
		c.rate + 5: "From the pod", c.conns - 5: "2 open", c.toggle + 5: "Stop",
	} {
		if got, ok := r.TipAt(fyne.NewPos(x, 16)); !ok || !strings.HasPrefix(got, want) {
			t.Errorf("at %v the row tells %q, want %q…", x, got, want)
		}
	}
}
