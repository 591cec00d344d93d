package ui

import (
	"slices"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/kube/keyring"
	"culvert/tunnels"
	"culvert/tunnels/attach"
	"culvert/tunnels/crash"
	"culvert/tunnels/profiles"
)

// bannerView is what the banner below the top bar says: one fact, what follows
// from it, and the way to what helps.
type bannerView struct {
	key    string // names the fact; empty for no banner
	title  string // the fact
	text   string // what follows
	button string
	advice bool // it is no error

	verb    string // of the context, see contextverbs.go; empty for the others
	context string
	copies  string       // what the button copies
	opens   string       // the file that the button opens
	show    tunnels.ID   // what the button shows
	rows    []tunnels.ID // the rows that it speaks of
}

// bannerInput is what the banner is made from.
type bannerInput struct {
	snap      tunnels.Snapshot
	names     targetNames
	contexts  listing[kube.Context]
	inMemory  map[string]bool // contexts whose token ends with this process
	profiles  []profiles.Profile
	warnings  []error
	keyring   keyring.Condition
	lost      []tunnels.ID // tunnels that have stopped with their process
	place     attach.Place
	crashes   []*crash.Panic
	ended     *crash.Report // of a Culvert before; nil for none
	visible   map[tunnels.ID]bool
	dismissed map[string]bool // by key
}

// bannerOf returns the worst fact that is not dismissed and that no row in view
// tells already.
func bannerOf(in bannerInput) bannerView {
	for _, b := range factsToTell(in) {
		told := slices.ContainsFunc(b.rows, func(id tunnels.ID) bool { return in.visible[id] })
		if !in.dismissed[b.key] && !told {
			return b
		}
	}
	return bannerView{}
}

// factsToTell are all facts that need the user, the worst first: what stops
// everything, then what stops a context, then what keeps a profile from being
// changed, then what stops one tunnel, then what went wrong in the background.
func factsToTell(in bannerInput) []bannerView {
	var out []bannerView
	if err := in.contexts.err; err != nil && len(in.contexts.items) > 0 { // without contexts the window says it in full
		out = append(out, bannerView{
			key: "kubeconfig " + err.Error(), title: lang.L("The kubeconfig cannot be read as it is now."),
			text: joined(complaint(err), lang.L("What was read before stays in use.")), button: lang.L("Copy"), copies: complaint(err),
		})
	}
	out = append(out, crashFacts(in.crashes, in.ended)...)
	out = append(out, keyringFacts(in.keyring)...)
	out = append(out, homeFacts(in.lost, in.place)...)
	out = append(out, signInFacts(in)...)
	out = append(out, profileFacts(in.profiles)...)
	out = append(out, tunnelFacts(in)...)
	out = append(out, warningFacts(in)...)
	return append(out, memoryFacts(in)...)
}

// signInFacts has one fact for each context whose tunnels wait for a sign-in.
func signInFacts(in bannerInput) []bannerView {
	waiting := make(map[string][]tunnels.ID)
	var order []string
	for _, st := range in.snap {
		if st.State == tunnels.NeedsUser && st.Err != nil && st.Err.Cause == tunnels.CauseSignIn {
			c := in.names.context(st.Spec.Target)
			if waiting[c] == nil {
				order = append(order, c)
			}
			waiting[c] = append(waiting[c], st.Spec.ID)
		}
	}
	var out []bannerView
	for _, name := range order {
		ids := waiting[name]
		b := bannerView{
			key: "sign-in " + name, context: name, rows: ids, show: ids[0], button: lang.L("Show"),
			title: lang.L("Sign-in needed for {{.Context}}.", vars{"Context": name}),
			text:  plural(len(ids), "{{.N}} tunnel keeps its port and waits for you.", "{{.N}} tunnels keep their ports and wait for you.", nil),
		}
		i := slices.IndexFunc(in.contexts.items, func(c kube.Context) bool { return c.Name == name })
		if i >= 0 {
			c := in.contexts.items[i]
			st, _ := in.snap.Find(ids[0])
			if v := remedyOf(c, st.Err); len(v) > 0 {
				b.verb, b.button = v[0].key, strings.TrimRight(v[0].text, "…\u00a0\u202f ")
			}
		}
		out = append(out, b)
	}
	return out
}

