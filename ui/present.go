package ui

import (
	"fmt"
	"net/netip"
	"strings"
	"time"
	"unicode/utf8"

	"fyne.io/fyne/v2"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// stateLook is a state's glyph (a file name in assets/states) and the colours
// of glyph and word. Shapes differ too, so the colour is never alone.
type stateLook struct {
	glyph  string
	colour fyne.ThemeColorName
	word   fyne.ThemeColorName
}

func lookOf(s tunnels.State) stateLook {
	switch s {
	case tunnels.Ready:
		return stateLook{"ready", parts.Green, parts.Fg}
	case tunnels.Starting:
		return stateLook{"starting", parts.Accent, parts.Accent}
	case tunnels.Waiting:
		return stateLook{"waiting", parts.Accent, parts.Accent}
	case tunnels.Degraded:
		return stateLook{"degraded", parts.Amber, parts.Amber}
	case tunnels.Reconnecting:
		return stateLook{"reconn", parts.Amber, parts.Amber}
	case tunnels.NeedsUser:
		return stateLook{"needs", parts.Red, parts.Red}
	case tunnels.Stopped:
	}
	return stateLook{"stopped", parts.Text3, parts.Text3}
}

// stateWord says a state in a few words, and in fewer for narrow tables.
func stateWord(st tunnels.Status, now time.Time) (word, short string) {
	switch st.State {
	case tunnels.Ready:
		return "Ready", "Ready"
	case tunnels.Starting:
		return "Starting", "Starting"
	case tunnels.Waiting:
		return "Waiting for pod", "Waiting"
	case tunnels.Degraded:
		return "Degraded", "Degraded"
	case tunnels.Reconnecting:
		if s := untilText(st.RetryAt.Sub(now)); !st.RetryAt.IsZero() && s != "" {
			return "Reconnecting in " + s, "Reconnecting " + s
		}
		return "Reconnecting", "Reconnecting"
	case tunnels.NeedsUser:
		if c := needs(st.Err); c != "" {
			return "Needs you: " + c, "Needs you"
		}
		return "Needs you", "Needs you"
	case tunnels.Stopped:
	}
	return "Stopped", "Stopped"
}

// needs says in two words what the user has to see to.
func needs(e *tunnels.Error) string {
	if e == nil {
		return ""
	}
	switch e.Cause {
	case tunnels.CauseInvalid:
		return "settings"
	case tunnels.CausePortBusy:
		return "port busy"
	case tunnels.CausePrivileged:
		return "port not allowed"
	case tunnels.CauseNoAddress:
		return "no such address"
	case tunnels.CauseUnreachable:
		return "unreachable"
	case tunnels.CauseTLS:
		return "certificate"
	case tunnels.CauseSignIn:
		return "sign in"
	case tunnels.CauseForbidden:
		return "no right"
	case tunnels.CauseNotFound:
		return "not found"
	case tunnels.CauseRefused:
		return "refused"
	case tunnels.CausePodNotReady, tunnels.CausePodGone:
		return "pod"
	case tunnels.CauseUnknown, tunnels.CauseReset, tunnels.CauseSessionLost, tunnels.CauseProtocol:
	}
	return ""
}

// stateReason is the line below the state's word. It is short: the details say
// it in full.
func stateReason(st tunnels.Status, now time.Time) string {
	switch st.State {
	case tunnels.Stopped:
		return st.Reason
	case tunnels.Ready:
		var out []string
		if st.Latency > 0 {
			out = append(out, latencyText(st.Latency))
		}
		if !st.Since.IsZero() {
			if age := ageText(now.Sub(st.Since)); age != "" {
				out = append(out, age)
			}
		}
		return strings.Join(out, " · ")
	case tunnels.Starting, tunnels.Waiting, tunnels.Degraded, tunnels.Reconnecting, tunnels.NeedsUser:
	}
	reason := reasonOf(st)
	if st.Held > 0 { // first, since it may be all that fits
		waits := count(st.Held, "client waits", "clients wait")
		if reason == "" {
			return waits
		}
		if both := waits + " · " + reason; brief(both) {
			return both
		}
		return waits
	}
	return capital(reason)
}

// reasonOf is the status's reason, unless the state's word says it already.
func reasonOf(st tunnels.Status) string {
	if st.Reason == "" || st.State == tunnels.NeedsUser && strings.EqualFold(st.Reason, needs(st.Err)) {
		return causeText(st)
	}
	return inShort(st.Reason, st.Spec.Target)
}

// reasonRoom is how many letters the table has for a reason.
const reasonRoom = 22

func brief(s string) bool { return utf8.RuneCountInString(s) <= reasonRoom }

// inShort leaves out of a long reason what the row says elsewhere.
func inShort(s string, t tunnels.Target) string {
	if brief(s) {
		return s
	}
	if s == "there is no "+t.String() {
		return "it does not exist yet"
	}
	s = strings.ReplaceAll(s, t.String(), "the "+string(t.Kind))
	s = strings.TrimPrefix(s, t.Name+" is ")
	if _, detail, ok := strings.Cut(s, ": "); ok && !brief(s) { // "Pending: ImagePullBackOff"
		return detail
	}
	return s
}

func causeText(st tunnels.Status) string {
	switch {
	case st.State == tunnels.NeedsUser && st.Err != nil:
		return needsText(st)
	case st.Err != nil && st.Err.Err != nil:
		return st.Err.Err.Error()
	case st.State == tunnels.Starting:
		return "opening session…"
	case len(st.Unbound) > 0:
		return fmt.Sprintf("%s is not bound", st.Unbound[0].Addr)
	}
	return ""
}

// needsText says in few words what stands in the way, other than [needs].
func needsText(st tunnels.Status) string {
	switch st.Err.Cause {
	case tunnels.CausePortBusy:
		if a, ok := unboundBy(st, tunnels.CausePortBusy); ok {
			return fmt.Sprintf("port %d is taken", a.Port())
		}
		return "another program has it"
	case tunnels.CauseNoAddress:
		if a, ok := unboundBy(st, tunnels.CauseNoAddress); ok {
			return a.Addr().String() + " is not here"
		}
		return "not on this computer"
	case tunnels.CauseSignIn:
		return "no valid credentials"
	case tunnels.CauseNotFound:
		return "it does not exist"
	case tunnels.CauseRefused:
		return "nothing listens there"
	case tunnels.CauseInvalid, tunnels.CausePrivileged, tunnels.CauseUnreachable, tunnels.CauseTLS, tunnels.CauseForbidden,
		tunnels.CausePodNotReady, tunnels.CausePodGone, tunnels.CauseUnknown, tunnels.CauseReset, tunnels.CauseSessionLost, tunnels.CauseProtocol:
	}
	return st.Err.Err.Error()
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

func capital(s string) string {
	if s == "" || strings.ContainsAny(strings.SplitN(s, " ", 2)[0], "./:_[") {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// stateSentence is the line below the name in the details.
func stateSentence(st tunnels.Status, now time.Time) string {
	word, _ := stateWord(st, now)
	switch st.State {
	case tunnels.Ready:
		if st.Latency > 0 {
			return word + " · answered a ping in " + latencyText(st.Latency)
		}
		return word
	case tunnels.Stopped:
		return word + " · not listening"
	case tunnels.Starting, tunnels.Waiting, tunnels.Degraded, tunnels.Reconnecting, tunnels.NeedsUser:
	}
	if st.Reason != "" && !strings.EqualFold(st.Reason, needs(st.Err)) {
		return word + " · " + st.Reason
	}
	return word
}

// running says whether the tunnel holds ports, or tries to.
func running(s tunnels.State) bool { return s != tunnels.Stopped }

// needsAttention says whether a tunnel is not as it should be.
func needsAttention(s tunnels.State) bool {
	switch s {
	case tunnels.Degraded, tunnels.Reconnecting, tunnels.NeedsUser:
		return true
	case tunnels.Stopped, tunnels.Ready, tunnels.Starting, tunnels.Waiting:
	}
	return false
}

// stripe is the colour of a context at the edge of its rows, by its place in
// the kubeconfig, so that neighbours differ. Red is kept for production.
func stripe(place int) fyne.ThemeColorName {
	switch place % 4 {
	case 0:
		return parts.Stripe0
	case 1:
		return parts.Stripe2
	case 2:
		return parts.Stripe1
	}
	return parts.Stripe3
}
