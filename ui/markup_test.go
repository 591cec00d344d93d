package ui

import (
	"errors"
	"testing"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/container"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"culvert/tunnels"
	"culvert/tunnels/holder"
	"culvert/ui/parts"
)

// TestMarkup compares what each widget is made of with the masters in testdata.
// Where one differs, what was drawn is put into testdata/failed.
func TestMarkup(t *testing.T) {
	tests := []struct {
		name          string
		width, height float32 // no height: what the widget needs for the width
		make          func() fyne.Widget
	}{
		{"row-group", 900, groupHeight, func() fyne.Widget { return rowToSee(2, rowMood{}) }},
		{"row-ready", 900, rowHeight, func() fyne.Widget { return rowToSee(1, rowMood{}) }},
		{"row-needs-you", 900, rowHeight, func() fyne.Widget { return rowToSee(3, rowMood{chosen: true, focused: true}) }},
		{"row-stopped", 900, rowHeight, func() fyne.Widget { return rowToSee(4, rowMood{picking: true, picked: true}) }},
		{"table-head", 900, headHeight, tableHeadToSee},
		{"bulk", 700, headHeight, bulkToSee},
		{"strip", 700, stripHeight, stripToSee},
		{"banner", 700, bannerHeight, func() fyne.Widget {
			return bannerToSee(bannerView{key: "a", title: "Sign-in needed for staging.", text: "2 tunnels keep their ports.", button: "Sign in"})
		}},
		{"banner-advice", 700, bannerHeight, func() fyne.Widget {
			return bannerToSee(bannerView{key: "a", title: "The keyring is not available.", button: "Sign in", advice: true})
		}},
		{"undo", 500, undoHeight, undoToSee},
		{"rail-row", 200, 30, func() fyne.Widget { return railRowToSee("All", 3, false, false) }},
		{"rail-row-alert", 200, 30, func() fyne.Widget { return railRowToSee("Needs attention", 1, true, true) }},
		{"rail-row-folded", 36, 36, func() fyne.Widget { return railRowToSee("", 1, false, true) }},
		{"profile-button", profileButtonWidth, 30, profileButtonToSee},
		{"profile-line", 190, profileLineHeight, func() fyne.Widget {
			return profileLineToSee(profileView{name: "Shop, dev", total: 5, running: 3}, false)
		}},
		{"profile-line-alert", 190, profileLineHeight, func() fyne.Widget {
			return profileLineToSee(profileView{name: "Shop, dev", chosen: true, trouble: "dev.yaml cannot be read."}, true)
		}},
		{"cards", 360, 0, func() fyne.Widget { return cardsToSee(readyStatus(spec("web", "dev", "shop", "web-1", ":9090"))) }},
		{"cards-busy", 360, 0, func() fyne.Widget { return cardsToSee(busyTunnel("pg", "127.0.0.1:5432")) }},
		{"facts", 360, 0, factsToSee},
		{"conflict", 400, 0, conflictToSee},
		{"conflict-calm", 400, 0, standInToSee},
		{"callout", 360, 0, func() fyne.Widget { return calloutToSee(false) }},
		{"callout-raw", 360, 0, func() fyne.Widget { return calloutToSee(true) }},
		{"timeline-line", 360, timeRow, func() fyne.Widget { return timeRowToSee(false) }},
		{"timeline-line-open", 360, 120, func() fyne.Widget { return timeRowToSee(true) }},
		{"connection", 360, connRowHeight, connectionToSee},
		{"connection-failed", 360, connRowHeight, failedConnectionToSee},
		{"quick-line", 520, 0, quickLineToSee},
		{"port-row", 520, 0, portRowToSee},
		{"keys", 400, 0, keysToSee},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			test.NewTempApp(t).Settings().SetTheme(parts.NewTheme().For(theme.VariantLight))
			widget := tt.make()
			size := fyne.NewSize(tt.width, tt.height)
			switch f, fits := widget.(interface{ Fit(w float32) float32 }); {
			case tt.height == 0 && fits:
				size.Height = f.Fit(tt.width)
			case tt.height == 0:
				size.Height = widget.MinSize().Height
			}
			// At no time is it smaller: paragraphs keep the lines that they once had.
			w := test.NewTempWindow(t, container.NewGridWrap(size, widget))
			w.SetPadded(false)
			w.Resize(size)
			test.AssertRendersToMarkup(t, tt.name+".xml", w.Canvas())
		})
	}
}

// rowToSee is a line of a table with the groups dev and prod, the latter at 2.
func rowToSee(i int, m rowMood) fyne.Widget {
	auth := stopped(spec("auth", "prod", "shop", "auth-0", "9000:8443"))
	auth.State, auth.Reason = tunnels.NeedsUser, "token expired"
	rows := tableRows(tableInput{
		snap: tunnels.Snapshot{
			readyStatus(spec("web", "dev", "shop", "web-7d4b9c6f5-x2x9k", "6000:5000", ":9090")), auth, stopped(spec("redis", "prod", "data", "redis-0", "6379")),
		},
		rates: &meter{}, now: noon, group: groupByContext,
		words:    map[string]contextWord{"prod": {text: "API answers in 18 ms"}},
		help:     map[tunnels.ID]verb{"auth": {verbSignIn, "Sign in", "log-in", ""}},
		defaults: targetNames{current: "dev", places: map[string]int{"dev": 0, "prod": 1}, production: map[string]bool{"prod": true}},
	})
	r := newRow(rowActions{})
	r.set(rows[i], m)
	return r
}

