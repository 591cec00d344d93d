package ui

import (
	"maps"
	"slices"
	"strconv"
	"strings"
	"testing"

	"culvert/kube"
)

func TestTemplates(t *testing.T) {
	tests := map[string]struct {
		template, text string
		want           vars // nil where it does not match
	}{
		"words alone":          {"no such address", "no such address", vars{}},
		"other words":          {"no such address", "no such addresses", nil},
		"a value first":        {"{{.A}} is not ready", "web-1 is not ready", vars{"A": "web-1"}},
		"a value last":         {"dial {{.A}}", "dial pod/web", vars{"A": "pod/web"}},
		"two values":           {"{{.A}} has not answered for {{.B}}", "web-1 has not answered for 15s", vars{"A": "web-1", "B": "15s"}},
		"quoted":               {"\"{{.A}}\" is no port", "\"x:y\" is no port", vars{"A": "x:y"}},
		"words twice":          {"{{.A}}: {{.Why}}, again", "a: b, again, again", vars{"A": "a", "Why": "b, again"}},
		"an empty value":       {"dial {{.A}}", "dial ", nil},
		"an empty first one":   {"{{.A}} is not ready", " is not ready", nil},
		"words that overlap":   {"{{.A}} of {{.B}} of", "one of", nil},
		"more text at the end": {"port {{.A}} is taken", "port 80 is taken by nginx", nil},
		"nothing":              {"dial {{.A}}", "", nil},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			got, ok := newTemplate(tt.template).match(tt.text)
			if ok != (tt.want != nil) || ok && !maps.Equal(got, tt.want) {
				t.Errorf("%v, %v; want %v", got, ok, tt.want)
			}
		})
	}
}

// filledWith is the text of a template with a value in each place.
func filledWith(t template, value func(name string) string) string {
	s := t.words[0]
	for i, name := range t.names {
		s += value(name) + t.words[i+1]
	}
	return s
}

// TestTemplatesAreTold: no text of the engine is taken for another one.
func TestTemplatesAreTold(t *testing.T) {
	lists := map[string]func() []template{"what the engine says": engineTemplates, "ops": opTemplates, "consents": consentTemplates}
	values := map[string]func(name string) string{
		"a name":     func(name string) string { return "web-" + name },
		"a URL":      func(name string) string { return "https://" + name + ".example.com:6443" },
		"an address": func(string) string { return "127.0.0.1:6000" },
		"an error":   func(name string) string { return "x509: \"" + name + "\" is bad: no" },
		"rights":     func(string) string { return "list pods and not watch pods" },
	}
	for list, templates := range lists {
		for what, value := range values {
			for _, want := range templates() {
				text := filledWith(want, value)
				i := slices.IndexFunc(templates(), func(t template) bool { _, ok := t.match(text); return ok })
				if i < 0 || templates()[i].text != want.text {
					t.Errorf("%s with %s: %q is not told by %q", list, what, text, want.text)
				}
			}
		}
	}
}

// TestSaidInGerman: values, the texts in them and what stands around a text are told.
func TestSaidInGerman(t *testing.T) {
	speak(t, "de_DE.UTF-8")
	tests := map[string]struct{ text, want string }{
		"words alone":    {"scaled to 0", "auf 0 skaliert"},
		"a value":        {"web-1 is not ready", "web-1 ist nicht bereit"},
		"a text in it":   {"0 of 2 ready: web-1 is terminating", "0 von 2 bereit: web-1 wird beendet"},
		"behind a name":  {"0 of 1 ready: web-1: not ready: 0 of 1 containers", "0 von 1 bereit: web-1: nicht bereit: 0 von 1 Containern"},
		"behind an op":   {"read /a/b.yaml: it is broken", "/a/b.yaml lesen: sie ist beschädigt"},
		"in a line":      {"read /a/b.yaml: line 2: language: \"x\" is unknown: use en, de, fr or zh-Hans, or leave it out for the system's", "/a/b.yaml lesen: Zeile 2: language: \"x\" ist unbekannt: Nutzen Sie en, de, fr oder zh-Hans, oder lassen Sie es weg für die Sprache des Systems"},
		"a sentence":     {"It names no target.", "Er nennt kein Ziel."},
		"two sentences":  {"The tunnel needs Kubernetes 1.31 or newer. Use the transport spdy, or auto.", "Der Tunnel braucht Kubernetes 1.31 oder neuer. Nutzen Sie den Transport spdy oder auto."},
		"one of two":     {"the API server refuses the request: no. Ask somebody", "der API-Server lehnt die Anfrage ab: no. Ask somebody"},
		"a foreign one":  {"read tcp 10.0.0.1:4711: connection reset by peer", "read tcp 10.0.0.1:4711: connection reset by peer"},
		"foreign behind": {"whether svc/web can be forwarded to could not be checked: EOF", "ob zu svc/web weitergeleitet werden kann, ließ sich nicht prüfen: EOF"},
		"rights": {
			"svc/web cannot be forwarded to: you may not list pods and not watch pods, and you may not get services",
			"zu svc/web kann nicht weitergeleitet werden: Ihnen fehlt das Recht: list pods, watch pods, get services",
		},
		"another way": {
			"the sign-in for context a cannot be read: the keyring is locked. Or sign in again: `culvert login --name a --web`. Culvert then goes on by itself.",
			"die Anmeldung für Kontext a ist nicht lesbar: der Schlüsselbund ist gesperrt. Oder melden Sie sich erneut an: `culvert login --name a --web`. Culvert macht dann von selbst weiter.",
		},
		"status": {"Pending: ImagePullBackOff", "Pending: ImagePullBackOff"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := said(tt.text); got != tt.want {
				t.Errorf("it is %q, want %q", got, tt.want)
			}
		})
	}
}

