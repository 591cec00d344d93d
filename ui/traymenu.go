package ui

import (
	"slices"
	"strconv"
	"strings"
	"unicode"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
	"culvert/tunnels/speaks"
	"culvert/ui/parts"
)

// Sizes of the tray's menu.
const (
	trayTunnels  = 10 // tunnels in the menu itself
	trayDeeper   = 30 // lines in a submenu
	trayProfiles = 8  // profiles in the menu itself
	trayName     = 28 // letters of a name
	trayTarget   = 26 // letters of a target
)

// trayVerb is what a click on a line of the tray's menu does.
type trayVerb uint8

const (
	trayNothing trayVerb = iota
	trayOpen
	trayToggle  // of a tunnel's ID
	trayProfile // starts or stops the profile of that ID
	trayCopy    // of an address
	trayStartAll
	trayStopAll
	trayPreferences
	trayQuit
)

// trayItem is one line of the tray's menu.
type trayItem struct {
	text    string
	verb    trayVerb
	of      string // what the verb is done to
	checked bool
	off     bool // it does nothing now
	rule    bool // a line that parts others
	sub     []trayItem
}

// same says whether two lines look and do the same.
func (t trayItem) same(o trayItem) bool {
	return t.text == o.text && t.verb == o.verb && t.of == o.of && t.checked == o.checked &&
		t.off == o.off && t.rule == o.rule && slices.EqualFunc(t.sub, o.sub, trayItem.same)
}

// trayView is all that the tray shows.
type trayView struct {
	icon  parts.TrayIcon
	tip   string
	items []trayItem
}

func (v trayView) same(o trayView) bool {
	return v.icon == o.icon && v.tip == o.tip && slices.EqualFunc(v.items, o.items, trayItem.same)
}

// trayOf returns what the tray shows of all tunnels; busy are those on which a verb
// is under way, with what it does. elsewhere says that they run in another process.
func trayOf(snap tunnels.Snapshot, ps []profiles.Profile, busy map[tunnels.ID]string, elsewhere bool) trayView {
	t := tallyOf(snap)
	headline := trayHeadline(t)
	return trayView{icon: trayIconOf(t), tip: Title + ": " + headline, items: trayMenu(snap, ps, busy, elsewhere)}
}

// trayMenu returns the menu. Tunnels stand in the user's own order, whatever they
// do, so that a hand finds them where they were; the headline tells what is wrong.
func trayMenu(snap tunnels.Snapshot, ps []profiles.Profile, busy map[tunnels.ID]string, elsewhere bool) []trayItem {
	t := tallyOf(snap)
	rule := trayItem{rule: true}
	items := []trayItem{
		{text: trayHeadline(t), off: true},
		{text: lang.L("Open Culvert"), verb: trayOpen},
		rule,
	}
	if of := profileItems(snap, ps); len(of) > 0 {
		items = append(append(items, of...), rule)
	}
	if of := tunnelItems(snap, ps, busy); len(of) > 0 {
		items = append(append(items, of...), rule)
	}
	items = append(items, copyItem(snap),
		trayItem{text: lang.L("Start all"), verb: trayStartAll, off: t.running == t.total},
		trayItem{text: lang.L("Stop all"), verb: trayStopAll, off: t.running == 0},
		rule,
		trayItem{text: lang.L("Preferences…"), verb: trayPreferences},
		trayItem{text: quitText(t.running, elsewhere), verb: trayQuit},
	)
	return items
}

// quitText says what leaving costs.
func quitText(running int, elsewhere bool) string {
	switch {
	case running == 0:
		return lang.L("Quit")
	case elsewhere:
		return plural(running, "Quit (1 tunnel keeps running in the background)", "Quit ({{.N}} tunnels keep running in the background)", nil)
	}
	return plural(running, "Quit (stops 1 tunnel)", "Quit (stops {{.N}} tunnels)", nil)
}

// trayHeadline says in words what the icon says.
func trayHeadline(t tally) string {
	if t.total == 0 {
		return lang.L("No tunnels yet")
	}
	worst, n := trayWorst(t)
	switch well := t.running - n; {
	case t.running == 0:
		return lang.L("No tunnel runs")
	case worst == "":
		return lang.L("{{.N}} running", vars{"N": well})
	case well == 0:
		return worst
	default:
		return lang.L("{{.N}} running", vars{"N": well}) + " · " + worst
	}
}

