package kube

import (
	"encoding/json"
	"errors"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"culvert/tunnels"
)

func TestClean(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"honest", "CrashLoopBackOff", "CrashLoopBackOff"},
		{"empty", "", ""},
		{"ESC", "\x1b[2J\x1b]0;title\a", "[2J]0;title"},
		{"C1 controls", "a\u009b31mb\x7f", "a31mb"},
		{"newlines", "one\r\ntwo\u2028three\n", "one two three"},
		{"white space", "\t a \u00a0\v b ", "a b"},
		{"direction", "a\u202eb\u2066c\u200b", "abc"},
		{"not UTF-8", "a\xff\xfeb", "ab"},
		{"other letters", "größer 日本", "größer 日本"},
		{"too long", "0123456789abc", "0123456789…"},
		{"too long at a space", "012345678 abc", "012345678…"},
		{"only white space", " \n\t", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			most := 20
			if strings.HasPrefix(tt.name, "too long") {
				most = 10
			}
			if got := clean(tt.in, most); got != tt.want {
				t.Errorf("it is %q, not %q", got, tt.want)
			}
		})
	}
}

// evil is a JSON string that drives a terminal.
const evil = `"a\u001b[31m\nb\u009b\r\u202e` // to be closed

// checkShown fails the test for what must not reach a terminal.
func checkShown(t *testing.T, what, s string, most int) {
	t.Helper()
	for _, r := range s {
		if !unicode.IsPrint(r) {
			t.Errorf("%s has %q: %.80q", what, r, s)
			break
		}
	}
	if n := utf8.RuneCountInString(s); n > most {
		t.Errorf("%s has %d runes", what, n)
	}
}

func TestPodsAreCleanedAsTheyAreDecoded(t *testing.T) {
	bad := evil + strings.Repeat("x", 100_000) + `"`
	object := strings.ReplaceAll(`{"metadata":{"name":$,"namespace":$,"uid":$,"ownerReferences":[{"kind":$,"name":$}]},
		"spec":{"nodeName":$,"containers":[{"name":$,"ports":[{"name":$,"containerPort":1,"protocol":$}]}]},
		"status":{"phase":$,"reason":$,"conditions":[{"type":"PodScheduled","status":$,"reason":$}],
		"initContainerStatuses":[{"name":$,"state":{"WHAT":{"reason":$,"exitCode":1}}}],
		"containerStatuses":[{"name":$,"state":{"WHAT":{"reason":$,"exitCode":1}}}]}}`, "$", bad)
	for _, what := range []string{"waiting", "terminated", "running"} {
		t.Run(what, func(t *testing.T) {
			var o podObject
			if err := json.Unmarshal([]byte(strings.ReplaceAll(object, "WHAT", what)), &o); err != nil {
				t.Fatal(err)
			}
			const most = 2*mostText + 20
			p, e := o.pod("c"), o.candidate("c").resolve([]tunnels.Port{{Number: 2}})
			for what, s := range map[string]string{
				"name": p.Name, "namespace": p.Namespace, "UID": p.UID, "node": p.Node, "status": p.Status,
				"port's name": p.Ports[0].Name, "protocol": p.Ports[0].Protocol, "container": p.Ports[0].Container,
				"pod": e.Pod, "reason": e.Reason,
			} {
				checkShown(t, what, s, most)
			}
			if !strings.HasPrefix(p.Name, "a[31m b xxx") {
				t.Errorf("the name is %.40q", p.Name)
			}
		})
	}
	var n namespaceObject
	if err := json.Unmarshal([]byte(`{"metadata":{"name":`+bad+`}}`), &n); err != nil {
		t.Fatal(err)
	}
	checkShown(t, "namespace", n.namespace("c", NamespaceListed).Name, mostText+1)
}

func TestAnswersAreCleanedAsTheyAreDecoded(t *testing.T) {
	long := strings.Repeat("x", 60_000)
	for _, code := range []string{"400", "401", "403", "404", "410", "429", "500", "503"} {
		st := `{"kind":"Status","code":` + code + `,"reason":` + evil + `","message":` + evil + ` User \"\u001bguest\" ` + long + `"}`
		tests := map[string]error{
			"answer":  newResponseError(400, nil, []byte(st)),
			"no JSON": newResponseError(400, nil, []byte("\x1b[31m\x07a\nb"+long)),
			"page":    newResponseError(502, map[string][]string{"Content-Type": {"text/html"}}, []byte("<title>\x1b]0;x\x07"+long)),
			"place":   newResponseError(302, map[string][]string{"Location": {"http://\x1b[31m" + long}}, nil),
		}
		r := &reflector[podObject, *podObject, Pod]{}
		_, tests["watch"] = r.apply(nil, watchEvent{Type: "ERROR", Object: []byte(st)})
		c := scripted(nil)
		defer c.Close()
		cl, err := c.cluster("c")
		if err != nil {
			t.Fatal(err)
		}
		for name, err := range tests {
			if code == "410" && name == "watch" {
				continue // it is told nobody
			}
			resp, ok := errors.AsType[*responseError](err)
			if !ok {
				t.Fatalf("%s: %v is no answer", name, err)
			}
			checkShown(t, name+"'s reason", resp.Reason, mostText+1)
			checkShown(t, name+"'s message", resp.Message, mostMessage+1)
			checkShown(t, name+"'s place", resp.Location, mostText+1)
			e := cl.explain(action{op: "get pods", verb: "get", resource: "pods", namespace: "team"}, err)
			checkShown(t, name+"'s error", e.Error(), mostMessage+100)
			checkShown(t, name+"'s hint", e.Hint, mostMessage)
		}
	}
}

func TestErrorsOfDecodingAreCleaned(t *testing.T) {
	long := strings.Repeat("9", 100_000)
	for name, body := range map[string]string{
		"key":    `{` + evil + long + `":1x}`,
		"number": `{"items":[{"metadata":{"name":` + long + `}}]}`,
		"time":   `{"items":[{"metadata":{"creationTimestamp":` + evil + long + `"}}]}`,
		"items":  `{"items":` + evil + long + `"}`,
		"text":   evil + long + `"`,
	} {
		_, err := decodeList(defaultBounds().page(strings.NewReader(body), 1<<30), func(*podObject) error { return nil })
		if err == nil {
			t.Errorf("%s is accepted", name)
			continue
		}
		checkShown(t, name, err.Error(), mostMessage+100)
	}
}

func TestForeignErrorsAreCleaned(t *testing.T) {
	c := scripted(nil)
	defer c.Close()
	cl, err := c.cluster("c")
	if err != nil {
		t.Fatal(err)
	}
	cause := errors.New("certificate is for \x1b]0;x\a\n" + strings.Repeat("y", 10_000))
	e := cl.explain(action{op: "list pods"}, cause)
	checkShown(t, "the error", e.Error(), mostMessage+100)
	if !errors.Is(e, cause) {
		t.Error("the cause is lost")
	}
	if e := cl.explain(action{}, presentable(&responseError{Code: 429, RetryAfter: time.Second})); e.RetryAfter != time.Second {
		t.Errorf("it is explained as %+v", e)
	}
}
