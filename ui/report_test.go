package ui

import (
	"errors"
	"net/netip"
	"os"
	"strings"
	"testing"
	"time"

	"fyne.io/fyne/v2/test"

	"culvert/kube"
	"culvert/tunnels"
	"culvert/tunnels/redact"
)

func mustAddr(s string) netip.AddrPort { return netip.MustParseAddrPort(s) }

func TestRedaction(t *testing.T) {
	r := redact.New()
	r.Know("user", "alice")
	r.Know("context", "shop/api-eu-example-net:6443/alice")
	r.KnowServer("https://api.eu.example.net:6443")
	r.KnowServer("https://bastion:6443")
	for in, want := range map[string]string{
		"Get https://api.eu.example.net:6443/api: EOF":                          "Get https://server-1:6443/api: EOF",
		"alice may not, malice may, alice_2 too":                                "user-1 may not, malice may, alice_2 too",
		"context shop/api-eu-example-net:6443/alice":                            "context context-1",
		"lookup db.internal.corp on 10.0.0.53:53, again 10.0.0.53":              "lookup server-3 on address-1:53, again address-1",
		"dial tcp [2001:db8::7]:443 and [::1]:80 and 127.0.0.1:6000":            "dial tcp address-2:443 and [::1]:80 and 127.0.0.1:6000",
		"Authorization: Bearer abc.def-123":                                     "Authorization: (secret)",
		`{"token": "s3cr3t", "password=hunter2 x"}`:                             `{"(secret)", "(secret) x"}`,
		"sha256~Zm9vYmFy and eyJhbGciOi.eyJzdWIiOi.c2ln":                        "(secret) and (secret)",
		`{"access_token":"s3cr3t","x_client_secret": "s"}`:                      `{"(secret)","(secret)"}`,
		"PASSWORD=\nTOKEN=\"s3cr3t\"\nHOME=/root":                               "(secret)\"\nHOME=/root",
		"refresh_token=abc&id_token=def":                                        "(secret)&(secret)",
		"Authorization: Basic Ym9iOnB3":                                         "(secret)",
		`"{\"client_secret\":\"s3cr3t\"}"`:                                      `"{\"(secret)\"}"`,
		`pods "web-1" is forbidden: User "carol@example" cannot create`:         `pods "web-1" is forbidden: User "user-2" cannot create`,
		`{"message":"User \"system:serviceaccount:a:b\" cannot get"}`:           `{"message":"User \"user-2\" cannot get"}`,
		"no rights for dave@example.com here":                                   "no rights for user-2 here",
		"the token is over; basic sign-in; secret web-tls":                      "the token is over; basic sign-in; secret web-tls",
		"proxy http://bob:pw@bastion:3128":                                      "proxy http://(user)@server-2:3128",
		"2026-03-04 12:00:00 svc/web 6000:5000 in networking.k8s.io web-1.shop": "2026-03-04 12:00:00 svc/web 6000:5000 in networking.k8s.io web-1.shop",
	} {
		got := r.Text(in)
		// which number a placeholder has depends on the order; the kind does not
		if numerals.Replace(got) != numerals.Replace(want) {
			t.Errorf("%q\nis  %q\nnot %q", in, got, want)
		}
	}
	if a, b := r.Text("api.eu.example.net"), r.Text("https://API.eu.example.net/"); !strings.Contains(b, a) {
		t.Errorf("one server is called %q and %q", a, b)
	}
}

// numerals hides which number a placeholder has.
var numerals = strings.NewReplacer("user-1", "user", "user-2", "user", "user-3", "user", "user-4", "user", "server-1", "server", "server-2", "server", "server-3", "server", "address-1", "address", "address-2", "address")