// tunnelFacts has one fact for each other tunnel that needs the user.
func tunnelFacts(in bannerInput) []bannerView {
	var out []bannerView
	for _, st := range in.snap {
		if st.State != tunnels.NeedsUser || st.Err == nil || st.Err.Cause == tunnels.CauseSignIn {
			continue
		}
		name := vars{"Name": st.Spec.Title()}
		b := bannerView{
			key: "tunnel " + string(st.Spec.ID) + " " + st.Err.Error(), show: st.Spec.ID, rows: []tunnels.ID{st.Spec.ID},
			title: lang.L("“{{.Name}}” needs you.", name), text: complaint(st.Err), button: lang.L("Show"),
		}
		if addr, busy := unboundBy(st, tunnels.CausePortBusy); busy {
			b.key = "port " + string(st.Spec.ID) + " " + addr.String()
			b.title = lang.L("Another program has port {{.Port}}.", vars{"Port": addr.Port()})
			b.text = lang.L("“{{.Name}}” waits until it is free, or takes another.", name)
		}
		out = append(out, b)
	}
	return out
}

// memoryFacts tells of tokens that could not be put into the keyring.
func memoryFacts(in bannerInput) []bannerView {
	var out []bannerView
	for _, c := range in.contexts.items {
		if !in.inMemory[c.Name] {
			continue
		}
		out = append(out, bannerView{
			key: "memory " + c.Name, context: c.Name, verb: verbSignIn, advice: true, button: lang.L("Sign in again"),
			title: lang.L("The token of {{.Context}} is not in the keyring.", vars{"Context": c.Name}),
			text:  lang.L("You stay signed in until Culvert ends; sign in again to keep it for longer."),
		})
	}
	return out
}

// inView returns the tunnels whose rows lie whole in a table that is scrolled
// by offset and height units high.
func inView(rows []rowView, offset, height float32) map[tunnels.ID]bool {
	out := make(map[tunnels.ID]bool)
	y := -offset
	for _, r := range rows {
		h := heightOf(r)
		if !r.group && y >= 0 && y+h <= height {
			out[r.id] = true
		}
		y += h
	}
	return out
}

// applyBanner shows the banner that there is to show now. That the table is
// scrolled is seen at the next tick of the pump: nobody tells it.
func (a *App) applyBanner() {
	in := bannerInput{
		snap: a.snap, names: a.names(), contexts: a.browser.Contexts(), inMemory: a.access.inMemory, dismissed: a.dismissed,
		profiles: a.book.list, warnings: a.warnings, keyring: a.keyringNow(), lost: a.lost, place: a.placeNow(),
		crashes: a.crashes, ended: a.endedBefore,
	}
	if !a.frame.empty {
		// As if the banner was there: else it would come and go with the room that it takes.
		room := a.frame.Size().Height - topHeight - stripHeight - bannerHeight - headHeight
		if a.frame.details && a.frame.narrow() {
			room -= a.details.Size().Height
		}
		in.visible = inView(a.table.state.rows, a.table.list.GetScrollOffset(), room)
	}
	facts := factsToTell(in)
	for key := range a.dismissed {
		if !slices.ContainsFunc(facts, func(b bannerView) bool { return b.key == key }) {
			delete(a.dismissed, key) // when it comes again it is told again
		}
	}
	if a.banner.set(bannerOf(in)) {
		a.frame.Refresh()
	}
}

// bannerAct takes the user to what helps.
func (a *App) bannerAct(b bannerView) {
	switch {
	case b.verb == verbUnlock:
		a.unlockKeyring()
	case b.verb == verbStartLost:
		a.startLost()
	case b.verb != "":
		a.contextVerb(b.verb, b.context)
	case b.opens != "":
		a.openPath(b.opens)
	case b.copies != "":
		a.copyText(b.copies)
	case b.show != "":
		if st, ok := a.snap.Find(b.show); ok {
			a.clearHiding(st.Spec)
			a.choose(b.show)
		}
	}
}

// dismissBanner hides the banner until its fact has changed.
func (a *App) dismissBanner(b bannerView) {
	if b.key == endedKey {
		a.forgetEnded()
	}
	a.dismissed[b.key] = true
	a.applyBanner()
}
