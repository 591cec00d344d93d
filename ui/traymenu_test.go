package ui

import (
	"fmt"
	"strings"
	"testing"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/ui/parts"
)

// drawn is a menu as text: a tick, the words, and what cannot be clicked.
func drawn(items []trayItem, indent string) string {
	var out strings.Builder
	for _, t := range items {
		tick, off := " ", ""
		switch {
		case t.rule:
			fmt.Fprintf(&out, "%s---\n", indent)
			continue
		case t.checked:
			tick = "✓"
		}
		if t.off {
			off = " (off)"
		}
		fmt.Fprintf(&out, "%s%s %s%s\n%s", indent, tick, t.text, off, drawn(t.sub, indent+"    "))
	}
	return out.String()
}

func as(state tunnels.State, st tunnels.Status) tunnels.Status {
	st.State = state
	return st
}

func crowd(n int, profile string) []tunnels.Status {
	var out []tunnels.Status
	for i := range n {
		out = append(out, in(profile, stopped(spec(fmt.Sprintf("t%d", i), "dev", "shop", "p", "80"))))
	}
	return out
}

func TestTrayMenu(t *testing.T) {
	web := readyStatus(spec("web", "dev", "shop", "web-1", ":8080"))
	pg := readyStatus(spec("postgres", "dev", "data", "db", "5432"))
	signIn := as(tunnels.NeedsUser, stopped(spec("auth", "prod", "shop", "auth-0", "9000:8443", ":9090")))
	signIn.Err = &tunnels.Error{Cause: tunnels.CauseSignIn}
	busyPort := as(tunnels.NeedsUser, stopped(spec("redis", "prod", "shop", "redis-0", "6379")))
	busyPort.Err = &tunnels.Error{Cause: tunnels.CausePortBusy}
	two := []profiles.Profile{{ID: "dev", Name: "Shop, dev"}, {ID: "ops"}}
	foot := "  Start all%s\n  Stop all%s\n---\n  Preferences…\n  %s\n"
	tests := []struct {
		name string
		snap tunnels.Snapshot
		ps   []profiles.Profile
		busy map[tunnels.ID]string
		want string
	}{
		{"nothing", nil, nil, nil, "  No tunnels yet (off)\n  Open Culvert\n---\n  Copy address (off)\n" + fmt.Sprintf(foot, " (off)", " (off)", "Quit")},
		{
			"states in words, and ports",
			tunnels.Snapshot{
				pg, web, signIn, busyPort, stopped(spec("cold", "dev", "shop", "cold-0", ":80")),
				as(tunnels.Reconnecting, readyStatus(spec("api", "dev", "shop", "api-0", "8080"))),
			},
			nil,
			map[tunnels.ID]string{"web": "Stopping…"},
			`  3 running · 2 need you (off)
  Open Culvert
---
✓ postgres  5432 → db:5432
✓ web  42000 → web-1:8080 · Stopping… (off)
✓ auth  9000 → auth-0:8443 +1 · needs sign-in
✓ redis  6379 → redis-0:6379 · needs you: port busy
  cold  any port → cold-0:80
✓ api  8080 → api-0:8080 · reconnecting
---
  Copy address
      postgres  127.0.0.1:5432
      web  127.0.0.1:42000
      api  127.0.0.1:8080
` + fmt.Sprintf(foot, "", "", "Quit (stops 5 tunnels)"),
		},
		{
			"one profile is none",
			tunnels.Snapshot{in("dev", pg)},
			two[:1], nil,
			"  1 running (off)\n  Open Culvert\n---\n✓ postgres  5432 → db:5432\n---\n  Copy address\n      postgres  127.0.0.1:5432\n" +
				fmt.Sprintf(foot, " (off)", "", "Quit (stops 1 tunnel)"),
		},
		{
			"profiles are ticked when all of them runs",
			tunnels.Snapshot{in("dev", pg), in("ops", web), in("ops", stopped(spec("b", "dev", "x", "b", "81")))},
			two, nil,
			`  2 running (off)
  Open Culvert
---
✓ Shop, dev
  ops · 1 of 2 run
---
✓ postgres  5432 → db:5432
✓ web  42000 → web-1:8080
  b  81 → b:81
---
  Copy address
      postgres  127.0.0.1:5432
      web  127.0.0.1:42000
` + fmt.Sprintf(foot, "", "", "Quit (stops 2 tunnels)"),
		},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := drawn(trayMenu(tt.snap, tt.ps, tt.busy, false), ""); got != tt.want {
				t.Errorf("the menu is\n%s\nwant\n%s", got, tt.want)
			}
		})
	}
}