func TestReport(t *testing.T) {
	secret := &tunnels.Error{
		Op: "dial", Err: errors.New("api.eu.example.net does not answer alice"), Raw: "Bearer topsecret: dial tcp 10.1.2.3:6443", Cause: tunnels.CauseUnreachable,
	}
	st := readyStatus(spec("web", "shop/api-eu:6443/alice", "shop", "web-1", "6000:5000", ":9090"))
	st.Err = secret
	in := reportInput{
		version: "1.2.3", st: st, names: targetNames{}, events: append(aDay(), tunnels.Event{Time: noon, Kind: tunnels.EventLost, Pod: "web-1", Err: secret}),
		open: []tunnels.Conn{aConn(3, "web-1", tunnels.ConnOpen)}, ended: []tunnels.Conn{{Client: mustAddr("192.0.2.9:4000"), State: tunnels.ConnEnded, Since: noon, Ended: noon.Add(time.Second), Err: secret}},
		contexts: []kube.Context{{Name: "shop/api-eu:6443/alice", User: "alice", Cluster: "api-eu", Server: "https://api.eu.example.net:6443"}},
		private:  []redact.Name{{Name: "laptop", Kind: "host"}, {Name: "/home/alice", Kind: "home"}}, now: noon,
	}
	got := reportOf(in)
	for _, want := range []string{
		"Culvert 1.2.3", "Target: pod/web-1 in context-1 / shop", "Ports: 6000:5000 :9090", "State: ready", "127.0.0.1:6000 for 6000:5000",
		"Transport: SPDY", "Session opened", "Session lost", "server-1 does not answer user-1", "open 127.0.0.1:50003 to 5000 in web-1",
	} {
		if !strings.Contains(got, want) {
			t.Errorf("the report lacks %q:\n%s", want, got)
		}
	}
	for _, not := range []string{"alice", "api.eu", "topsecret", "10.1.2.3", "192.0.2.9"} {
		if strings.Contains(got, not) {
			t.Errorf("the report has %q:\n%s", not, got)
		}
	}
}

// TestReportHasNoToken: wherever a server or a plugin puts a token into what it
// says, the report lacks it.
func TestReportHasNoToken(t *testing.T) {
	for _, token := range []string{"sha256~0aBcDeFgHiJkLmNoPqRsTuVwXyZ-_12345678901", "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJraW0ifQ.c2lnbmF0dXJl"} {
		said := &tunnels.Error{Op: "dial " + token, Err: errors.New("the server says " + token), Raw: "Authorization: Bearer " + token, Hint: "use " + token}
		st := readyStatus(spec("web "+token, "dev", "shop", "web-1", "6000:5000"))
		st.Err = said
		got := reportOf(reportInput{
			version: "1.2.3", st: st, names: targetNames{}, now: noon,
			events:   []tunnels.Event{{Time: noon, Kind: tunnels.EventLost, Pod: "web-1", Err: said}},
			ended:    []tunnels.Conn{{Client: mustAddr("192.0.2.9:4000"), State: tunnels.ConnEnded, Since: noon, Ended: noon, Err: said}},
			contexts: []kube.Context{{Name: "dev", User: token, Cluster: "dev", Server: "https://kim:" + token + "@api.example.net"}},
		})
		if !strings.Contains(got, "State: ready") || strings.Contains(got, token) || strings.Contains(got, token[8:20]) {
			t.Errorf("the report is:\n%s", got)
		}
	}
}

func TestCopyReportAsksFirst(t *testing.T) {
	f := two()
	f.events = map[tunnels.ID][]tunnels.Event{"web": aDay()}
	w := newWorld(t, f, newFakeCatalog())
	w.app.copyReport("web")
	if got := told(w); !strings.Contains(got, "Tokens and passwords are left out") {
		t.Fatalf("it asks %q", got)
	}
	if got := w.app.deps.App.Clipboard().Content(); got != "" {
		t.Errorf("before that it copies %q", got)
	}
	test.Tap(button(w.app.window.Canvas().Overlays().Top(), "report/ok"))
	w.until("the report is copied", func() bool { return strings.HasPrefix(w.app.deps.App.Clipboard().Content(), "Culvert ") })
	if host, err := os.Hostname(); err == nil && len(host) > 3 && strings.Contains(w.app.deps.App.Clipboard().Content(), host) {
		t.Error("it has the name of this computer")
	}
}

func TestCopyCommand(t *testing.T) {
	w := newWorld(t, two(), newFakeCatalog())
	w.app.copyCommand("web", "kubectl")
	want := "kubectl port-forward --context dev -n shop pod/web-7d4b9c6f5-x2x9k 6000:5000 :9090"
	if got := w.app.deps.App.Clipboard().Content(); got != want {
		t.Errorf("copied is %q", got)
	}
}
