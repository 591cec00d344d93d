package ui

import (
	"fmt"
	"net/netip"
	"slices"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
)

// reasonRoom is how many letters the table has for a reason.
const reasonRoom = 22

func brief(s string) bool { return utf8.RuneCountInString(s) <= reasonRoom }

// stateReason is the line below the state's word. It is short: the details say
// it in full.
func stateReason(st tunnels.Status, now time.Time) string {
	switch st.State {
	case tunnels.Stopped:
		return capital(endedText(st))
	case tunnels.Ready:
		return readyText(st, now)
	case tunnels.Starting, tunnels.Waiting, tunnels.Degraded, tunnels.Reconnecting, tunnels.NeedsUser:
	}
	reason := phrase(st)
	if reason == "" {
		reason = causeText(st)
	}
	reason = capital(reason)
	if st.Held == 0 {
		return reason
	}
	if both := reason + " · " + heldText(st.Held); reason != "" && brief(both) {
		return both
	}
	return heldText(st.Held) // somebody's program stands still: that comes first
}

// readyText says how well a tunnel goes, and for how long.
func readyText(st tunnels.Status, now time.Time) string {
	last := ageText(now.Sub(st.Since))
	if st.Since.IsZero() {
		last = ""
	}
	if !st.StopAt.IsZero() {
		last = lang.L("off in {{.Time}}", vars{"Time": minutesText(st.StopAt.Sub(now))})
	}
	if st.Latency <= 0 {
		return last
	}
	both := latencyText(st.Latency)
	if last != "" {
		both += " · " + last
	}
	if !st.StopAt.IsZero() && !brief(both) {
		return last
	}
	return both
}

// minutesText says how long something lasts, rounded up to whole minutes.
func minutesText(d time.Duration) string {
	d = max(d+time.Minute-1, time.Minute).Truncate(time.Minute)
	if d%time.Hour == 0 && d < 24*time.Hour {
		return lang.L("{{.Hours}} h", vars{"Hours": int(d / time.Hour)})
	}
	return ageText(d)
}

// endedText says what else than the user has stopped a tunnel; empty for nothing.
func endedText(st tunnels.Status) string {
	switch {
	case st.Ended > 0:
	case st.Reason == "its context was edited":
		return lang.L("its context was edited")
	case st.Reason == "its address was edited":
		return lang.L("its address was edited")
	case st.Reason == "background ended":
		return lang.L("background ended")
	default:
		return said(st.Reason)
	}
	return lang.L("by itself after {{.Time}}", vars{"Time": minutesText(st.Ended)})
}

// heldText says how many clients wait for the tunnel.
func heldText(n int) string { return plural(n, "1 client waits", "{{.N}} clients wait", nil) }

// phrase is why a tunnel is in its state, unless the state's word says it already.
// What the cluster says itself stays as it is.
func phrase(st tunnels.Status) string {
	if text := portPhrase(st); text != "" {
		return text
	}
	switch st.Reason {
	case "":
		return ""
	case "opening the local ports":
		return lang.L("opening local ports…")
	case "opening a session":
		return lang.L("opening session…")
	case "connection cut":
		return lang.L("reset")
	case "session lost":
		return lang.L("session lost")
	case "no answer from the cluster":
		return lang.L("no answer")
	case "cluster unreachable":
		return lang.L("cluster unreachable")
	case "cluster not trusted":
		return lang.L("cluster not trusted")
	case "unexpected answer":
		return lang.L("unexpected answer")
	case "pod not ready":
		return lang.L("pod not ready")
	case "pod has gone":
		return lang.L("pod has gone")
	case "not found":
		return lang.L("target not found")
	case "error":
		return ""
	}
	if st.State == tunnels.NeedsUser && saysItself(st) {
		return ""
	}
	return inShort(st)
}

// saysItself says whether the state's word has the reason: the engine has the same
// words for some causes, and others for the same.
func saysItself(st tunnels.Status) bool {
	if st.Err == nil {
		return false
	}
	switch st.Err.Cause {
	case tunnels.CausePortBusy, tunnels.CausePrivileged, tunnels.CauseNoAddress, tunnels.CauseForbidden, tunnels.CauseInvalid, tunnels.CauseSignIn:
		return slices.Contains([]string{"port busy", "port needs rights", "no such address", "no permission", "invalid", "sign in"}, st.Reason)
	default:
		return false
	}
}

