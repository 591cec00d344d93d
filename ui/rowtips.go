package ui

import (
	"strconv"
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
)

// rowTip returns what a row says while the mouse rests on a part of it.
func (a *App) rowTip(v rowView, z zone) string {
	if p, ok := a.profileView(v.key.name); ok && v.menu {
		if z == zoneMenu {
			return lang.L("What can be done with this profile")
		}
		return p.tip()
	}
	if v.group {
		c, _ := a.contextNamed(v.context)
		return groupTip(v, contextWordOf(c, a.browser.Check(v.context)))
	}
	st, ok := a.snap.Find(v.id)
	if !ok {
		return ""
	}
	if e := a.failed[v.id]; e != nil && z == zoneState {
		return complaintAt(e)
	}
	return tipOf(st, v, a.names(), a.meter.of(v.id), z)
}

// groupTip says in full what a group row has no room for.
func groupTip(v rowView, w contextWord) string {
	var out []string
	if v.answerBad && w.full != "" {
		out = append(out, w.full)
	}
	if v.production {
		out = append(out, lang.L("{{.Context}} is marked as production.", vars{"Context": v.context}))
	}
	return strings.Join(out, "\n")
}

// tipOf says in full what a part of a row has no room for; "" where the row says
// it all.
func tipOf(st tunnels.Status, v rowView, names targetNames, rate flow, z zone) string {
	switch z {
	case zoneState:
		return stateTip(st, v)
	case zoneName:
		return nameTip(st, v, names)
	case zoneLine0, zoneLine1, zoneMore, zoneLocal:
		return addressTip(st)
	case zoneTarget:
		return targetTip(st)
	case zoneRate:
		return rateTip(st, rate)
	case zoneConns:
		return connsTip(st)
	case zoneHelp:
		return v.help.text
	case zoneToggle:
		if running(st.State) {
			return lang.L("Stop (Space)")
		}
		return lang.L("Start (Space)")
	case zoneMenu:
		return lang.L("What can be done with this tunnel")
	case zoneNone, zoneGroup, zonesEnd:
	}
	return ""
}

func stateTip(st tunnels.Status, v rowView) string {
	out := []string{v.word}
	switch {
	case st.Err != nil:
		out = append(out, complaint(st.Err))
	case st.Reason != "":
		out = append(out, capital(said(st.Reason)))
	case st.State == tunnels.Ready && st.Latency > 0:
		out = append(out, lang.L("Answered a ping in {{.Time}}", vars{"Time": latencyText(st.Latency)}))
	}
	if st.Held > 0 {
		out = append(out, waiting(st.Held))
	}
	return strings.Join(append(out, st.Warnings...), "\n")
}

func nameTip(st tunnels.Status, v rowView, names targetNames) string {
	where := names.context(st.Spec.Target) + " / " + names.namespace(st.Spec.Target)
	if v.production {
		where += " · " + lang.L("marked as production")
	}
	out := []string{st.Spec.Title(), where}
	switch p := names.profiles[profileOf(st.Spec)]; {
	case p.guest:
		out = append(out, guestSource(p.path))
	case p.name != "" && len(names.profiles) > 1:
		out = append(out, lang.L("Profile: {{.Name}}", vars{"Name": p.name}))
	}
	if tags := names.tags(st.Spec); len(tags) > 0 {
		out = append(out, strings.Join(tags, ", "))
	}
	return strings.Join(out, "\n")
}

// addressTip lists all addresses, both families of each mapping on one line.
func addressTip(st tunnels.Status) string {
	var order []tunnels.Mapping
	lines := make(map[tunnels.Mapping]string)
	random := false
	for _, a := range addressesOf(st) {
		text := a.text
		if a.trouble != "" && st.State != tunnels.Stopped {
			text += " (" + a.trouble + ")"
		}
		random = random || a.random && a.bound
		if old, seen := lines[a.mapping]; seen {
			lines[a.mapping] = old + ", " + text
			continue
		}
		order = append(order, a.mapping)
		lines[a.mapping] = text
	}
	var out []string
	for _, m := range order {
		out = append(out, lines[m]+" → "+m.Remote.String())
	}
	if random {
		out = append(out, lang.L("“random”: the number was chosen for you, and stays while the tunnel exists."))
	}
	return strings.Join(out, "\n")
}

func targetTip(st tunnels.Status) string {
	out := []string{st.Spec.Target.String() + ":" + portsText(st.Spec.Mappings)}
	pods := st.Pods
	if len(pods) == 0 && st.Pod != "" {
		pods = []string{st.Pod}
	}
	for _, p := range pods {
		if p != st.Spec.Target.Name {
			out = append(out, p)
		}
	}
	if st.PodsAll > 1 {
		out = append(out, lang.L("{{.Ready}} of {{.All}} pods ready", vars{"Ready": st.PodsReady, "All": st.PodsAll}))
	}
	if st.Transport != "" {
		out = append(out, lang.L("over {{.Transport}}", vars{"Transport": st.Transport}))
	}
	return strings.Join(out, "\n")
}

func rateTip(st tunnels.Status, rate flow) string {
	if st.State == tunnels.Stopped {
		return ""
	}
	data := vars{
		"In": rateText(rate.in), "Out": rateText(rate.out),
		"AllIn": exactBytes(st.In), "AllOut": exactBytes(st.Out),
	}
	return lang.L("From the pod {{.In}}, to the pod {{.Out}}", data) + "\n" +
		lang.L("Since the start {{.AllIn}} from the pod, {{.AllOut}} to the pod", data)
}

// exactBytes tells an amount to the byte, as "48.3 MB" cannot.
func exactBytes(n uint64) string {
	if n < 1000 {
		return bytesText(n)
	}
	return bytesText(n) + " (" + grouped(n) + " B)"
}

// grouped writes a number with narrow spaces between its thousands.
func grouped(n uint64) string {
	s := strconv.FormatUint(n, 10)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "\u202f" + s[i:]
	}
	return s
}

func connsTip(st tunnels.Status) string {
	if st.State == tunnels.Stopped {
		return ""
	}
	data := vars{"Open": st.Conns, "All": st.Opened, "Failed": st.Failed}
	out := lang.L("{{.Open}} open now, {{.All}} since the start, {{.Failed}} of them failed", data)
	if st.Held > 0 {
		out += "\n" + waiting(st.Held)
	}
	return out
}

func waiting(n int) string {
	return plural(n, "1 connection waits for a session", "{{.N}} connections wait for a session", nil)
}
