package ui

import (
	"context"
	"time"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels/crash"
)

// mostCrashes is how many parts of the window that have failed are told of at a time.
const mostCrashes = 8

// guard runs a part of the window on the toolkit's goroutine. A panic in it costs that
// one go, and is told in the banner; tunnels and the rest of the window go on.
func (a *App) guard(part string, f func()) {
	p := a.deps.Crashes.Contain(part, func() {
		failAsPlanned(part)
		f()
	})
	if p != nil {
		a.noteCrash(p)
	}
}

// guarded is guard for a callback.
func (a *App) guarded(part string, f func()) func() { return func() { a.guard(part, f) } }

// caught notes a panic in a widget that was recovered there, see [parts.Catch].
func (a *App) caught(value any) { a.noteCrash(a.deps.Crashes.Caught("the window", value)) }

// noteCrash has the banner tell of a part that has failed. It draws nothing itself: that
// may be what has failed.
func (a *App) noteCrash(p *crash.Panic) {
	for i, known := range a.crashes {
		if known.Part == p.Part && known.Value == p.Value {
			a.crashes[i] = p
			return
		}
	}
	if len(a.crashes) < mostCrashes {
		a.crashes = append(a.crashes, p)
		a.pump.tell()
	}
}

// hearEnded takes in how a Culvert before this one has ended, if the user was not told yet.
func (a *App) hearEnded() {
	a.spawn(func(context.Context) {
		if r, ok := a.deps.Crashes.Untold(); ok {
			a.do(func() {
				a.endedBefore = &r
				a.draw()
			})
		}
	})
}

// crashFacts has a fact for each part of the window that has failed, and one for a Culvert
// that has ended unexpectedly.
func crashFacts(crashes []*crash.Panic, ended *crash.Report) []bannerView {
	var out []bannerView
	for _, p := range crashes {
		b := bannerView{
			key:   "crash " + p.Part + " " + p.Value,
			title: lang.L("A part of this window has failed."),
			text:  lang.L("Tunnels go on. It is a mistake in Culvert: {{.Part}}.", vars{"Part": p.Part}),
		}
		b.button, b.copies = lang.L("Copy"), p.Error()
		if p.Report != "" {
			b.button, b.copies, b.opens = lang.L("Open the report"), "", p.Report
		}
		out = append(out, b)
	}
	if ended != nil {
		out = append(out, bannerView{
			key: endedKey, opens: ended.Path, button: lang.L("Open the report"),
			title: lang.L("Culvert ended unexpectedly at {{.Time}}.", vars{"Time": ended.Time.Local().Format(time.DateTime)}),
			text:  lang.L("Read the report before you give it away. Tunnels that ran then can be started again."),
		})
	}
	return out
}

// endedKey is the banner of a Culvert that has ended.
const endedKey = "crash ended"

// forgetEnded notes that the user was told how a Culvert before has ended.
func (a *App) forgetEnded() {
	r := a.endedBefore
	if r == nil {
		return
	}
	a.endedBefore = nil
	a.spawn(func(context.Context) {
		if err := a.deps.Crashes.Tell(*r); err != nil {
			a.do(func() { a.warn(err) })
		}
	})
}
