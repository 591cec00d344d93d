package ui

import (
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/kube"
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
		word = lang.L("Ready")
	case tunnels.Starting:
		word = lang.L("Starting")
	case tunnels.Waiting:
		return lang.L("Waiting for pod"), lang.L("Waiting")
	case tunnels.Degraded:
		word = lang.L("Degraded")
	case tunnels.Reconnecting:
		if s := untilText(st.RetryAt.Sub(now)); !st.RetryAt.IsZero() && s != "" {
			data := vars{"Time": s}
			return lang.L("Reconnecting in {{.Time}}", data), lang.L("Reconnecting {{.Time}}", data)
		}
		word = lang.L("Reconnecting")
	case tunnels.NeedsUser:
		word, short = lang.L("Needs you"), lang.L("Needs you")
		if c := needs(st.Err); c != "" {
			word = lang.L("Needs you: {{.What}}", vars{"What": c})
		}
		return word, short
	case tunnels.Stopped:
		word = lang.L("Stopped")
	}
	return word, word
}

// needs says in two words what the user has to see to.
func needs(e *tunnels.Error) string {
	if e == nil {
		return ""
	}
	switch e.Cause {
	case tunnels.CauseInvalid:
		return lang.L("settings")
	case tunnels.CausePortBusy:
		return lang.L("port busy")
	case tunnels.CausePrivileged:
		return lang.L("port not allowed")
	case tunnels.CauseNoAddress:
		return lang.L("no such address")
	case tunnels.CauseUnreachable:
		return lang.L("unreachable")
	case tunnels.CauseTLS:
		return lang.L("certificate")
	case tunnels.CauseSignIn:
		return lang.L("sign in")
	case tunnels.CauseForbidden:
		return lang.L("no right")
	case tunnels.CauseNotFound:
		return lang.L("not found")
	case tunnels.CauseRefused:
		return lang.L("refused")
	case tunnels.CausePodNotReady, tunnels.CausePodGone:
		return lang.L("pod")
	case tunnels.CauseUnknown, tunnels.CauseReset, tunnels.CauseSessionLost, tunnels.CauseProtocol, tunnels.CauseInternal:
	}
	return ""
}

// stateSentence is the line below the name in the details.
func stateSentence(st tunnels.Status, now time.Time) string {
	word, _ := stateWord(st, now)
	out := []string{word}
	switch st.State {
	case tunnels.Ready:
		if st.Latency > 0 {
			out = append(out, lang.L("answered a ping in {{.Time}}", vars{"Time": latencyText(st.Latency)}))
		}
	case tunnels.Stopped:
		ended := endedText(st)
		if ended == "" {
			ended = lang.L("not listening")
		}
		out = append(out, ended)
	case tunnels.Starting, tunnels.Waiting, tunnels.Degraded, tunnels.Reconnecting, tunnels.NeedsUser:
		if why := phrase(st); why != "" {
			out = append(out, why)
		}
		if st.Held > 0 {
			out = append(out, heldText(st.Held))
		}
	}
	return strings.Join(out, " · ")
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

// contextStripe is the colour of a context in lists.
func contextStripe(c kube.Context, place int) fyne.ThemeColorName {
	if c.Production {
		return parts.Production
	}
	return stripe(place)
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
