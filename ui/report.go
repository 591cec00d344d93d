package ui

import (
	"context"
	"fmt"
	"runtime"
	"strings"
	"time"

	"fyne.io/fyne/v2/lang"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/tunnels/redact"
)

// reportInput is what a report is made from.
type reportInput struct {
	version  string
	st       tunnels.Status
	names    targetNames
	events   []tunnels.Event
	open     []tunnels.Conn
	ended    []tunnels.Conn
	contexts []kube.Context
	private  []redact.Name // what else is to be replaced, as the user's name here
	now      time.Time
}

// reportOf is a report about a tunnel for somebody who helps: without secrets, and
// with placeholders for contexts, users, servers and addresses other than loopback
// ones. It is in English, whatever the window's language: others have to read it.
func reportOf(in reportInput) string {
	r := redactorOf(in.contexts, in.private)
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	st := in.st
	line("Culvert %s, %s, %s/%s", in.version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	line("Report of %s", in.now.Format(time.RFC3339))
	line("")
	writeSpec(line, st.Spec, in.names)
	line("")
	writeStatus(line, st, in.now)
	line("")
	line("Timeline, oldest first:")
	for _, e := range in.events {
		line("  %s", eventText(e))
	}
	line("")
	line("Connections: %s", connText(st))
	for _, c := range in.open {
		line("  %s", connReport(c, in.now))
	}
	for _, c := range in.ended {
		line("  %s", connReport(c, in.now))
	}
	return r.Text(b.String())
}

func writeSpec(line func(string, ...any), spec tunnels.Spec, names targetNames) {
	pairs := make([]string, 0, len(spec.Mappings))
	for _, m := range spec.Mappings {
		pairs = append(pairs, m.String())
	}
	line("Target: %s in %s / %s", spec.Target, names.context(spec.Target), names.namespace(spec.Target))
	line("Ports: %s", strings.Join(pairs, " "))
	listen := strings.Join(spec.Listen, " ")
	if listen == "" {
		listen = tunnels.Localhost
	}
	line("Listen: %s, transport: %s, pods: %s, hold: %v, stop after: %v", listen, viaKey(spec.Via), spec.Policy, spec.Hold, spec.StopAfter)
}

func writeStatus(line func(string, ...any), st tunnels.Status, now time.Time) {
	lasted := ""
	if !st.Since.IsZero() {
		lasted = " for " + now.Sub(st.Since).Round(time.Second).String()
	}
	line("State: %s (%s)%s", st.State, orDash(st.Reason), lasted)
	writeError(line, st.Err)
	for _, b := range st.Bound {
		line("Bound: %s for %s", b.Addr, b.Mapping)
	}
	for _, u := range st.Unbound {
		line("Not bound: %s for %s", u.Addr, u.Mapping)
		writeError(line, u.Err)
	}
	for _, w := range st.Warnings {
		line("Warning: %s", w)
	}
	line("Pod: %s, %d of %d ready", orDash(strings.Join(podsNow(st), ", ")), st.PodsReady, st.PodsAll)
	line("Transport: %s, %d sessions, ping %v, dial %v", orDash(st.Transport), st.Sessions, st.Latency, st.DialTime)
	line("Reconnects: %d, received %d B, sent %d B", st.Reconnects, st.In, st.Out)
}

func writeError(line func(string, ...any), e *tunnels.Error) {
	if e == nil {
		return
	}
	line("  error: %s", errorReport(e))
}

// errorReport is an error with what was said at first.
func errorReport(e *tunnels.Error) string {
	s := e.Error()
	if e.Raw != "" {
		s += " [" + e.Raw + "]"
	}
	return s
}

// eventText is one event with all its fields.
func eventText(e tunnels.Event) string {
	out := []string{e.Time.Format("2006-01-02 15:04:05.000"), lineOf(e).title}
	if e.Reason != "" {
		out = append(out, e.Reason)
	}
	if e.Addr.IsValid() {
		out = append(out, e.Addr.String()+" for "+e.Mapping.String())
	}
	if e.Pod != "" {
		out = append(out, e.Pod)
	}
	if e.Took > 0 {
		out = append(out, strings.TrimSpace(e.Took.Round(time.Millisecond).String()+" "+e.Transport))
	}
	if e.Warning != "" {
		out = append(out, e.Warning)
	}
	if e.In+e.Out > 0 {
		out = append(out, fmt.Sprintf("%d B received, %d B sent", e.In, e.Out))
	}
	if e.Err != nil {
		out = append(out, errorReport(e.Err))
	}
	return strings.Join(out, " | ")
}

func connReport(c tunnels.Conn, now time.Time) string {
	end := now
	if !c.Ended.IsZero() {
		end = c.Ended
	}
	s := fmt.Sprintf("%s %s to %s in %s, %v, %d B in, %d B out", c.State, clientText(c.Client), c.Mapping.Remote, orDash(c.Pod), end.Sub(c.Since).Round(time.Millisecond), c.In, c.Out)
	if c.Err != nil {
		s += ", " + errorReport(c.Err)
	}
	return s
}

// copyReport says what a report has, and copies it when the user agrees.
func (a *App) copyReport(id tunnels.ID) {
	st, ok := a.snap.Find(id)
	if !ok {
		return
	}
	in := reportInput{
		version: a.deps.App.Metadata().Version, st: st, names: a.names(), contexts: a.browser.Contexts().items, now: a.deps.Now(),
	}
	a.ask(question{
		mark: "report", title: lang.L("Copy a redacted report?"),
		text: lang.L("It has versions, state, addresses, ports, transport, timeline, connections and the texts of errors. " +
			"Tokens and passwords are left out; contexts, clusters, users, servers, this computer's name and addresses in the network are replaced, as server-1. " +
			"Names of namespaces, services and pods stay in it: read it before you give it away."),
		ok: lang.L("Copy"),
		do: func(context.Context) (string, error) {
			in.events, in.open, in.ended = a.deps.Tunnels.Timeline(id), a.deps.Tunnels.Connections(id), a.deps.Tunnels.Recent(id)
			in.private = redact.Private()
			text := reportOf(in)
			a.do(func() { a.copyText(text) })
			return lang.L("The report is on the clipboard: {{.N}} lines.", vars{"N": strings.Count(text, "\n")}), nil
		},
	})
}
