package ui

import (
	"context"
	"slices"
	"time"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels/exchange"
	"culvert/ui/parts"
)

// taking is the sheet in which tunnels from elsewhere are looked at before they are
// added. Nothing of them is started.
type taking struct {
	app   *App
	found []exchange.Found
	items []foundTunnel // all that was found
	plan  takePlan
	turn  int // how often one of those has changed

	doing  string
	since  time.Time // that it is being done
	cancel context.CancelFunc
	failed error
	// late is done when what is under way has succeeded although the sheet was closed.
	late func()

	drawn   takeStamp
	overlay *parts.Overlay
	sheet   *takeSheet
}

// takeStamp changes whenever the sheet may have something else to show.
type takeStamp struct {
	turn, tunnels, contexts, profiles int
	doing                             string
	second                            int64
	failed                            error
}

// openTaking opens the sheet, with nothing in it; profile is where the tunnels are to
// go, empty for a profile of their own.
func (a *App) openTaking(profile string) *taking {
	if a.taking != nil {
		a.taking.close()
	}
	t := &taking{app: a, plan: newTakePlan(profile)}
	a.taking = t
	t.sheet = newTakeSheet(t)
	t.overlay = parts.NewOverlay(a.window.Canvas(), t.sheet, true, t.sheet.place)
	t.overlay.OnDismiss = t.close
	t.overlay.Open()
	t.apply()
	parts.Focus(t.sheet.file)
	return t
}

// importTunnels opens the sheet in which the user says where tunnels come from.
func (a *App) importTunnels() { a.openTaking(a.book.home()) }

// do runs something away from the window and shows its error; then follows what is
// done when there was none.
func (t *taking) do(what string, f func(ctx context.Context) error, then func()) {
	if t.doing != "" {
		return
	}
	a := t.app
	ctx, cancel := context.WithCancel(a.ctx)
	t.doing, t.since, t.failed, t.cancel = what, a.deps.Now(), nil, cancel
	t.tick(t.since)
	a.spawn(func(context.Context) {
		defer cancel()
		err := f(ctx)
		if a.ctx.Err() != nil {
			return
		}
		a.do(func() {
			if a.taking != t {
				if err == nil && t.late != nil {
					t.late()
				}
				return
			}
			t.doing, t.failed, t.cancel, t.late = "", err, nil, nil
			if err == nil {
				then()
			}
			t.apply()
		})
	})
}

// tick shows for how long something has been going on.
func (t *taking) tick(since time.Time) {
	if t.app.taking == t && t.doing != "" && t.since.Equal(since) {
		t.apply()
		t.app.later(time.Second, func() { t.tick(since) })
	}
}

// show takes in what was found.
func (t *taking) show(found []exchange.Found) {
	t.found, t.items = found, foundTunnels(found)
	t.plan = newTakePlan(t.plan.profile).named(t.items, found, t.app.book.list)
	t.change(func(*takePlan) {})
	t.sheet.list.toFirst()
	parts.Focus(t.sheet.list)
}

// change changes what the user has decided.
func (t *taking) change(f func(*takePlan)) {
	if t.doing != "" {
		return
	}
	f(&t.plan)
	t.turn++
	t.apply()
}

// close ends what is under way.
func (t *taking) close() {
	if t.cancel != nil {
		t.cancel()
	}
	if t.app.taking == t {
		t.app.taking = nil
	}
	t.sheet.busy.Set("")
	t.overlay.Close()
	t.app.apply()
}

// apply draws the sheet, when something may have changed.
func (t *taking) apply() {
	a := t.app
	if a.taking != t {
		return
	}
	contexts := a.browser.Contexts().items
	stamp := takeStamp{t.turn, len(a.snap), len(contexts), len(a.book.list), t.doing, int64(a.deps.Now().Sub(t.since) / time.Second), t.failed}
	if t.doing == "" {
		stamp.second = 0
	}
	if t.drawn == stamp && t.sheet.drawn {
		return
	}
	t.drawn = stamp
	in := takeInput{items: t.items, found: t.found, plan: t.plan, profiles: a.book.list, kept: a.hasProfiles(), here: a.names().current}
	for i := range a.snap {
		in.existing = append(in.existing, a.snap[i].Spec)
	}
	for _, c := range contexts {
		in.contexts = append(in.contexts, c.Name)
	}
	if t.doing != "" {
		in.doing = waitingText(t.doing, t.since, a.deps.Now())
	}
	in.failed = t.failed
	t.sheet.apply(takeViewOf(in))
}

// tapRow does what a tap on a row of the list is for.
func (t *taking) tapRow(r takeRow) {
	switch r.kind {
	case takeHead:
		on := r.tick != tickOn
		t.change(func(p *takePlan) {
			for _, row := range t.sheet.view.rows {
				if row.kind == takeTunnel && row.group == r.group && row.can {
					p.ticks[row.index] = on
				}
			}
		})
	case takeTunnel:
		if r.can {
			t.change(func(p *takePlan) { p.ticks[r.index] = r.tick != tickOn })
		}
	case takeContext:
		t.chooseContext(r.name)
	}
}

// actRow does what the words at a row's right edge say.
func (t *taking) actRow(r takeRow) {
	switch {
	case r.kind == takeContext:
		t.chooseContext(r.name)
	case r.action != "":
		t.change(func(p *takePlan) {
			p.local[r.index] = !p.local[r.index]
			p.ticks[r.index] = p.local[r.index]
		})
	}
}

// chooseContext lets the user say which context is meant by one that is not known.
func (t *taking) chooseContext(name string) {
	options := []parts.Option{{Key: takeCurrent, Text: lang.L("The current context")}}
	for i, c := range t.app.browser.Contexts().items {
		options = append(options, parts.Option{Key: "=" + c.Name, Text: c.Name, Dot: contextStripe(c, i), On: t.plan.contexts[name] == c.Name})
	}
	options = append(options, parts.Option{Key: takeAsIs, Text: lang.L("Leave it as it is"), Rule: true})
	const shown = 12 // a menu does not scroll beyond the window
	if len(options) > shown {
		options = slices.Concat(options[:shown-1], options[len(options)-1:])
	}
	parts.OpenMenu(t.app.window.Canvas(), "take-context", t.sheet.menuAt(name), options, func(key string) {
		t.change(func(p *takePlan) {
			switch key {
			case takeAsIs:
				delete(p.contexts, name)
			case takeCurrent:
				p.contexts[name] = ""
			default:
				p.contexts[name] = key[1:]
			}
		})
	})
}

const (
	takeAsIs    = "as-is"
	takeCurrent = "current"
)
