package hostile

import (
	"fmt"
	"strings"
)

// events is a watch that says so, and then more.
func events(start string, more func(i int) string) script {
	return script{watch: func(c *call) {
		if more != nil {
			c.endless(start, more)
			return
		}
		c.w.Header().Set("Content-Type", "application/json")
		pourOnce(c, start)
		c.rest()
	}}
}

func pourOnce(c *call, text string) {
	_, _ = c.w.Write([]byte(text))
	c.flush()
}

func event(kind, object string) string { return `{"type":"` + kind + `","object":` + object + "}\n" }

func watchTrials() []trial {
	kib := strings.Repeat("x", 1024)
	pod := func(i int) string { return podJSON("web", i) }
	return []trial{
		{name: "watch-truncated", does: "half an event, and the end", script: script{watch: func(c *call) { pourOnce(c, `{"type":"MODIFIED","object":{"meta`) }}, goes: true},
		{name: "watch-garbage", does: "no JSON", script: events("<html>no</html>", nil), tells: "web page"},
		{name: "watch-type", does: "events of an unknown type", script: events(event("RENAMED", pod(8)), nil), tells: "of the unknown type"},
		{name: "watch-kind", does: "a service where pods are watched", script: events(event("ADDED", `{"kind":"Service","apiVersion":"v1","metadata":{"name":"web","resourceVersion":"8"}}`), nil), tells: "Service"},
		{name: "watch-number", does: "an event about a number", script: events(event("ADDED", "5"), nil), tells: "something else than"},
		{name: "watch-nothing", does: "an event about nothing", script: events(event("ADDED", "{}"), nil), tells: "without a version"},
		{name: "watch-bookmark", does: "a bookmark without a version", script: events(event("BOOKMARK", `{"kind":"Pod","metadata":{}}`), nil), tells: "without a version"},
		{name: "watch-back", does: "versions that go back, and the end of each watch", script: script{watch: func(c *call) {
			pourOnce(c, event("MODIFIED", pod(900))+event("MODIFIED", pod(3)))
		}}, goes: true},
		{name: "watch-huge", does: "an event without end", script: events(`{"type":"MODIFIED","object":{"x":"`, always(kib)), tells: "an object of more than"},
		{name: "watch-space", does: "white space without end", script: events("", always(strings.Repeat("\n", 1024))), tells: "an object of more than"},
		{name: "watch-flood", does: "changes of the pod without end, at full speed", script: events("", func(i int) string { return event("MODIFIED", pod(i)) }), tells: "changes"},
		{name: "watch-bookmarks", does: "bookmarks without end, at full speed", script: events("", func(i int) string {
			return event("BOOKMARK", fmt.Sprintf(`{"kind":"Pod","metadata":{"resourceVersion":"%d"}}`, i))
		}), tells: "changes"},
		{name: "watch-more", does: "ever more pods", target: "selector/app=web", script: events("", func(i int) string { return event("ADDED", podJSON(fmt.Sprint("web-", i), i)) }), tells: "more"},
		{name: "watch-others", does: "other pods than the one that is watched", script: events(event("ADDED", podJSON("web-2", 8)), nil), tells: "another object than"},
		{name: "watch-gone", does: "410 Gone for ever", script: script{watch: func(c *call) { c.status(410, "Expired", "too old") }}, goes: true},
		{name: "watch-error-gone", does: "an ERROR event 410 for ever", script: events(event("ERROR", `{"kind":"Status","code":410,"message":"too old"}`), nil), goes: true},
		{name: "watch-error-odd", does: "an ERROR event with an odd status", script: events(event("ERROR", `{"kind":"Status","code":-7,"reason":"Whatever","message":"no","details":{"retryAfterSeconds":9223372036854775807}}`), nil), tells: "no"},
		{name: "watch-error-number", does: "an ERROR event about a number", script: events(event("ERROR", "5"), nil), tells: "something else than"},
		{name: "watch-ends", does: "ends each watch at once", script: script{watch: func(c *call) { c.w.WriteHeader(200) }}, goes: true},
	}
}