func TestTrayMenuOfManyTunnels(t *testing.T) {
	two := []profiles.Profile{{ID: "dev", Name: "Dev"}, {ID: "ops", Name: "Ops"}}
	find := func(items []trayItem, text string) *trayItem {
		for i := range items {
			if items[i].text == text {
				return &items[i]
			}
		}
		t.Fatalf("there is no %q in\n%s", text, drawn(items, ""))
		return nil
	}
	items := trayMenu(append(crowd(8, "dev"), crowd(50, "ops")...), two, nil, false)
	n := 0
	for _, it := range items {
		if it.verb == trayToggle {
			n++
		}
	}
	if n != trayTunnels {
		t.Errorf("%d tunnels are in the menu itself", n)
	}
	sub := find(items, "More of Ops").sub
	if last := sub[len(sub)-1]; len(sub) != trayDeeper+2 || last.text != "18 more in the window…" || last.verb != trayOpen {
		t.Errorf("the submenu has %d lines and ends with %+v", len(sub), last)
	}
	if more := find(trayMenu(crowd(12, ""), nil, nil, false), "More").sub; len(more) != 2 {
		t.Errorf("below More are %d", len(more))
	}
	lost := trayMenu(append(crowd(10, "dev"), crowd(1, "unknown")...), two, nil, false)
	if more := find(lost, "More").sub; len(more) != 1 {
		t.Errorf("of an unknown profile are %d", len(more))
	}
	var nine []profiles.Profile
	var snap tunnels.Snapshot
	for i := range 9 {
		id := fmt.Sprintf("p%d", i)
		nine, snap = append(nine, profiles.Profile{ID: id}), append(snap, crowd(1, id)...)
	}
	if sub := find(trayMenu(snap, nine, nil, false), "Profiles").sub; len(sub) != 9 {
		t.Errorf("below Profiles are %d", len(sub))
	}
}

func TestTraySaysTheWorstState(t *testing.T) {
	st := func(states ...tunnels.State) tunnels.Snapshot {
		var out tunnels.Snapshot
		for i, s := range states {
			out = append(out, as(s, stopped(spec(fmt.Sprint(i), "dev", "shop", "p", "80"))))
		}
		return out
	}
	tests := []struct {
		snap tunnels.Snapshot
		icon parts.TrayIcon
		tip  string
	}{
		{nil, parts.TrayIdle, "Culvert: No tunnels yet"},
		{st(tunnels.Stopped), parts.TrayIdle, "Culvert: No tunnel runs"},
		{st(tunnels.Stopped, tunnels.Ready, tunnels.Ready), parts.TrayRunning, "Culvert: 2 running"},
		{st(tunnels.Ready, tunnels.Starting), parts.TrayWorking, "Culvert: 1 running · 1 starts"},
		{st(tunnels.Waiting, tunnels.Waiting), parts.TrayWorking, "Culvert: 2 wait for pods"},
		{st(tunnels.Ready, tunnels.Reconnecting, tunnels.Waiting), parts.TrayWorking, "Culvert: 2 running · 1 reconnects"},
		{st(tunnels.Ready, tunnels.Degraded, tunnels.Reconnecting), parts.TrayWorking, "Culvert: 2 running · 1 is degraded"},
		{st(tunnels.Ready, tunnels.Degraded, tunnels.NeedsUser), parts.TrayNeeds, "Culvert: 2 running · 1 needs you"},
	}
	for _, tt := range tests {
		if v := trayOf(tt.snap, nil, nil, false); v.icon != tt.icon || v.tip != tt.tip {
			t.Errorf("the icon is %v and its tip %q, want %v and %q", v.icon, v.tip, tt.icon, tt.tip)
		}
	}
}

func TestTrayIsNotRebuiltForBytesAndTimes(t *testing.T) {
	st := readyStatus(spec("web", "dev", "shop", "web-1", "8080"))
	before := trayOf(tunnels.Snapshot{st}, nil, nil, false)
	st.In, st.Out, st.Conns, st.Latency, st.RateIn = st.In+1e6, st.Out+5, 9, st.Latency*3, 77
	st.RetryAt = noon
	if after := trayOf(tunnels.Snapshot{st}, nil, nil, false); !after.same(before) {
		t.Errorf("the tray shows\n%s", drawn(after.items, ""))
	}
	st.State = tunnels.Reconnecting
	if after := trayOf(tunnels.Snapshot{st}, nil, nil, false); after.same(before) {
		t.Error("the tray does not show that the tunnel reconnects")
	}
}

func TestTrayLabel(t *testing.T) {
	tests := []struct{ system, text, want string }{
		{"linux", "redis_cart & co", "redis__cart & co"},
		{"windows", "redis_cart & co", "redis_cart && co"},
		{"darwin", "redis_cart & co", "redis_cart & co"},
	}
	for _, tt := range tests {
		if got := trayLabel(tt.system, tt.text); got != tt.want {
			t.Errorf("on %s %q is written %q, want %q", tt.system, tt.text, got, tt.want)
		}
	}
	for _, tt := range []struct{ text, want string }{
		{"web", "web"},
		{"a\tb\x1b[2J\u202Ec\n", "ab[2Jc"},
		{"0123456789abcdef", "01234…def"},
	} {
		if got := trayCut(tt.text, 9); got != tt.want {
			t.Errorf("%q is cut to %q, want %q", tt.text, got, tt.want)
		}
	}
}
