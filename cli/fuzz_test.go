package cli

import (
	"bytes"
	"errors"
	"net/netip"
	"regexp"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"culvert/tunnels"
	"culvert/tunnels/profiles"
)

// drives tells whether a terminal would act on a text beside beginning lines.
func drives(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && r != '\t' && !unicode.IsGraphic(r) }) || !utf8.ValidString(s)
}

// FuzzErrors: whatever stands in an error, its hint or a warning, what is printed of it
// to a terminal does not drive it, and says all that it would otherwise.
func FuzzErrors(f *testing.F) {
	for _, s := range []string{"no such pod", "a\nb\tc", "\x1b[2J\x1b]0;t\x07", "\u009b31m", "a\rb", "\xff\x9b", "\u202eabc", "ä € 漢 🎉"} {
		f.Add(s, "Try again.")
		f.Add("refused", s)
	}
	f.Fuzz(func(t *testing.T, text, hint string) {
		var out bytes.Buffer
		d, p := Deps{Err: &out, Out: &out}, &printer{out: &out, err: &out, tunnels: make(map[tunnels.ID]*told)}
		e := &tunnels.Error{Op: text, Err: errors.New(text), Hint: hint}
		printError(&out, e)
		d.warn(e)
		p.warn(e)
		p.log(time.Time{}, "web: %v", e)
		if drives(out.String()) {
			t.Fatalf("%q and %q are printed as %q", text, hint, out.String())
		}
		if !drives(text) && strings.Count(out.String(), text) < 4 {
			t.Fatalf("%q is printed as %q", text, out.String())
		}
		for _, s := range []string{plain(text), cut(plain(text), 10, "…"), fill(plain(text), 20)} {
			if drives(s) || strings.ContainsAny(s, "\n\t") {
				t.Fatalf("%q becomes %q", text, s)
			}
		}
		if s := cut(plain(text), 10, "…"); cells(s) > 10 {
			t.Fatalf("%q is cut to %q", text, s)
		}
	})
}

// variableLine is what a shell and a .env file take for one variable, and nothing else.
var variableLine = regexp.MustCompile(`^(?:export )?CULVERT_[A-Z0-9_]+=(?:[0-9A-Za-z.:%-]+|'\[?[0-9A-Za-z.:%-]+\]?(?::[0-9]+)?')$`)

// FuzzVariables: whatever tunnels are called, each line for a shell sets one variable
// and does nothing else, and no two tunnels set the same one.
func FuzzVariables(f *testing.F) {
	for _, s := range []string{"web", "a$(id)", "a\nb", "'; rm -rf ~; '", "", "ä", "a=b", "A_80", "my-db", "x\x1b[2J"} {
		f.Add(s, "http-alt", uint16(80), []byte{127, 0, 0, 1})
		f.Add("a", s, uint16(0), []byte("\xfe\x80\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01"))
	}
	f.Fuzz(func(t *testing.T, name, other string, port uint16, ip []byte) {
		addr, ok := netip.AddrFromSlice(ip)
		if !ok {
			return
		}
		var all []tunnels.Status
		for i, name := range []string{name, other} {
			m := tunnels.Mapping{Remote: tunnels.Port{Number: port, Name: map[bool]string{true: other}[port == 0]}}
			all = append(all, tunnels.Status{
				Spec:  tunnels.Spec{ID: tunnels.ID(rune('a' + i)), Name: name, Mappings: []tunnels.Mapping{m}},
				Bound: []tunnels.Bound{{Mapping: m, Addr: netip.AddrPortFrom(addr, uint16(6000+i))}},
			})
		}
		for _, output := range []string{asEnv, asDotenv} {
			var out bytes.Buffer
			err := printPorts(Deps{Out: &out, Err: &out}, all, nil, output)
			if (err != nil) != (out.Len() == 0) || err != nil && tunnels.AsError(err).Hint == "" {
				t.Fatalf("%v, and %q", err, out.String())
			}
			seen := make(map[string]bool)
			for line := range strings.Lines(out.String()) {
				line = strings.TrimSuffix(line, "\n")
				variable, _, _ := strings.Cut(line, "=")
				if !variableLine.MatchString(line) || seen[variable] {
					t.Fatalf("%q and %q at %v print the line %q of\n%s", name, other, addr, line, out.String())
				}
				seen[variable] = true
			}
		}
	})
}

// oneTunnel is a project's file.
const oneTunnel = "version: 1\ntunnels:\n- {target: svc/web, ports: 80}\n"

// FuzzProject reads any project's file: an error says where in the file and what to do,
// and what is read can be started, and starts nothing by itself.
func FuzzProject(f *testing.F) {
	for _, s := range []string{
		"", oneTunnel, "version: 1\ntunnels:\n- {target: svc/web, ports: 80, autostart: true, nme: x}\n", "version: 1\nname: \"a\\e[2J\"\ntunnels: []\n", "version: 1\n\"\\e[2J\": 1\ntunnels:\n- {target: a, ports: 1}\n",
		"version: 2\n", "version: 1\ntunnels: [}\n", "\x1b[2J: 1", "version: 1\ntunnels:\n- &a {target: svc/web, ports: [80, ':http'], address: [0.0.0.0]}\n- *a\n",
	} {
		f.Add([]byte(s), "/src/shop/.culvert.yaml")
	}
	f.Add([]byte(oneTunnel), "/src/a\x1b[2Jb/.culvert.yaml")
	f.Fuzz(func(t *testing.T, data []byte, path string) {
		var told bytes.Buffer
		d := Deps{Err: &told}
		g, err := parseGuests(d, path, path, data)
		if err != nil {
			var e *tunnels.Error
			if !errors.As(err, &e) || e.Hint == "" || !strings.Contains(err.Error(), path) {
				t.Fatalf("%T %v", err, err)
			}
			printError(&told, err)
		}
		if drives(told.String()) {
			t.Fatalf("it tells %q", told.String())
		}
		if err != nil {
			return
		}
		if len(g.Tunnels) == 0 || len(profiles.Unknown(data)) != strings.Count(told.String(), "\n") {
			t.Fatalf("%d tunnels are read, and told is %q", len(g.Tunnels), told.String())
		}
		for _, s := range g.Tunnels {
			if s.ID != "" || s.Profile != "" || s.AutoStart {
				t.Fatalf("a tunnel is %+v", s)
			}
			s.ID = "1"
			if err := s.Validate(); err != nil {
				t.Fatalf("%+v cannot be started: %v", s, err)
			}
		}
	})
}
