package ui

import (
	"fmt"
	"runtime"
	"strings"
	"time"

	"culvert/kube"
)

// redactorOf returns a redactor that knows what contexts and this computer tell.
func redactorOf(contexts []kube.Context, private []redaction) *redactor {
	r := newRedactor()
	for _, c := range contexts {
		r.know("context", c.Name)
		r.know("cluster", c.Cluster)
		r.know("user", c.User)
		r.knowServer(c.Server)
	}
	for _, p := range private {
		r.know(p.kind, p.name)
	}
	return r
}

// reportOfAll is a report about several tunnels, redacted as that of one: the same
// name has the same placeholder in all of it.
func reportOfAll(all []reportInput, private []redaction) string {
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
	return redactorOf(first.contexts, private).text(b.String())
}
