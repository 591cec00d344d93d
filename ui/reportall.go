package ui

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"culvert/kube"
	"culvert/tunnels/redact"
)

// redactorOf returns a redactor that knows what contexts and this computer tell.
func redactorOf(contexts []kube.Context, private []redact.Name) *redact.Redactor {
	r := redact.New()
	for _, c := range contexts {
		r.Know("context", c.Name)
		r.Know("cluster", c.Cluster)
		r.Know("user", c.User)
		r.KnowServer(c.Server)
	}
	for _, p := range private {
		r.Know(p.Kind, p.Name)
	}
	return r
}

// reportOfAll is a report about several tunnels, redacted as that of one: the same
// name has the same placeholder in all of it.
func reportOfAll(all []reportInput, private []redact.Name) string {
	if len(all) == 0 {
		return ""
	}
	first := all[0]
	var b strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&b, format+"\n", args...) }
	line("Culvert %s, %s, %s/%s", first.version, runtime.Version(), runtime.GOOS, runtime.GOARCH)
	line("Report of %s, %d tunnels", first.now.Format(time.RFC3339), len(all))
	for i, in := range all {
		line("")
		line("Tunnel %d", i+1)
		writeSpec(line, in.st.Spec, in.names)
		writeStatus(line, in.st, in.now)
		for _, e := range in.events {
			line("  %s", eventText(e))
		}
	}
	return redactorOf(first.contexts, private).Text(b.String())
}