func tableHeadToSee() fyne.Widget {
	h := newTableHead(headActions{})
	h.apply(sortOrder{by: byName, down: true})
	return h
}

func bulkToSee() fyne.Widget {
	b := newBulkBar(bulkActions{})
	b.apply(bulkView{count: 2, canStart: true, canCopy: true})
	return b
}

func stripToSee() fyne.Widget {
	s := newStrip(nil)
	s.apply(tallyOf(tunnels.Snapshot{{State: tunnels.Ready}, {State: tunnels.NeedsUser}, {}}), flow{1_900_000, 20}, only{state: tunnels.Ready, byState: true}, "")
	return s
}

func bannerToSee(v bannerView) fyne.Widget {
	b := newBannerBar(nil, nil)
	b.set(v)
	return b
}

func undoToSee() fyne.Widget {
	u := newUndoBar(nil)
	u.offer("trash-2", "Removed “web”.", nil)
	return u
}

func railRowToSee(text string, n int, chosen, alert bool) fyne.Widget {
	r := newRailRow("filter", text, "list", nil)
	r.set(n, chosen, alert)
	return r
}

func profileButtonToSee() fyne.Widget {
	b := newProfileButton(nil)
	b.set("Shop, dev", "bookmark", false, "")
	return b
}

func profileLineToSee(v profileView, focused bool) fyne.Widget {
	l := newProfileLine(nil)
	l.set(v, focused, false)
	return l
}

func cardsToSee(st tunnels.Status) fyne.Widget {
	c := newCardList(nil)
	c.set(cardsOf(st), "", false)
	return c
}

func factsToSee() fyne.Widget {
	f := newFactList(nil)
	f.set(factsOf(readyStatus(spec("web", "dev", "shop", "web-1", "6000:5000")), targetNames{}, flow{}, insight{}, noon)[:5], "")
	return f
}

func conflictToSee() fyne.Widget {
	c := newConflictCard(nil)
	postgres := holder.Process{PID: 812, Name: "postgres", Path: "/usr/lib/postgresql/16/bin/postgres"}
	c.set(conflictViewOf(busyTunnel("pg", "127.0.0.1:5432"), nil, portLook{process: postgres, next: 5433, done: true}))
	return c
}

func standInToSee() fyne.Widget {
	st := readyStatus(spec("pg", "dev", "shop", "pg-0", "5432"))
	st.Instead = map[tunnels.Mapping]uint16{st.Spec.Mappings[0]: 5433}
	c := newConflictCard(nil)
	c.set(conflictViewOf(st, nil, portLook{}))
	return c
}

func calloutToSee(open bool) fyne.Widget {
	c := newCallout("trouble", func(string) {})
	if !open {
		c.warning("The role of this tunnel lacks a right.")
		return c
	}
	c.error("The pod cut the connection. Look at its log.")
	c.setRaw("read tcp: connection reset by peer")
	c.toggle()
	return c
}

// timeRowToSee tells of a session that was lost.
func timeRowToSee(open bool) fyne.Widget {
	p := newTimelinePage(nil, nil)
	p.view = timelineOf(insight{events: aDay()}, noon)
	p.open[p.view.lines[2].key()] = open
	r := newTimeRow(p)
	r.set(2)
	return r
}

func connectionToSee() fyne.Widget {
	c := aConn(70, "web-7d4b9c6f5-k7d2p", tunnels.ConnOpen)
	c.RateIn = 412_000
	return connLineToSee(connRowOf(c, []string{"web-7d4b9c6f5-x2x9k"}, noon), true)
}

func failedConnectionToSee() fyne.Widget {
	c := aConn(90, "web-1", tunnels.ConnEnded)
	c.Ended, c.Err = noon.Add(-4*time.Second), &tunnels.Error{Err: errors.New("the pod cut it"), Hint: "look at its log", Cause: tunnels.CauseReset}
	return connLineToSee(connRowOf(c, []string{"web-1"}, noon), false)
}

func connLineToSee(r connRow, ring bool) fyne.Widget {
	l := newConnLine(newConnsPage(nil, nil))
	l.set(r, ring)
	return l
}

func quickLineToSee() fyne.Widget {
	f := form{context: "dev", namespace: "shop", pod: "svc/web", ports: "6000:5000"}
	f.line = f.quick("dev")
	b := newLineBox(func(string) {}, nil, nil)
	b.field.SetText(f.line)
	b.set(f.lineView(lineWords{}, complaints{}))
	return b
}

func portRowToSee() fyne.Widget {
	f := form{ports: "6000:5000"}
	busy := portTrial{done: true, err: &tunnels.Error{Cause: tunnels.CausePortBusy}, process: holder.Process{PID: 812, Name: "postgres"}}
	b := newPortsBox(nil, nil, nil, nil)
	b.set(portsView{rows: f.rows(), verdicts: []verdict{f.verdict(f.rows()[0], nil, busy)}, where: "In the pod"})
	return b
}

func keysToSee() fyne.Widget {
	return newBindingList([]binding{
		{head: "Tunnels", keys: []chord{plain(fyne.KeyUp), plain(fyne.KeyDown)}, text: "Choose a tunnel"},
		{keys: []chord{plain(fyne.KeyF5)}, text: "Reconnect now"},
		{head: "Window", keys: []chord{{key: "/", typed: true}}, text: "Search"},
	})
}