// TestToldOnce: what is asked for again is as it was, in the language of the time, and
// what is kept has an end.
func TestToldOnce(t *testing.T) {
	for _, locale := range []string{"de_DE.UTF-8", "fr_FR.UTF-8"} {
		speak(t, locale)
		first := said("web-1 is not ready")
		if again := said("web-1 is not ready"); again != first || first == "web-1 is not ready" {
			t.Errorf("in %s it is %q, and then %q", locale, first, again)
		}
	}
	if de, fr := "web-1 ist nicht bereit", said("web-1 is not ready"); de == fr {
		t.Errorf("it is %q in French", fr)
	}
	for i := range 3 * toldMost {
		said(strconv.Itoa(i))
	}
	if n := len(saidBefore.texts); n > toldMost {
		t.Errorf("%d texts are kept", n)
	}
	long := "web-1 is not ready. " + strings.Repeat("x", saidLongest)
	if got := said(long); got != long {
		t.Errorf("a long text became %.40q", got)
	}
}

// TestSaidInChinese: sentences end there with a stop of their own.
func TestSaidInChinese(t *testing.T) {
	speak(t, "zh_CN.UTF-8")
	for text, want := range map[string]string{
		"It names no target.": "未指定目标。",
		"The tunnel needs Kubernetes 1.31 or newer. Use the transport spdy, or auto.": "该隧道需要 Kubernetes 1.31 或更高版本。请使用传输方式 spdy 或 auto。",
		"web: it is broken": "web：文件已损坏",
	} {
		if got := said(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}

// TestConsentsAreTold: what is to be allowed is told line by line, and its values are
// never taken for the engine's words.
func TestConsentsAreTold(t *testing.T) {
	speak(t, "de_DE.UTF-8")
	text := "talks to the server https://a:6443\nruns the command aws\n  with the argument \"web-1 is not ready\"\n  with the variable A set to \"b. C\""
	want := "spricht mit dem Server https://a:6443\nführt den Befehl aws aus\n  mit dem Argument \"web-1 is not ready\"\n  mit der Variablen A auf \"b. C\""
	if got := saidConsent(text); got != want {
		t.Errorf("it is %q, want %q", got, want)
	}
	if got := saidConsent(strings.ReplaceAll(text, "talks", "speaks")); !strings.HasPrefix(got, "speaks to the server https://a:6443\n") {
		t.Errorf("what is not known became %q", got)
	}
}

func TestStatesOfWorkloads(t *testing.T) {
	speak(t, "de_DE.UTF-8")
	for status, want := range map[string]string{
		"2/3": "2/3 bereit", "scaled to 0": "auf 0 skaliert", "suspended": "ausgesetzt", "waiting": "wartet", "idle": "inaktiv", "terminating": "wird beendet",
		"complete": "abgeschlossen", "failed": "gescheitert",
	} {
		if got := offerWorkload(kube.Workload{Status: status}).state; got != want {
			t.Errorf("%s is %q, want %q", status, got, want)
		}
	}
}

// TestSaidStays: in English, a text is what it was, whichever template it has.
func TestSaidStays(t *testing.T) {
	for _, text := range allEngineTexts() {
		s := filledWith(newTemplate(text), func(name string) string { return "value-" + name })
		if got := said(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
	for _, s := range []string{"", "x509: certificate signed by unknown authority", "{{.A}}", "100 %", "It names no target.", "Foo. Not ready: 0 of 1 containers. `x` is 中.", "not on 中.", "a: not ready"} {
		if got := said(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	}
}

// FuzzSaid: nothing that a cluster says is lost or makes trouble.
func FuzzSaid(f *testing.F) {
	for _, text := range engineTexts()[:20] {
		f.Add(text)
	}
	f.Add("Web-1 is not ready. a: not ready. It is 中.")
	f.Fuzz(func(t *testing.T, s string) {
		if got := said(s); got != s {
			t.Errorf("%q became %q", s, got)
		}
	})
}
