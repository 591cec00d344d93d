package profiles_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

const begin = "version: 1\ntunnels:\n- target: svc/web\n"

func TestParse(t *testing.T) {
	const file = `version: 1
name: Shop, dev
tags: [team-a]
notify: false
context: staging
namespace: shop
tunnels:
  - name: postgres
    context: prod
    target: svc/postgres
    ports: ["5432", 6000:50, ":http", 8080]
    address: [localhost, 127.0.0.2]
    tags: db
    policy: newest
    via: websocket
    hold: 0s
    stopAfter: 1d2h
    autostart: yes
    colour: red
  - target: deployment/web
    namespace: ""
    ports: 0:80
    hold: 10s
    via: auto
    policy: sticky
    autostart: off
`
	want := profiles.Profile{
		ID: "dev", Name: "Shop, dev", Tags: []string{"team-a"}, Quiet: true,
		Tunnels: []tunnels.Spec{
			{
				ID: "dev/postgres", Profile: "dev", Name: "postgres",
				Target: tunnels.Target{Context: "prod", Namespace: "shop", Kind: tunnels.KindService, Name: "postgres"},
				Mappings: []tunnels.Mapping{
					{Local: 5432, Remote: tunnels.Port{Number: 5432}},
					{Local: 6000, Remote: tunnels.Port{Number: 50}},
					{Local: tunnels.AnyPort, Remote: tunnels.Port{Name: "http"}},
					{Local: 8080, Remote: tunnels.Port{Number: 8080}},
				},
				Listen: []string{"localhost", "127.0.0.2"}, Tags: []string{"db"}, Policy: tunnels.PolicyNewest,
				Via: tunnels.ViaWebSocket, Hold: -1, StopAfter: 26 * time.Hour, AutoStart: true,
			},
			{
				ID: "dev/deploy/web :80", Profile: "dev",
				Target:   tunnels.Target{Context: "staging", Kind: tunnels.KindDeployment, Name: "web"},
				Mappings: []tunnels.Mapping{{Remote: tunnels.Port{Number: 80}}}, Hold: 10 * time.Second,
			},
		},
	}
	for name, text := range map[string]string{
		"as it is": file, "with CRLF": strings.ReplaceAll(file, "\n", "\r\n"), "with a mark": "\ufeff" + file,
		"as a document": "---\n" + file + "...\n",
	} {
		got, err := profiles.Parse("dev", []byte(text))
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("%s: %+v, %v\nwant %+v", name, got, err, want)
		}
	}
	data, err := profiles.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := profiles.Parse("dev", data); err != nil || !reflect.DeepEqual(again, want) {
		t.Errorf("written and read it is %+v, %v\n%s", again, err, data)
	}
}

func TestPorts(t *testing.T) {
	tests := []struct{ text, want string }{
		{"80", "80"},
		{"[80]", "80"},
		{"['80']", "80"},
		{"[5432, ':5432', 0:5433, 6000:50, 59:59]", "5432 :5432 :5433 6000:50 59"},
		{"\n  - 80\n  - :http", "80 :http"},
		{"[080]", "80"},
		{"['true']", "true"},
		{`["6000:http"]`, "6000:http"},
		{"6000:http", "6000:http"},
	}
	for _, tt := range tests {
		t.Run(tt.text, func(t *testing.T) {
			p, err := profiles.Parse("dev", []byte(begin+"  ports: "+tt.text+"\n"))
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for _, m := range p.Tunnels[0].Mappings {
				got = append(got, m.String())
			}
			if strings.Join(got, " ") != tt.want {
				t.Errorf("they are %q, want %q", got, tt.want)
			}
		})
	}
}

