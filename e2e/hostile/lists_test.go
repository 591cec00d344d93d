package hostile

import (
	"fmt"
	"io"
	"net/http"
	"strings"
)

func pods(i int) string { return podJSON(fmt.Sprintf("web-%d", i), i) + "," }

// fat is a pod of some 300 KiB that a client has reason to keep much of.
func fat(i int) string {
	var ports strings.Builder
	for n := range 3000 {
		fmt.Fprintf(&ports, `{"name":"port-%d-%s","containerPort":%d,"protocol":"TCP"},`, n, strings.Repeat("x", 50), n+1)
	}
	return strings.Replace(pods(i), `"ports":[`, `"ports":[`+ports.String(), 1)
}

// fats makes fat pods cheaply.
func fats() func(i int) string {
	one := fat(0)
	return func(i int) string { return strings.Replace(one, `"web-0"`, fmt.Sprintf(`"web-%d"`, i), 1) }
}

func listTrials() []trial {
	kib := strings.Repeat("x", 1024)
	fatten := func(make func(int) string) func(*call) { return func(c *call) { c.endless(listHead, make) } }
	return []trial{
		{name: "list-pods", does: "a list of pods without end", target: "selector/app=web", script: list(fatten(pods)), tells: "more"},
		{name: "list-fat", does: "a list without end of pods with 3,000 ports each", target: "selector/app=web", script: list(fatten(fats())), tells: "more"},
		{name: "list-others", does: "other pods than the one that is asked for", script: list(fatten(pods)), tells: "another object than"},
		{name: "list-same", does: "the same pod without end", script: list(fatten(always(podJSON("web", 1) + ","))), tells: "a list page of more than"},
		{name: "list-object", does: "a pod without end", script: list(func(c *call) { c.endless(listHead+`{"metadata":{"name":"`, always(kib)) }), tells: "an object of more than"},
		{name: "list-key", does: "a key without end", script: list(func(c *call) { c.endless(`{"`, always(kib)) }), tells: "an object of more than"},
		{name: "list-space", does: "white space without end", script: list(func(c *call) { c.endless(listHead, always(strings.Repeat(" ", 1024))) }), tells: "more"},
		{name: "list-pages", does: "a next page for ever", script: list(func(c *call) {
			c.answer(http.StatusOK, fmt.Sprintf(`{"metadata":{"resourceVersion":"1","continue":"t%d"},"items":[]}`, c.s.requests.Load()))
		}), tells: "a list of more than"},
		{name: "list-page-again", does: "always the same next page", script: list(func(c *call) {
			c.answer(http.StatusOK, `{"metadata":{"resourceVersion":"1","continue":"t"},"items":[]}`)
		}), tells: "the same page"},
		{name: "list-token", does: "a word for the next page of 3 MiB", script: list(func(c *call) {
			c.answer(http.StatusOK, `{"items":[],"metadata":{"resourceVersion":"1","continue":"`+strings.Repeat("x", 3<<20)+`"}}`)
		}), tells: "a continue token of more than"},
		{name: "list-gzip-pods", does: "a packed list of pods without end", script: list(func(c *call) { zip(c, listHead, always(podJSON("web", 1)+",")) }), tells: "a list page of more than"},
		{name: "list-gzip-object", does: "a packed pod without end", script: list(func(c *call) { zip(c, listHead+`{"metadata":{"name":"`, always(kib)) }), tells: "an object of more than"},
		{name: "list-deep", does: "brackets in brackets without end", script: list(func(c *call) { c.endless(`{"items":[{"spec":`, always("[")) }), tells: "something else than Kubernetes objects"},
		{name: "list-protobuf", does: "protobuf that nobody has asked for", script: list(func(c *call) {
			c.w.Header().Set("Content-Type", "application/vnd.kubernetes.protobuf")
			_, _ = io.WriteString(c.w, "k8s\x00"+strings.Repeat("\x0a\xff\xff\xff\x7f", 10000))
		}), tells: "something else than Kubernetes objects"},
		{name: "list-type", does: "a list whose items are numbers", script: list(func(c *call) { c.answer(http.StatusOK, `{"metadata":{"resourceVersion":"1"},"items":[1,2,3]}`) }), tells: "something else than Kubernetes objects"},
		{name: "list-no-list", does: "a string where the list should be", script: list(func(c *call) { c.answer(http.StatusOK, `"pods"`) }), tells: "something else than Kubernetes objects"},
		{name: "list-half", does: "a list that breaks off", script: list(func(c *call) { c.answer(http.StatusOK, listHead+podJSON("web", 1)) }), tells: "closed the connection"},
	}
}
