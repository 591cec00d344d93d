package ui

import (
	"context"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/redact"
)

// mostNotices wait to be told; more would be a storm.
const mostNotices = 4

// notedNames is how many tunnels a notice names.
const notedNames = 4

// notice is what the user is told beside the window.
type notice struct{ title, text string }

// noteIncidents looks for what the user has to be told of. The switch for all is
// asked when there is something to tell, so that an incident is not told later.
func (a *App) noteIncidents() {
	r := a.incidents.look(a.deps.Now(), a.snap, a.quiet, a.focused && !a.hidden)
	if r.empty() || a.deps.Notify == nil {
		return
	}
	a.notify(noticeOf(r, a.names()))
}

// quiet says that the user wants to hear nothing of a tunnel.
func (a *App) quiet(s tunnels.Spec) bool {
	p, _ := a.book.find(profileOf(s))
	return p.Quiet
}

// notify tells the user something beside the window, unless all is to be quiet.
func (a *App) notify(n notice) {
	if a.deps.Notify == nil {
		return
	}
	a.withSettings(func() {
		if a.settingsNow().Quiet {
			return
		}
		select {
		case a.notices <- n:
		default: // the desktop does not take them; the window tells it all
		}
	})
}

// noteFailed tells that a click in the tray came to nothing: the row that says so
// is not there.
func (a *App) noteFailed(id tunnels.ID, err error) {
	st, ok := a.snap.Find(id)
	if !ok || !a.hidden {
		return
	}
	a.notify(notice{
		lang.L("{{.Name}}: it could not be done", vars{"Name": noticeName(st)}),
		noticeText(complaint(err)),
	})
}

// tellNotices hands notices to the desktop, one by one, until ctx is done.
func (a *App) tellNotices(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case n := <-a.notices:
			a.deps.Notify(ctx, n.title, n.text)
		}
	}
}

// noticeOf says in words what has happened. What came together is one notice.
func noticeOf(r report, names targetNames) notice {
	switch {
	case len(r.lost) == 1 && len(r.back) == 0:
		return lostNotice(r.lost[0])
	case len(r.lost) == 0 && len(r.back) == 1:
		st := r.back[0]
		return notice{lang.L("{{.Name}} works again", vars{"Name": noticeName(st)}), backText(st)}
	case len(r.back) == 0:
		return notice{lostTitle(r.lost, names), namesOf(r.lost)}
	case len(r.lost) == 0:
		return notice{plural(len(r.back), "1 tunnel works again", "{{.N}} tunnels work again", nil), namesOf(r.back)}
	}
	return notice{
		lostTitle(r.lost, names),
		namesOf(r.lost) + "\n" + lang.L("These work again: {{.Names}}", vars{"Names": namesOf(r.back)}),
	}
}

// lostNotice is about one tunnel.
func lostNotice(st tunnels.Status) notice {
	data := vars{"Name": noticeName(st)}
	var title string
	switch st.State {
	case tunnels.NeedsUser:
		title = lang.L("{{.Name}} needs you", data)
		if what := needs(st.Err); what != "" {
			data["What"] = what
			title = lang.L("{{.Name}} needs you: {{.What}}", data)
		}
	case tunnels.Waiting:
		title = lang.L("{{.Name}} waits for a pod", data)
	case tunnels.Degraded:
		title = lang.L("{{.Name}} works only in part", data)
	case tunnels.Reconnecting, tunnels.Stopped, tunnels.Ready, tunnels.Starting:
		title = lang.L("{{.Name}} lost its connection", data)
	}
	return notice{title, lostText(st)}
}

// lostText is why, and what to do, without what is secret.
func lostText(st tunnels.Status) string {
	why := ""
	switch {
	case st.Err != nil:
		why = complaint(st.Err)
	case st.Reason != "":
		why = sentence(st.Reason)
	}
	if port := trayPorts(st); why == "" {
		return port
	}
	return noticeText(why)
}

// noticeText is a text without what is secret, and no longer than a desktop shows.
func noticeText(s string) string { return trayCut(redact.WithoutSecrets(s), 300) }

func backText(st tunnels.Status) string {
	if addr, ok := firstBound(st); ok {
		return addr
	}
	return ""
}

// lostTitle says what several tunnels have in common.
func lostTitle(lost []tunnels.Status, names targetNames) string {
	n := len(lost)
	if n == 1 {
		return lostNotice(lost[0]).title
	}
	context, same, waits := names.context(lost[0].Spec.Target), true, true
	for _, st := range lost {
		same = same && names.context(st.Spec.Target) == context && (st.State == tunnels.Reconnecting || st.State == tunnels.NeedsUser)
		waits = waits && st.State == tunnels.NeedsUser
	}
	data := vars{"Context": trayCut(context, trayName)}
	switch {
	case waits:
		return plural(n, "1 tunnel needs you", "{{.N}} tunnels need you", nil)
	case same && context != "":
		return plural(n, "1 tunnel lost {{.Context}}", "{{.N}} tunnels lost {{.Context}}", data)
	}
	return plural(n, "1 tunnel has trouble", "{{.N}} tunnels have trouble", nil)
}

// namesOf names the first tunnels.
func namesOf(sts []tunnels.Status) string {
	var out []string
	for _, st := range sts[:min(len(sts), notedNames)] {
		out = append(out, noticeName(st))
	}
	text := strings.Join(out, ", ")
	if more := len(sts) - notedNames; more > 0 {
		text = lang.L("{{.Names}} and {{.N}} more", vars{"Names": text, "N": more})
	}
	return text
}

func noticeName(st tunnels.Status) string { return trayCut(st.Spec.Title(), 40) }

// followFocus notes whether the user looks at the window.
func (a *App) followFocus() {
	l := a.deps.App.Lifecycle()
	l.SetOnEnteredForeground(func() { a.do(func() { a.focused = true }) })
	l.SetOnExitedForeground(func() { a.do(func() { a.focused = false }) })
}
