package ui

import (
	"errors"
	"testing"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/test"
	"fyne.io/fyne/v2/theme"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/ui/parts"
)

// scene has a tunnel in each state.
func scene() *fakeTunnels {
	sign := &tunnels.Error{Err: errors.New("the credentials of user dev have expired"), Hint: "sign in again", Cause: tunnels.CauseSignIn, Permanent: true}
	in := func(state tunnels.State, name, context string, change func(*tunnels.Status), pairs ...string) tunnels.Status {
		st := readyStatus(spec(name, context, "shop", name+"-7d4b9c6f5-x2x9k", pairs...))
		st.State = state
		if state != tunnels.Ready && state != tunnels.Degraded {
			st.Pod, st.Transport, st.Latency, st.Conns, st.In, st.Out = "", "", 0, 0, 0, 0
		}
		if change != nil {
			change(&st)
		}
		return st
	}
	return newFakeTunnels(
		in(tunnels.Ready, "web", "dev", nil, "6000:5000", ":9090"),
		in(tunnels.Starting, "jaeger", "dev", nil, "16686"),
		in(tunnels.Waiting, "worker", "dev", func(s *tunnels.Status) { s.Reason = "0 of 1 ready" }, ":9090"),
		in(tunnels.Reconnecting, "api", "dev", func(s *tunnels.Status) {
			s.Reason, s.Held, s.RetryAt = "session reset", 1, noon.Add(4e9)
		}, "8080"),
		in(tunnels.Degraded, "orders-db", "prod", func(s *tunnels.Status) { s.Reason = "target refuses 5432" }, "15432:5432"),
		in(tunnels.NeedsUser, "auth", "prod", func(s *tunnels.Status) { s.Reason, s.Err = "token expired", sign }, "9000:8443"),
		stopped(spec("redis", "prod", "data", "redis-0", "6379")),
	)
}

// eventful is the scene with a timeline of web.
func eventful() *fakeTunnels {
	f := scene()
	f.events = map[tunnels.ID][]tunnels.Event{"web": aDay()}
	return f
}

// TestPictures compares whole windows with the pictures in testdata. Where one
// differs, what was drawn is put into testdata/failed.
func TestPictures(t *testing.T) {
	kept, list := threeProfiles()
	list[2].Err, list[2].Line = &tunnels.Error{Err: errors.New("a list in [ ] is not closed"), Hint: "Correct the file."}, 12
	kept, list = withGuests(kept, list)
	tests := []struct {
		name    string
		variant fyne.ThemeVariant
		size    fyne.Size
		tunnels *fakeTunnels
		do      func(*world)

		profiles []profiles.Profile
	}{
		{"picked-dark", theme.VariantDark, fyne.NewSize(windowWidth, leastHeight), scene(), func(w *world) {
			var past []flow
			for i := range uint64(40) {
				past = append(past, flow{in: i * i % 23 * 100_000})
			}
			w.app.meter.curves["web"], w.app.meter.rates["web"] = curveOf(past, curveLength), flow{in: 1_900_000}
			w.app.groupRowsBy(groupByNone)
			w.app.sortRowsBy(byState)
			w.app.pick(w.app.picked.extend(shownIDs(w.app.table.state.rows), "worker", "orders-db"), "worker")
			w.app.table.list.FocusGained()
		}, nil},
		{"timeline-dark", theme.VariantDark, fyne.NewSize(windowWidth, windowHeight), eventful(), func(w *world) {
			w.app.choose("web")
			w.app.turnPage(pageTimeline)
			w.until("the timeline is there", func() bool { return len(w.app.details.timeline.view.lines) > 2 })
			w.app.details.timeline.unfold(2)
		}, nil},
		{"narrow-light", theme.VariantLight, fyne.NewSize(leastWidth, leastHeight), scene(), func(w *world) { w.app.choose("web") }, nil},
		{"form-dark", theme.VariantDark, fyne.NewSize(windowWidth, windowHeight), newFakeTunnels(), func(w *world) {
			w.app.newTunnel()
			w.app.editor.set(func(f *form) { f.pod = "web-7d4b9c6f5-x2x9k" })
			w.app.editor.set(func(f *form) { f.ports = "6000:5000 :9090 80:Abc" })
			w.until("the pods are offered and the ports tried", func() bool {
				v := w.app.editor.sheet.view
				return len(v.chips) == 2 && v.ports.verdicts[0].glyph != ""
			})
			w.app.window.Canvas().Unfocus() // the cursor blinks
		}, nil},
		{"preferences-light", theme.VariantLight, fyne.NewSize(windowWidth, leastHeight+100), scene(), func(w *world) {
			w.app.deps.Settings, w.app.deps.Folder = &fakeSettings{}, "/home/me/.config/culvert"
			w.app.deps.Login = &fakeLogin{elsewhere: "/opt/culvert-0.9/bin/culvert"}
			w.app.tray.host = true
			w.app.preferences()
			w.until("it is known what starts at login", func() bool { return w.app.prefs.view.another != "" })
		}, nil},
		{"tree-light", theme.VariantLight, fyne.NewSize(windowWidth, windowHeight), scene(), func(w *world) {
			w.app.openTree(podsOf{"dev", ""}, true)
			w.app.openTree(podsOf{"dev", "shop"}, true)
			for g := range targetGroup(targetGroups) {
				w.app.openGroup(groupOf{podsOf{"dev", "shop"}, g}, true)
			}
			w.until("the targets are there", func() bool { return w.app.tree.rows.len() == 14 })
		}, nil},
		{"profiles-light", theme.VariantLight, fyne.NewSize(windowWidth, windowHeight), kept, func(w *world) {
			w.app.groupRowsBy(groupByProfile)
			w.until("the banner tells of the file", func() bool { return w.app.banner.Visible() && len(w.app.table.state.rows) == 10 })
		}, list},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			c := newFakeCatalog()
			c.contexts[1].Production = true
			w := newWorldOf(t, tt.tunnels, c, func(d *Deps) {
				if tt.profiles != nil {
					d.Profiles = &fakeProfiles{f: tt.tunnels, list: tt.profiles, dirty: make(chan struct{}, 1)}
				}
			})
			w.app.deps.App.Settings().SetTheme(parts.NewTheme().For(tt.variant))
			w.app.window.Resize(tt.size)
			w.app.apply() // it may ask dev
			w.app.browser.check("dev")
			w.until("dev has answered", func() bool { return w.app.browser.Check("dev").done })
			if tt.do != nil {
				tt.do(w)
			}
			w.app.apply()
			test.AssertRendersToImage(t, tt.name+".png", w.app.window.Canvas())
		})
	}
}