// trayWorst says how many tunnels are in the worst state of those that are not well,
// and what is the matter; empty for none.
func trayWorst(t tally) (text string, n int) {
	switch {
	case t.states[tunnels.NeedsUser] > 0:
		n = t.states[tunnels.NeedsUser]
		return plural(n, "1 needs you", "{{.N}} need you", nil), n
	case t.states[tunnels.Degraded] > 0:
		n = t.states[tunnels.Degraded]
		return plural(n, "1 is degraded", "{{.N}} are degraded", nil), n
	case t.states[tunnels.Reconnecting] > 0:
		n = t.states[tunnels.Reconnecting]
		return plural(n, "1 reconnects", "{{.N}} reconnect", nil), n
	case t.states[tunnels.Waiting] > 0:
		n = t.states[tunnels.Waiting]
		return plural(n, "1 waits for a pod", "{{.N}} wait for pods", nil), n
	case t.states[tunnels.Starting] > 0:
		n = t.states[tunnels.Starting]
		return plural(n, "1 starts", "{{.N}} start", nil), n
	}
	return "", 0
}

// trayIconOf is the icon of the worst state.
func trayIconOf(t tally) parts.TrayIcon {
	switch {
	case t.states[tunnels.NeedsUser] > 0:
		return parts.TrayNeeds
	case t.states[tunnels.Reconnecting]+t.states[tunnels.Degraded]+t.states[tunnels.Waiting]+t.states[tunnels.Starting] > 0:
		return parts.TrayWorking
	case t.running > 0:
		return parts.TrayRunning
	}
	return parts.TrayIdle
}

// profileItems are the profiles that have tunnels, where there are several.
func profileItems(snap tunnels.Snapshot, ps []profiles.Profile) []trayItem {
	var out []trayItem
	for _, p := range ps {
		t := tallyOf(inProfile(snap, p.ID))
		if t.total == 0 {
			continue
		}
		text := trayCut(profileName(p), trayName)
		if p.Guest {
			text += " (" + guestWord() + ")"
		}
		if 0 < t.running && t.running < t.total {
			text = lang.L("{{.Profile}} · {{.N}} of {{.All}} run", vars{"Profile": text, "N": t.running, "All": t.total})
		}
		out = append(out, trayItem{text: text, verb: trayProfile, of: p.ID, checked: t.running == t.total})
	}
	switch {
	case len(out) < 2:
		return nil
	case len(out) > trayProfiles:
		return []trayItem{{text: lang.L("Profiles"), sub: deeper(out)}}
	}
	return out
}

// tunnelItems are the first tunnels, and submenus for the rest: one of each profile,
// or one for all where there are no profiles.
func tunnelItems(snap tunnels.Snapshot, ps []profiles.Profile, busy map[tunnels.ID]string) []trayItem {
	var out []trayItem
	for _, st := range snap[:min(len(snap), trayTunnels)] {
		out = append(out, tunnelItem(st, busy[st.Spec.ID]))
	}
	if len(snap) <= trayTunnels {
		return out
	}
	rest := snap[trayTunnels:]
	if len(ps) < 2 {
		return append(out, restItem(lang.L("More"), rest, busy))
	}
	known := make(map[string]bool)
	for _, p := range ps {
		known[p.ID] = true
		if of := inProfile(rest, p.ID); len(of) > 0 {
			out = append(out, restItem(lang.L("More of {{.Profile}}", vars{"Profile": trayCut(profileName(p), trayName)}), of, busy))
		}
	}
	var lost tunnels.Snapshot // the watch of profiles is behind
	for _, st := range rest {
		if !known[profileOf(st.Spec)] {
			lost = append(lost, st)
		}
	}
	if len(lost) > 0 {
		out = append(out, restItem(lang.L("More"), lost, busy))
	}
	return out
}

func restItem(text string, snap tunnels.Snapshot, busy map[tunnels.ID]string) trayItem {
	var sub []trayItem
	for _, st := range snap {
		sub = append(sub, tunnelItem(st, busy[st.Spec.ID]))
	}
	return trayItem{text: text, sub: deeper(sub)}
}

