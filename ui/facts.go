package ui

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// fact is one line of the details: a key, what there is to say, and what is said
// less loudly behind it.
type fact struct {
	mark             string // its name for those who drive the window
	key, value, note string
	copies           bool // it has a button that copies the value
}

// detailView is all that the details show of a tunnel, but for what the tabs
// beside the overview show.
type detailView struct {
	id       tunnels.ID
	name     string
	look     stateLook
	sentence string
	on       bool
	canKick  bool
	usable   bool   // programs can connect to it now
	trouble  string // what is wrong and what to do, in full
	raw      string // what was said at first, where trouble puts it in other words
	remedies []verb // what the user can do about it here
	conflict conflictView
	cards    []addressCard
	facts    []fact
	warnings []string
	role     bool // a right is missing
	conns    int
	rate     string // now; empty while the tunnel is stopped
	curve    *parts.Curve
	ticked   string // the button that says what was copied a moment ago
	asking   bool   // it is being found out what its ports speak
}

// addressCard is one mapping with its addresses.
type addressCard struct {
	local, remote string // "6000", "5000 in the pod"
	port          string // "5000"
	lines         []address
	urgent        bool // the user has to see to those that are not bound
}

// detailsOf returns what the details show of a tunnel.
func detailsOf(st tunnels.Status, names targetNames, f flow, in insight, failed *tunnels.Error, now time.Time) detailView {
	v := detailView{
		id: st.Spec.ID, name: st.Spec.Title(), look: lookOf(st.State), sentence: stateSentence(st, now),
		on: running(st.State), canKick: running(st.State), usable: len(st.Bound) > 0 && st.State.Serving(), cards: cardsOf(st),
		warnings: st.Warnings, conns: st.Conns,
	}
	v.role = st.State == tunnels.NeedsUser && st.Err != nil && st.Err.Cause == tunnels.CauseForbidden
	switch {
	case failed != nil:
		v.trouble = complaintAt(failed)
	case st.Err != nil:
		v.trouble = complaint(st.Err)
	case len(st.Unbound) > 0:
		v.trouble = complaint(st.Unbound[0].Err)
	}
	if v.on {
		v.rate = rateText(f.in + f.out)
	}
	v.facts = factsOf(st, names, f, in, now)
	return v
}

func factsOf(st tunnels.Status, names targetNames, f flow, in insight, now time.Time) []fact {
	t := st.Spec.Target
	target := fact{mark: "Target", key: lang.L("Target"), value: targetText(t), copies: true}
	target.note = lang.L("in {{.Context}} / {{.Namespace}}", vars{"Context": names.context(t), "Namespace": names.namespace(t)})
	if t.Kind == tunnels.KindPod { // the pod's own line has the name
		target = fact{
			mark: "Target", key: lang.L("Namespace"), value: names.namespace(t),
			note: lang.L("in {{.Context}}", vars{"Context": names.context(t)}),
		}
	}
	if st.State == tunnels.Stopped {
		if t.Kind == tunnels.KindPod {
			return append([]fact{{mark: "Pod", key: lang.L("Pod"), value: t.Name, copies: true}, target}, plans(st, names, now)...)
		}
		return append([]fact{target}, plans(st, names, now)...)
	}
	out := append(podFacts(st, in), target, transportFact(st))
	if !st.Since.IsZero() {
		out = append(out, sinceFact(st, now))
	}
	reconnects := fact{mark: "Reconnects", key: lang.L("Reconnects"), value: strconv.Itoa(st.Reconnects)}
	if c, ok := lastComeback(in.events); ok && st.Reconnects > 0 {
		reconnects.note = comebackText(c)
	}
	out = append(out, reconnects,
		fact{mark: "Connections", key: lang.L("Connections"), value: connText(st)},
		fact{mark: "Received", key: lang.L("Received"), value: bytesText(st.In) + " · " + rateText(f.in)},
		fact{mark: "Sent", key: lang.L("Sent"), value: bytesText(st.Out) + " · " + rateText(f.out)})
	return append(out, plans(st, names, now)...)
}

// podFacts say which pods have the connections.
func podFacts(st tunnels.Status, in insight) []fact {
	now := podsNow(st)
	pod := fact{mark: "Pod", key: lang.L("Pod"), value: "–"}
	switch len(now) {
	case 0:
		if st.Spec.Target.Kind == tunnels.KindPod {
			pod.value, pod.note = st.Spec.Target.Name, lang.L("no session")
		}
	case 1:
		pod.value, pod.copies = now[0], true
	default:
		pod.key, pod.value, pod.copies = lang.L("Pods"), strings.Join(now, ", "), true
	}
	if st.PodsAll > 1 {
		pod.note = lang.L("{{.Ready}} of {{.All}} ready", vars{"Ready": st.PodsReady, "All": st.PodsAll})
	}
	out := []fact{pod}
	for _, old := range oldPods(st, in.open) {
		out = append(out, fact{
			mark: "Old pod", key: lang.L("Old pod"), value: podTail(old.pod, old.like),
			note: plural(old.conns, "1 connection finishes there", "{{.N}} connections finish there", nil),
		})
	}
	return out
}

// podsNow are the pods that new connections go to.
func podsNow(st tunnels.Status) []string {
	if len(st.Pods) > 0 {
		return st.Pods
	}
	if st.Pod != "" {
		return []string{st.Pod}
	}
	return nil
}

// oldPod is a pod that the tunnel has left and that still has connections.
type oldPod struct {
	pod, like string // like is one of the pods of now
	conns     int
}

