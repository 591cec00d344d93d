package ui

import (
	"net/netip"
	"slices"
	"strings"
	"time"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// timelineLine is one line of a tunnel's timeline.
type timelineLine struct {
	day string // a heading; then all else is zero

	at     time.Time
	icon   string // of a state the glyph, else an icon
	glyph  bool
	colour fyne.ThemeColorName
	title  string
	note   string // in short
	full   string // the note as whole sentences with what to do; empty when note says it all
	raw    string // what was said at first, in other words than full
}

// foldable says whether there is more to read than the line.
func (l timelineLine) foldable() bool { return l.full != "" || l.raw != "" }

// copy is the line as text.
func (l timelineLine) copy() string {
	out := []string{l.at.Format("2006-01-02 15:04:05"), l.title}
	if l.full != "" {
		out = append(out, l.full)
	} else if l.note != "" {
		out = append(out, l.note)
	}
	s := strings.Join(out, " · ")
	if l.raw != "" {
		s += "\n" + l.raw
	}
	return s
}

// lineOf says one event.
func lineOf(e tunnels.Event) timelineLine {
	l := timelineLine{at: e.Time}
	switch e.Kind {
	case tunnels.EventState:
		return stateLine(l, e)
	case tunnels.EventBound:
		l.icon, l.colour, l.title = "plug", parts.Text3, lang.L("Listening")
		l.note = boundNote([]tunnels.Event{e})
	case tunnels.EventUnbound:
		l.icon, l.colour = "unplug", parts.Amber
		l.title = lang.L("Not listening on {{.Address}}", vars{"Address": unboundText(e.Addr)})
		l.say(e.Err)
	case tunnels.EventConn:
		l.icon, l.colour, l.title, l.note = "plug", parts.Text3, lang.L("Connection accepted"), e.Addr.String()
	case tunnels.EventFailed:
		l.icon, l.colour, l.title = "triangle-alert", parts.Amber, failedTitle(e)
		l.say(e.Err)
		l.note = e.Mapping.Remote.String() + ": " + l.note
	case tunnels.EventSession:
		l.icon, l.colour, l.title, l.note = "arrow-left-right", parts.Text3, lang.L("Session opened"), sessionNote(e)
	case tunnels.EventLost:
		l.icon, l.glyph, l.colour, l.title = "reconn", true, parts.Amber, lang.L("Session lost")
		l.say(e.Err)
		if e.Err == nil {
			l.note = e.Pod
		}
	case tunnels.EventWarning:
		l.icon, l.colour, l.title, l.note, l.full = "triangle-alert", parts.Amber, lang.L("Warning"), said(e.Warning), sentence(e.Warning)
	case tunnels.EventCrash:
		l.icon, l.colour, l.title = "triangle-alert", parts.Red, crashTitle(e)
		l.say(e.Err)
	}
	return l
}

// say adds an error: its reason in the line, and all of it to unfold.
func (l *timelineLine) say(err *tunnels.Error) {
	if err == nil || err.Err == nil {
		return
	}
	l.note, l.full, l.raw = quoted(said(err.Err.Error())), complaint(err), err.Raw
}

func stateLine(l timelineLine, e tunnels.Event) timelineLine {
	look := lookOf(e.State)
	l.icon, l.glyph, l.colour = look.glyph, true, look.colour
	l.title, _ = stateWord(tunnels.Status{State: e.State, Err: e.Err}, e.Time)
	l.say(e.Err)
	if l.note == "" || e.State == tunnels.Waiting {
		l.note = capital(said(e.Reason))
	}
	if e.State == tunnels.Stopped && e.In+e.Out > 0 {
		moved := lang.L("{{.In}} received, {{.Out}} sent", vars{"In": bytesText(e.In), "Out": bytesText(e.Out)})
		l.note = strings.TrimPrefix(l.note+" · "+moved, " · ")
	}
	return l
}

func crashTitle(e tunnels.Event) string {
	if e.Times > 1 {
		return lang.L("Culvert itself has failed ×{{.N}}", vars{"N": e.Times})
	}
	return lang.L("Culvert itself has failed")
}

func failedTitle(e tunnels.Event) string {
	if e.Times > 1 {
		return lang.L("Connections failed ×{{.N}}", vars{"N": e.Times})
	}
	return lang.L("Connection failed")
}

// sessionNote says how a session came to be, as "in 41 ms over SPDY, web-1".
func sessionNote(e tunnels.Event) string {
	note := lang.L("in {{.Time}}", vars{"Time": latencyText(e.Took)})
	if e.Transport != "" {
		note = lang.L("in {{.Time}} over {{.Transport}}", vars{"Time": latencyText(e.Took), "Transport": e.Transport})
	}
	if e.Pod != "" {
		note += ", " + e.Pod
	}
	return note
}

// boundNote lists addresses with what each family has: "127.0.0.1 and [::1]:
// 6000, 42390 (random)".
func boundNote(events []tunnels.Event) string {
	var hosts, ports []string
	for _, e := range events {
		host := hostText(e.Addr.Addr())
		port := portOf(e.Addr.String())
		if e.Mapping.Local == tunnels.AnyPort {
			port = lang.L("{{.Port}} (random)", vars{"Port": port})
		}
		if !slices.Contains(hosts, host) {
			hosts = append(hosts, host)
		}
		if !slices.Contains(ports, port) {
			ports = append(ports, port)
		}
	}
	if len(hosts)*len(ports) != len(events) { // not each port is on each address
		out := make([]string, 0, len(events))
		for _, e := range events {
			out = append(out, e.Addr.String())
		}
		return strings.Join(out, ", ")
	}
	return strings.Join(hosts, " "+lang.L("and")+" ") + ": " + strings.Join(ports, ", ")
}

func hostText(a netip.Addr) string {
	if a.Is6() {
		return "[" + a.String() + "]"
	}
	return a.String()
}

// together is how far apart events may be that are told as one.
const together = time.Second

// timelineLines are the lines of a timeline whose events come oldest first: the
// newest first, with a heading before each day but the newest.
func timelineLines(events []tunnels.Event) []timelineLine {
	var out []timelineLine
	var before story
	for i := 0; i < len(events); {
		lines, n := before.next(events[i:])
		out = append(out, lines...)
		i += n
	}
	slices.Reverse(out)
	return withDays(out)
}

// story is what the next event is told in the light of.
type story struct {
	state tunnels.State
	pod   string // of the last session
}

// next tells the first of the events, with those that belong to it, and returns
// how many these are.
func (s *story) next(events []tunnels.Event) (lines []timelineLine, n int) {
	e := events[0]
	var after tunnels.Event
	if len(events) > 1 && events[1].Time.Sub(e.Time) <= together {
		after = events[1]
	}
	switch {
	case e.Kind == tunnels.EventBound:
		n = 1
		for n < len(events) && events[n].Kind == tunnels.EventBound && events[n].Time.Sub(e.Time) <= together {
			n++
		}
		l := lineOf(e)
		l.note = boundNote(events[:n])
		return []timelineLine{l}, n
	case e.Kind == tunnels.EventState && e.State == tunnels.Starting && s.state == tunnels.Starting:
		return nil, 1
	case e.Kind == tunnels.EventState && e.State == tunnels.Reconnecting && after.Kind == tunnels.EventLost:
		s.state = e.State
		return []timelineLine{lineOf(after)}, 2
	case e.Kind == tunnels.EventState && e.State == tunnels.Ready && after.Kind == tunnels.EventSession:
		s.state = e.State
		l := s.session(after)
		l.icon, l.glyph, l.colour = "ready", true, parts.Green
		return []timelineLine{l}, 2
	case e.Kind == tunnels.EventSession:
		return []timelineLine{s.session(e)}, 1
	case e.Kind == tunnels.EventState:
		s.state = e.State
		if e.State == tunnels.Stopped {
			s.pod = ""
		}
	}
	return []timelineLine{lineOf(e)}, 1
}

// session tells a session by what was before it.
func (s *story) session(e tunnels.Event) timelineLine {
	l := lineOf(e)
	switch {
	case s.state == tunnels.Ready && s.pod == "":
		l.title = lang.L("Ready")
	case s.pod != "" && s.pod != e.Pod:
		l.title = lang.L("Pod swapped")
		l.note = lang.L("{{.Old}} → {{.New}}", vars{"Old": podTail(s.pod, e.Pod), "New": sessionTail(e)})
		l.full = lang.L("From {{.Old}} to {{.New}}, {{.How}}.", vars{"Old": s.pod, "New": e.Pod, "How": howText(e)})
	case s.pod == e.Pod:
		l.title = lang.L("Ready again")
	}
	s.pod = e.Pod
	return l
}

// podTail shortens a pod's name to the letters by which two of a set differ.
func podTail(name, other string) string {
	const tail = 5
	if len(name) > tail+4 && len(other) == len(name) && strings.Contains(name, "-") {
		return "…" + name[len(name)-tail:]
	}
	return name
}

func sessionTail(e tunnels.Event) string { return podTail(e.Pod, e.Pod) + ", " + howText(e) }

func howText(e tunnels.Event) string {
	e.Pod = ""
	return sessionNote(e)
}

// withDays puts a heading before each day but the first.
func withDays(lines []timelineLine) []timelineLine {
	var out []timelineLine
	for i, l := range lines {
		if i > 0 && !sameDay(l.at, lines[i-1].at) {
			out = append(out, timelineLine{day: dateText(l.at)})
		}
		out = append(out, l)
	}
	return out
}

func sameDay(a, b time.Time) bool {
	y, m, d := a.Date()
	y2, m2, d2 := b.Date()
	return y == y2 && m == m2 && d == d2
}

// dayText names a day as one speaks of it.
func dayText(t, now time.Time) string {
	switch {
	case t.IsZero():
		return ""
	case sameDay(t, now):
		return lang.L("Today")
	case sameDay(t, now.AddDate(0, 0, -1)):
		return lang.L("Yesterday")
	}
	return dateText(t)
}

// comeback is how a tunnel got its session back the last time.
type comeback struct {
	at   time.Time
	why  string
	took time.Duration
}

// lastComeback finds the last session that was not the first of its run.
func lastComeback(events []tunnels.Event) (c comeback, ok bool) {
	pod, why := "", ""
	for _, e := range events {
		switch e.Kind {
		case tunnels.EventState:
			if e.State == tunnels.Stopped {
				pod, why, ok = "", "", false
			}
		case tunnels.EventLost:
			why = lossWord(e.Err)
		case tunnels.EventSession:
			if pod != "" {
				if why == "" && pod != e.Pod {
					why = lang.L("another pod")
				}
				c, ok = comeback{e.Time, why, e.Took}, true
			}
			pod, why = e.Pod, ""
		case tunnels.EventBound, tunnels.EventUnbound, tunnels.EventConn, tunnels.EventFailed, tunnels.EventWarning, tunnels.EventCrash:
		}
	}
	return c, ok
}

// lossWord says in two words why a session ended.
func lossWord(e *tunnels.Error) string {
	if e == nil {
		return lang.L("session ended")
	}
	switch e.Cause {
	case tunnels.CausePodGone, tunnels.CausePodNotReady, tunnels.CauseNotFound:
		return lang.L("pod gone")
	case tunnels.CauseUnreachable:
		return lang.L("cluster unreachable")
	case tunnels.CauseSignIn, tunnels.CauseForbidden:
		return lang.L("sign-in")
	case tunnels.CauseReset:
		return lang.L("connection cut")
	case tunnels.CauseUnknown, tunnels.CauseInvalid, tunnels.CausePortBusy, tunnels.CausePrivileged, tunnels.CauseNoAddress,
		tunnels.CauseTLS, tunnels.CauseRefused, tunnels.CauseSessionLost, tunnels.CauseProtocol, tunnels.CauseInternal:
	}
	return lang.L("session lost")
}

// comebackText is the grey end of the fact about reconnects.
func comebackText(c comeback) string {
	out := []string{lang.L("last at {{.Time}}", vars{"Time": c.at.Format("15:04")})}
	if c.why != "" {
		out = append(out, c.why)
	}
	if c.took > 0 {
		out = append(out, latencyText(c.took))
	}
	return strings.Join(out, ", ")
}