// deeper returns the lines of a submenu: where there are too many for a screen,
// the last one opens the window.
func deeper(items []trayItem) []trayItem {
	if len(items) <= trayDeeper {
		return items
	}
	rest := len(items) - trayDeeper
	return append(slices.Clip(items[:trayDeeper]),
		trayItem{rule: true}, trayItem{text: lang.L("{{.N}} more in the window…", vars{"N": rest}), verb: trayOpen})
}

// tunnelItem is the line of a tunnel: what it is, where it leads, and its state
// unless it just runs or is stopped, which the tick says.
func tunnelItem(st tunnels.Status, doing string) trayItem {
	text := trayCut(st.Spec.Title(), trayName) + "  " + trayPorts(st)
	state := trayState(st)
	if doing != "" {
		state = doing
	}
	if state != "" {
		text += " · " + state
	}
	return trayItem{text: text, verb: trayToggle, of: string(st.Spec.ID), checked: st.State != tunnels.Stopped, off: doing != ""}
}

// trayPorts says where a tunnel listens and leads, as "5432 → db:5432".
func trayPorts(st tunnels.Status) string {
	if len(st.Spec.Mappings) == 0 {
		return trayCut(st.Spec.Target.Name, trayTarget)
	}
	m := st.Spec.Mappings[0]
	text := trayLocal(st, m) + " → " + trayCut(st.Spec.Target.Name, trayTarget) + ":" + m.Remote.String()
	if more := len(st.Spec.Mappings) - 1; more > 0 {
		text += " +" + strconv.Itoa(more)
	}
	return text
}

// trayLocal is the local port of a mapping: the one that is bound, else the one
// that would be.
func trayLocal(st tunnels.Status, m tunnels.Mapping) string {
	for _, b := range st.Bound {
		if b.Mapping == m {
			return strconv.Itoa(int(b.Addr.Port()))
		}
	}
	if m.Local > 0 {
		return strconv.Itoa(int(m.Local))
	}
	return lang.L("any port")
}

// trayState says in words what the tick does not.
func trayState(st tunnels.Status) string {
	switch st.State {
	case tunnels.Starting:
		return lang.L("starting")
	case tunnels.Waiting:
		return lang.L("waiting for a pod")
	case tunnels.Degraded:
		return lang.L("degraded")
	case tunnels.Reconnecting:
		return lang.L("reconnecting")
	case tunnels.NeedsUser:
		switch what := needs(st.Err); {
		case what == "":
			return lang.L("needs you")
		case st.Err.Cause == tunnels.CauseSignIn:
			return lang.L("needs sign-in")
		default:
			return lang.L("needs you: {{.What}}", vars{"What": what})
		}
	case tunnels.Ready, tunnels.Stopped:
	}
	return ""
}

// copyItem is the submenu of the addresses that are listened on.
func copyItem(snap tunnels.Snapshot) trayItem {
	var sub []trayItem
	for _, st := range snap {
		for _, d := range speaks.Doors(st) {
			addr := d.Addr.String()
			sub = append(sub, trayItem{text: trayCut(st.Spec.Title(), trayName) + "  " + addr, verb: trayCopy, of: addr})
		}
	}
	return trayItem{text: lang.L("Copy address"), sub: deeper(sub), off: len(sub) == 0}
}

// trayCut keeps a text short and free of what is no letter; the toolkit of the
// panel cuts nothing.
func trayCut(s string, most int) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u00a0' || r == '\u202f': // French has them before its colons
			return ' '
		case !unicode.IsPrint(r):
			return -1
		}
		return r
	}, s)
	if r := []rune(s); len(r) > most {
		tail := most / 3
		return string(r[:most-tail-1]) + "…" + string(r[len(r)-tail:])
	}
	return s
}

// trayLabel is a text as the menus of an operating system want it: what they take
// for the mark of a key is written twice.
func trayLabel(system, text string) string {
	switch system {
	case "windows":
		return strings.ReplaceAll(text, "&", "&&")
	case "darwin":
		return text
	}
	return strings.ReplaceAll(text, "_", "__")
}