func oldPods(st tunnels.Status, open []tunnels.Conn) []oldPod {
	var out []oldPod
	now := podsNow(st)
	for _, c := range open {
		if !isOld(c, now) {
			continue
		}
		i := slices.IndexFunc(out, func(o oldPod) bool { return o.pod == c.Pod })
		if i < 0 {
			i = len(out)
			out = append(out, oldPod{pod: c.Pod, like: now[0]})
		}
		out[i].conns++
	}
	return out
}

// isOld says whether a connection goes to a pod that new ones do not go to.
func isOld(c tunnels.Conn, now []string) bool {
	return len(now) > 0 && c.Pod != "" && c.State != tunnels.ConnEnded && !slices.Contains(now, c.Pod)
}

func transportFact(st tunnels.Status) fact {
	out := fact{mark: "Transport", key: lang.L("Transport"), value: orDash(st.Transport)}
	var notes []string
	if st.Latency > 0 {
		notes = append(notes, latencyText(st.Latency))
	}
	if st.Sessions > 1 {
		notes = append(notes, plural(st.Sessions, "1 session", "{{.N}} sessions", nil))
	}
	out.note = strings.Join(notes, ", ")
	return out
}

// sinceFact says how long the state has lasted.
func sinceFact(st tunnels.Status, now time.Time) fact {
	out := fact{mark: "Uptime", key: lang.L("Uptime")}
	if !st.State.Serving() {
		out.mark, out.key = "In this state", lang.L("In this state")
	}
	since := lang.L("since {{.Time}}", vars{"Time": st.Since.Format("15:04:05")})
	out.value, out.note = ageText(now.Sub(st.Since)), since
	if out.value == "" {
		out.value, out.note = since, ""
	}
	return out
}

// plans say what the user has asked of the tunnel beyond forwarding.
func plans(st tunnels.Status, names targetNames, now time.Time) []fact {
	spec := st.Spec
	var out []fact
	switch {
	case !st.StopAt.IsZero():
		out = append(out, fact{
			mark: "Stop after", key: lang.L("Stops in"), value: minutesText(st.StopAt.Sub(now)),
			note: lang.L("at {{.Time}}", vars{"Time": st.StopAt.Format("15:04")}),
		})
	case spec.StopAfter > 0:
		out = append(out, fact{mark: "Stop after", key: lang.L("Stop after"), value: spanText(spec.StopAfter)})
	}
	switch p := names.profiles[profileOf(spec)]; {
	case p.guest && p.path != "":
		out = append(out, fact{mark: "Profile", key: lang.L("From a file"), value: p.path, copies: true})
	case p.guest:
		out = append(out, fact{mark: "Profile", key: lang.L("From"), value: p.name, note: lang.L("in no file")})
	case p.name != "" && len(names.profiles) > 1:
		out = append(out, fact{mark: "Profile", key: lang.L("Profile"), value: p.name})
	}
	if spec.AutoStart {
		out = append(out, fact{mark: "Auto-start", key: lang.L("At the start"), value: lang.L("starts with Culvert")})
	}
	if tags := names.tags(spec); len(tags) > 0 {
		out = append(out, fact{mark: "Tags", key: lang.L("Tags"), value: strings.Join(tags, ", ")})
	}
	return out
}

// spanText tells a length of time that somebody has chosen, as "1 h 30 min".
func spanText(d time.Duration) string {
	var out []string
	for _, u := range []struct {
		d    time.Duration
		name string
	}{{24 * time.Hour, "d"}, {time.Hour, "h"}, {time.Minute, "min"}, {time.Second, "s"}} {
		if n := d / u.d; n > 0 {
			out = append(out, fmt.Sprintf("%d %s", n, u.name))
			d %= u.d
		}
	}
	return strings.Join(out, " ")
}

func connText(st tunnels.Status) string {
	out := []string{lang.L("{{.Open}} open of {{.All}}", vars{"Open": st.Conns, "All": st.Opened})}
	if st.Held > 0 {
		out = append(out, lang.L("{{.N}} waiting", vars{"N": st.Held}))
	}
	if st.Failed > 0 {
		out = append(out, lang.L("{{.N}} failed", vars{"N": st.Failed}))
	}
	return strings.Join(out, ", ")
}

func orDash(s string) string {
	if s == "" {
		return "–"
	}
	return s
}

func cardsOf(st tunnels.Status) []addressCard {
	var out []addressCard
	all := addressesOf(st)
	stopped := st.State == tunnels.Stopped
	seen := make(map[tunnels.Mapping]int)
	for _, a := range all {
		i, ok := seen[a.mapping]
		if !ok {
			i = len(out)
			seen[a.mapping] = i
			c := addressCard{local: fmt.Sprint(a.mapping.Local), remote: remoteText(st.Spec.Target, a.mapping.Remote), port: a.mapping.Remote.String(), urgent: st.State == tunnels.NeedsUser}
			switch {
			case a.random:
				c.local = lang.L("random")
			case a.mapping.Local == tunnels.SamePort:
				c.local = a.mapping.Remote.String()
			}
			out = append(out, c)
		}
		if stopped {
			a.trouble = ""
		}
		if a.mapping.Local.Fixed() == 0 && a.bound {
			out[i].local = portOf(a.text)
		}
		out[i].lines = append(out[i].lines, a)
	}
	return out
}

// remoteText says where a port is.
func remoteText(t tunnels.Target, p tunnels.Port) string {
	if t.Kind == tunnels.KindService {
		return lang.L("{{.Port}} of the service", vars{"Port": p.String()})
	}
	return lang.L("{{.Port}} in the pod", vars{"Port": p.String()})
}

// portOf returns what follows the last colon.
func portOf(addr string) string {
	for i := len(addr) - 1; i >= 0; i-- {
		if addr[i] == ':' {
			return addr[i+1:]
		}
	}
	return addr
}