// portPhrase says what is wrong with one port of a tunnel that works otherwise.
func portPhrase(st tunnels.Status) string {
	if st.State != tunnels.Degraded {
		return ""
	}
	for _, m := range st.Spec.Mappings {
		e := st.PortErrs[m.Remote]
		data := vars{"Port": m.Remote.String()}
		switch {
		case e == nil:
		case e.Cause == tunnels.CauseRefused:
			return lang.L("target refuses {{.Port}}", data)
		default:
			return lang.L("cannot forward {{.Port}}", data)
		}
	}
	if len(st.Unbound) > 0 {
		address := unboundText(st.Unbound[0].Addr)
		if len(st.Spec.Mappings) < 2 { // the column of addresses has the port
			address = st.Unbound[0].Addr.Addr().String()
		}
		return lang.L("not on {{.Address}}", vars{"Address": address})
	}
	return ""
}

// inShort leaves out of a long reason what the row says elsewhere.
func inShort(st tunnels.Status) string {
	s, t := said(st.Reason), st.Spec.Target
	if brief(s) {
		return s
	}
	switch {
	case st.Reason == "there is no "+t.String():
		return lang.L("it does not exist yet")
	case st.Reason == "looking for "+t.String():
		return lang.L("looking for the {{.Kind}}", vars{"Kind": string(t.Kind)})
	}
	s = strings.ReplaceAll(s, t.String(), lang.L("the {{.Kind}}", vars{"Kind": string(t.Kind)}))
	s = strings.TrimPrefix(s, t.Name+" is ")
	for _, colon := range []string{": ", "："} {
		if _, detail, ok := strings.Cut(s, colon); ok && !brief(s) { // "Pending: ImagePullBackOff"
			return detail
		}
	}
	return s
}

// causeText is what there is to say where the reason says nothing more than the
// word.
func causeText(st tunnels.Status) string {
	switch {
	case st.State == tunnels.NeedsUser && st.Err != nil:
		return needsText(st)
	case st.Err != nil && st.Err.Err != nil:
		return said(st.Err.Err.Error())
	case st.State == tunnels.Starting:
		return lang.L("opening session…")
	}
	return ""
}

// needsText says in few words what stands in the way, other than [needs].
func needsText(st tunnels.Status) string {
	switch st.Err.Cause {
	case tunnels.CausePortBusy:
		if a, ok := unboundBy(st, tunnels.CausePortBusy); ok {
			return lang.L("port {{.Port}} is taken", vars{"Port": fmt.Sprint(a.Port())})
		}
		return lang.L("another program has it")
	case tunnels.CausePrivileged:
		if a, ok := unboundBy(st, tunnels.CausePrivileged); ok {
			return lang.L("port {{.Port}} needs rights", vars{"Port": fmt.Sprint(a.Port())})
		}
		return lang.L("it needs more rights")
	case tunnels.CauseNoAddress:
		if a, ok := unboundBy(st, tunnels.CauseNoAddress); ok {
			return lang.L("{{.Address}} is not here", vars{"Address": a.Addr().String()})
		}
		return lang.L("not on this computer")
	case tunnels.CauseSignIn:
		return lang.L("no valid credentials")
	case tunnels.CauseForbidden:
		return lang.L("you lack a permission")
	case tunnels.CauseNotFound:
		return lang.L("it does not exist")
	case tunnels.CauseRefused:
		return lang.L("nothing listens there")
	case tunnels.CauseTLS:
		return lang.L("not trusted")
	case tunnels.CauseInvalid, tunnels.CauseUnreachable, tunnels.CausePodNotReady, tunnels.CausePodGone, tunnels.CauseUnknown,
		tunnels.CauseReset, tunnels.CauseSessionLost, tunnels.CauseProtocol, tunnels.CauseInternal:
	}
	if st.Err.Err == nil {
		return ""
	}
	return said(st.Err.Err.Error())
}

// unboundBy returns the first address that is not bound for the cause.
func unboundBy(st tunnels.Status, cause tunnels.Cause) (netip.AddrPort, bool) {
	for _, u := range st.Unbound {
		if u.Err != nil && u.Err.Cause == cause {
			return u.Addr, true
		}
	}
	return netip.AddrPort{}, false
}

// capital begins a text with a capital letter, unless its first word is one to be
// typed.
func capital(s string) string {
	if s == "" || strings.ContainsAny(strings.SplitN(s, " ", 2)[0], "./:_[") {
		return s
	}
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}
