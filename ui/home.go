package ui

import (
	"context"
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/attach"
)

// Home tells where the tunnels run; *attach.Engine implements it.
type Home interface {
	// WatchPlace calls fn with the place, now and after each change, never concurrently,
	// until ctx is done.
	WatchPlace(ctx context.Context, fn func(attach.Place))
}

// verbStartLost is the banner's verb for tunnels whose process has ended.
const verbStartLost = "start what was lost"

// watchHome follows where the tunnels run, until the window is closed.
func (a *App) watchHome() {
	if a.deps.Home == nil {
		return
	}
	a.spawn(func(ctx context.Context) {
		a.deps.Home.WatchPlace(ctx, func(p attach.Place) {
			a.place.Store(&p)
			a.pump.mark()
		})
	})
}

// placeNow returns where the tunnels run, as it was heard of last.
func (a *App) placeNow() attach.Place {
	if p := a.place.Load(); p != nil {
		return *p
	}
	return attach.Place{}
}

// elsewhere says that the tunnels run in another process, and go on when this one ends.
func (a *App) elsewhere() bool { return a.placeNow().Elsewhere }

// stopsWith is how many tunnels stop when the program ends.
func (a *App) stopsWith() int {
	if a.elsewhere() {
		return 0
	}
	return tallyOf(a.snap).running
}

// noteLost takes in which tunnels have lost their process, and forgets those that run
// again or are gone. That they have stopped may be heard of a moment later.
func (a *App) noteLost() {
	if p := a.place.Load(); p != a.placeSeen {
		a.placeSeen, a.lost, a.losing = p, nil, slices.Clone(p.Lost)
		if len(p.Lost) > 0 {
			a.notify(notice{lang.L("The background Culvert has ended unexpectedly"), stoppedWithIt(len(p.Lost))})
		}
	}
	runs := func(id tunnels.ID) (runs, there bool) {
		st, ok := a.snap.Find(id)
		return running(st.State), ok
	}
	a.losing = slices.DeleteFunc(a.losing, func(id tunnels.ID) bool {
		r, there := runs(id)
		if there && !r {
			a.lost = append(a.lost, id)
		}
		return there && !r
	})
	a.lost = slices.DeleteFunc(a.lost, func(id tunnels.ID) bool { r, there := runs(id); return r || !there })
}

// startLost starts those tunnels again.
func (a *App) startLost() {
	ids := a.lost
	a.lost = nil
	a.startAsked(ids)
	a.apply()
}

// whereText says in the strip where the tunnels run; empty where that goes without
// saying.
func (a *App) whereText() string {
	switch {
	case a.deps.Demo:
		return lang.L("Demo cluster, inside this program")
	case a.elsewhere():
		return lang.L("Tunnels run in the background")
	}
	return ""
}

// homeFacts tell that the process of the tunnels has ended without a word, and that it
// has other kubeconfigs than the window.
func homeFacts(lost []tunnels.ID, place attach.Place) []bannerView {
	var out []bannerView
	if len(lost) > 0 {
		out = append(out, bannerView{
			key: "lost " + joinIDs(lost), verb: verbStartLost, button: lang.L("Start again"),
			title: lang.L("The background Culvert has ended unexpectedly."),
			text:  stoppedWithIt(len(lost)),
		})
	}
	if files := place.Kubeconfigs; len(files) > 0 {
		list := strings.Join(files, ", ")
		out = append(out, bannerView{
			key: "kubeconfigs " + list, advice: true, button: lang.L("Copy"), copies: list,
			title: lang.L("The background Culvert uses other kubeconfigs than this window."),
			text:  lang.L("Contexts that are listed here may be unknown there. It uses {{.Files}}.", vars{"Files": list}),
		})
	}
	return out
}

func stoppedWithIt(n int) string {
	return plural(n, "1 tunnel has stopped with it.", "{{.N}} tunnels have stopped with it.", nil)
}

func joinIDs(ids []tunnels.ID) string {
	out := make([]string, len(ids))
	for i, id := range ids {
		out[i] = string(id)
	}
	return strings.Join(out, " ")
}