func TestIDsAreUnique(t *testing.T) {
	p, err := profiles.Parse("dev", []byte("version: 1\ntunnels:\n"+
		strings.Repeat("- {name: a, target: svc/a, ports: 80}\n", 2)+
		"- {name: 'a#2', target: svc/a, ports: 80}\n"+strings.Repeat("- {target: svc/a, ports: 80}\n", 2)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, s := range p.Tunnels {
		got = append(got, string(s.ID))
	}
	if want := "dev/a, dev/a#2, dev/a#2#2, dev/svc/a 80, dev/svc/a 80#2"; strings.Join(got, ", ") != want {
		t.Errorf("they are %q, want %q", got, want)
	}
}

// TestParseErrors holds the sentences: what a user reads when a file is wrong.
func TestParseErrors(t *testing.T) {
	tunnel := func(lines string) string { return begin + lines + "\n" }
	tests := []struct {
		name, text string
		line       int
		says       string
	}{
		{"empty", "", 1, "dev.yaml, line 1: it is empty: begin it with the line version: 1, or delete it"},
		{"only comments", "# nothing\n\n", 1, "dev.yaml, line 1: it is empty: begin it with the line version: 1, or delete it"},
		{"a list", "- a\n", 1, "dev.yaml, line 1: it is no profile: begin it with the line version: 1"},
		{"no version", "\nname: x\n", 2, "dev.yaml, line 2: it says no version: begin it with the line version: 1"},
		{"a word as version", "version: one\n", 1, `dev.yaml, line 1: version: "one" is none: write version: 1`},
		{"newer", "# x\nversion: 2\ntunnels: 5\n", 2, "dev.yaml, line 2: it was made by a newer Culvert: its format is version 2, and this one knows 1"},
		{"a letter in a port", tunnel("  ports:\n  - 80\n  - 80a:b_c"), 6, `dev.yaml, line 6: "80a:b_c" is no port: give a number from 1 to 65535, or a name as the pod or service declares it`},
		{"a capital port", tunnel("  ports: [HTTP]"), 4, `dev.yaml, line 4: "HTTP" is no port: give a number from 1 to 65535, or a name as the pod or service declares it`},
		{"port 0", tunnel("  ports: 0"), 4, `dev.yaml, line 4: remote port: 0 in "0" is not a port of a pod: give one from 1 to 65535`},
		{"port 70000", tunnel("  ports: 70000"), 4, `dev.yaml, line 4: remote port: 70000 is too large: give one from 1 to 65535`},
		{"a negative port", tunnel("  ports: -1"), 4, `dev.yaml, line 4: "-1" is no port: give a number from 1 to 65535, or a name as the pod or service declares it`},
		{"a truth as port", tunnel("  ports: [true]"), 4, `dev.yaml, line 4: "true" is no port: write 5432, 6000:5432, :5432 or a port's name, in quotes`},
		{"half a port", tunnel("  ports: 80.5"), 4, `dev.yaml, line 4: "80.5" is no port: write 5432, 6000:5432, :5432 or a port's name, in quotes`},
		{"a mapping as port", tunnel("  ports: {6000: 80}"), 4, `dev.yaml, line 4: ports is a list of values without names: write [first, second]`},
		{"a port with a space", tunnel("  ports:\n  - 6000: 80"), 5, `dev.yaml, line 5: ports: 6000: 80 has a space behind its colon: write 6000:80`},
		{"no ports", tunnel("  ports: []"), 4, `dev.yaml, line 4: ports: none is given: write ports: ["5432"], or "6000:5432" for another local one`},
		{"ports missing", begin, 3, `dev.yaml, line 3: the tunnel "web" has no ports: add ports: ["8080"]`},
		{"ports as port", tunnel("  port: 80"), 3, `dev.yaml, line 3: the tunnel "web" has no ports: add ports: ["8080"], or does "port" in line 4 mean it?`},
		{"target missing", "version: 1\ntunnels:\n- name: x\n  ports: 80\n", 3, `dev.yaml, line 3: the tunnel "x" has no target: add target: svc/NAME`},
		{"a port twice", tunnel("  ports: [80, '80:81']"), 4, `dev.yaml, line 4: local port: 80 is wanted by both 80 and 80:81: change one of them`},
		{"a kind unknown", "version: 1\ntunnels:\n- target: ingress/web\n  ports: 80\n", 3, `dev.yaml, line 3: target: "ingress" is of a kind that cannot be forwarded to`},
		{"an address", tunnel("  ports: 80\n  address: [localhost, myhost]"), 5, `dev.yaml, line 5: address: "myhost" is neither "localhost" nor an IP address: use localhost, 127.0.0.1 or ::1`},
		{"a tag", tunnel("  ports: 80\n  tags: [a b]"), 5, `dev.yaml, line 5: tags: "a b" cannot be a tag: use a word without spaces and commas`},
		{"a policy", tunnel("  ports: 80\n  policy: best"), 5, `dev.yaml, line 5: policy: "best" is unknown: use sticky, newest, round-robin, ordinal, or ordinal=N for one number`},
		{"a transport", tunnel("  ports: 80\n  via: http"), 5, `dev.yaml, line 5: via: "http" is unknown: use auto, spdy, websocket or node`},
		{"a time without unit", tunnel("  ports: 80\n  hold: 10"), 5, `dev.yaml, line 5: hold: "10" is no time: write it with its unit, as 10s`},
		{"a long hold", tunnel("  ports: 80\n  hold: 2m"), 5, `dev.yaml, line 5: hold: 2m cannot be: give at most 1m, or 0s not to wait at all`},
		{"a long time", tunnel("  ports: 80\n  stopAfter: 8d"), 5, `dev.yaml, line 5: stopAfter: 8d cannot be: give at most 7d, or leave it out for a tunnel that goes on`},
		{"a truth", tunnel("  ports: 80\n  autostart: maybe"), 5, `dev.yaml, line 5: autostart is true or false, unlike "maybe"`},
		{"a namespace", tunnel("  ports: 80\n  namespace: My_NS"), 5, `dev.yaml, line 5: namespace: "My_NS" is not a namespace's name: use small letters, digits and '-'`},
		{"a list as name", tunnel("  ports: 80\n  name: [x]"), 5, `dev.yaml, line 5: name is one text, not a list`},
		{"a name that moves the cursor", tunnel("  ports: 80\n  name: \"a\\x1b[2Jb\""), 5, `dev.yaml, line 5: name: "a�[2Jb" has a control character in it: remove it`},
		{"a name that runs backwards", tunnel("  ports: 80\n  name: a\u202eb"), 5, `dev.yaml, line 5: name: "a�b" has a control character in it: remove it`},
		{"a field twice", tunnel("  ports: 80\n  ports: 81"), 5, `dev.yaml, line 5: ports is there twice, first in line 4: remove one`},
		{"a head field twice", "version: 1\nversion: 1\n", 2, `dev.yaml, line 2: version is there twice, first in line 1: remove one`},
		{"tunnels as a mapping", "version: 1\ntunnels:\n  web: {target: svc/web}\n", 3, `dev.yaml, line 3: tunnels is a list: begin each tunnel with a hyphen`},
		{"a tunnel as text", "version: 1\ntunnels:\n- svc/web 80\n", 3, `dev.yaml, line 3: a tunnel has fields, as target: svc/web and ports: [8080]`},
		{"an anchor", "version: 1\nx: &a 1\n", 2, `dev.yaml, line 2: &a is a mark for references, which are not understood here: remove it`},
		{"an alias of nothing", "version: 1\nx: *a\n", 2, `dev.yaml, line 2: what begins with * refers to another place: write out what is meant, or put it into quotes`},
		{"a key that is an alias", "version: 1\nx: &a b\n*a : c\n", 3, `dev.yaml, line 3: *a refers to another place`},
		{"a merge", "version: 1\ntunnels:\n- <<: {}\n", 3, `dev.yaml, line 3: << takes over another place's fields: write out what is meant`},
		{"a type", "version: 1\nx: !!binary aGk=\n", 2, `dev.yaml, line 2: !!binary is a type, which is not understood here: remove it`},
		{"two documents", "version: 1\n---\nversion: 1\n", 2, `dev.yaml, line 2: a second document begins here: keep one profile in a file, and remove the line ---`},
		{"a control character", "version: 1\nname: a\x07b\n", 2, `dev.yaml, line 2: a control character (U+0007) is in it: remove it`},
		{"a return alone", "version: 1\rname: x\n", 1, `dev.yaml, line 1: a control character (U+000D) is in it: remove it`},
		{"Latin-1", "version: 1\nname: caf\xe9\n", 2, `dev.yaml, line 2: it is not text in UTF-8: save it as UTF-8`},
		{"UTF-16", "\xff\xfev\x00", 1, `dev.yaml, line 1: it is not text in UTF-8: save it as UTF-8`},
		{"a tab", tunnel("\tports: 80"), 4, `dev.yaml, line 4: a tab is where spaces have to be: indent with spaces`},
		{"an indent", tunnel("  ports: 80\n   name: x"), 5, `dev.yaml, line 5: a colon is where none can be: put the text into quotes, or indent the line as those above it`},
		{"less indent", tunnel("  ports: 80\n name: x\n  tags: [a]"), 5, `dev.yaml, line 5: the line is not indented as those above it, or lacks its colon`},
		{"two colons", tunnel("  ports: 80\n  name: a: b"), 5, `dev.yaml, line 5: a colon is where none can be: put the text into quotes, or indent the line as those above it`},
		{"no colon", tunnel("  ports: 80\n  name\n  tags: [a]"), 5, `dev.yaml, line 5: the line lacks its colon`},
		{"a quote not closed", tunnel("  ports: \"80\n  name: x\n\n# the end"), 4, `dev.yaml, line 4: a quotation mark is opened here and not closed`},
		{"a list not closed", tunnel("  ports: [80\n  name: x\n  tags: [a]"), 4, `dev.yaml, line 4: a list in [ ] is not closed, or lacks a comma`},
		{"a list not closed at the end", tunnel("  name: x\n  ports: [80"), 5, `dev.yaml, line 5: a list in [ ] is not closed, or lacks a comma`},
		{"a backtick", tunnel("  ports: 80\n  name: `x`"), 5, "dev.yaml, line 5: a value cannot begin like this: put it into quotes, and indent with spaces instead of tabs"},
		{"a conflict of git", "version: 1\n<<<<<<< HEAD\nname: a\n=======\nname: b\n>>>>>>> x\n", 2, "dev.yaml, line 2: a conflict of git begins here: choose one of the two"},
		{"deep", "version: 1\nx: " + strings.Repeat("[", 40) + strings.Repeat("]", 40) + "\n", 2, `dev.yaml, line 2: it is nested more than 32 deep`},
		{"much", "version: 1\n# " + strings.Repeat("x", 1<<20) + "\n", 0, `dev.yaml: it has more than 1 MiB`},
		{"many tunnels", "version: 1\ntunnels:\n" + strings.Repeat("- {target: svc/a, ports: 80}\n", 501), 3, `dev.yaml, line 3: 501 tunnels are too many: keep at most 500 in a profile`},
		{"many ports", tunnel("  ports: [" + strings.Repeat("80,", 65) + "]"), 4, `dev.yaml, line 4: 65 ports are too many: give at most 64`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := profiles.Parse("dev", []byte(tt.text))
			var e *tunnels.Error
			if !errors.As(err, &e) || e.Cause != tunnels.CauseInvalid || !e.Permanent || e.Hint == "" {
				t.Fatalf("the error is %#v", err)
			}
			var at *profiles.Position
			if !errors.As(err, &at) || at.Line != tt.line {
				t.Errorf("it is at %+v, want line %d", at, tt.line)
			}
			if !strings.HasPrefix(err.Error(), tt.says) {
				t.Errorf("it says\n%s, want\n%s", err, tt.says)
			}
			if strings.ContainsAny(fmt.Sprint(err, e.Hint, e.Raw), "\n\x1b\x07") {
				t.Errorf("%q is not a line of text", err)
			}
		})
	}
}
