package workspace

import (
	"bytes"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/tunnels"

	"go.yaml.in/yaml/v3"
)

// checkForPeople fails the test for an error that says nothing to do, or would drive a
// terminal.
func checkForPeople(t *testing.T, err error) {
	t.Helper()
	var e *tunnels.Error
	if !errors.As(err, &e) || e.Hint == "" || strings.ContainsAny(err.Error()+e.Hint+e.Raw, "\x1b\x00\u009b") {
		t.Fatalf("%T %q, %+v", err, err, e)
	}
}

// otherFields returns what a settings file says beside the settings, with its comments.
func otherFields(t *testing.T, data []byte) map[string]string {
	t.Helper()
	doc, err := settingsTree(data)
	if err != nil {
		t.Fatalf("%v in\n%s", err, data)
	}
	fields := make(map[string]string)
	root := doc.Content[0]
	for i := 0; i+1 < len(root.Content); i += 2 {
		plain(root.Content[i])
		name := root.Content[i].Value
		if slices.Contains([]string{"restore", "closeQuits", "quiet", "language"}, name) {
			continue
		}
		plain(root.Content[i+1])
		text, err := yaml.Marshal(root.Content[i+1])
		if err != nil {
			t.Fatal(err)
		}
		fields[name] = string(text)
	}
	return fields
}

// plain writes each null as a word, for however it is spelled it is the same, and leaves
// out comments, which may be written elsewhere in a line: the library would write some
// nulls as empty texts.
func plain(n *yaml.Node) {
	if n.Kind == yaml.ScalarNode && n.ShortTag() == "!!null" {
		n.Value = "null"
	}
	n.HeadComment, n.LineComment, n.FootComment = "", "", ""
	for _, c := range n.Content {
		plain(c)
	}
}

// FuzzSettings reads any settings.yaml and changes it. It is refused, and stays as it
// was; or it holds what was chosen, and of all else what it held before.
func FuzzSettings(f *testing.F) {
	for _, s := range []string{
		"", "# mine\nversion: 1\nrestore: true # always\nmore: {a: [1, 2]}\n", "version: 1\nquiet: yes\n", "version: 2\n", "restore: maybe\n", "[1]\n", "null\n", "---\n---\nquiet: true\n",
		"quiet: true\nquiet: false\n", "a: &x {quiet: true}\n<<: *x\n", "? {a: b}\n: c\n", "version: 1\r\nrestore: true\r\n", "\xef\xbb\xbfrestore: true\n", "x: !!binary aGk=\n", "x: |\n  a\n\n  b\n",
		"restore: &a true\nquiet: *a\n", "x: &a [*a]\n", "{restore: true, y: 2}\n", "language: fr # ours\n", "language: x\n", "language: [de]\n", "language: null\n",
	} {
		f.Add([]byte(s), uint8(5))
		f.Add([]byte(s), uint8(2))
	}
	f.Fuzz(func(t *testing.T, data []byte, to uint8) {
		path := filepath.Join(t.TempDir(), "settings.yaml")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		want := Settings{Restore: to&1 != 0, CloseQuits: to&2 != 0, Quiet: to&4 != 0, Language: append(Languages(), "")[to>>3%5]}
		file, err := openSettings(path)
		if err == nil {
			err = file.set(t.Context(), want)
		}
		now, rerr := os.ReadFile(path)
		if rerr != nil {
			t.Fatal(rerr)
		}
		if err != nil {
			checkForPeople(t, err)
			if !bytes.Equal(now, data) {
				t.Fatalf("it is refused, %v, but becomes\n%s\nfrom\n%s", err, now, data)
			}
			return
		}
		again, err := openSettings(path)
		if err != nil || again.get() != want || file.get() != want {
			t.Fatalf("it holds %+v, %+v and not %+v, %v:\n%s\nfrom\n%s", again.get(), file.get(), want, err, now, data)
		}
		was, is := otherFields(t, data), otherFields(t, now)
		if !maps.Equal(was, is) {
			t.Fatalf("it has %q and not %q:\n%s\nfrom\n%s", is, was, now, data)
		}
	})
}

// FuzzState reads any state.json and changes it. What cannot be read is set aside whole
// and what a newer one wrote is left alone; else it holds what it held, with the change.
func FuzzState(f *testing.F) {
	for _, s := range []string{
		"", "{}", `{"version":1,"tunnels":{"dev/web":{"context":"c","ports":{":80":6000},"running":true,"seen":"2026-03-04T12:00:00Z"}}}`, `{"version":2,"tunnels":7}`, `{"version":"1"}`, "[]", "null",
		`{"version":1,"tunnels":{"a":{"ports":{"x":1,":80":0},"seen":"2026-03-04T12:00:00Z"},"b":null}}`, `{"version":1,"tunnels":{"a":{"running":true,"seen":"2020-01-01T00:00:00Z"}}} x`, `{"version":1e0}`, `{"Version":1,"TUNNELS":{}}`,
	} {
		f.Add([]byte(s), "dev/web", uint16(6001))
	}
	now := time.Date(2026, 3, 5, 12, 0, 0, 0, time.UTC)
	f.Fuzz(func(t *testing.T, data []byte, name string, port uint16) {
		name = strings.ToValidUTF8(name, "?")
		path := filepath.Join(t.TempDir(), "state.json")
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
		was, _, werr := readState(path)
		aside := error(nil)
		fresh := past{Ports: map[string]uint16{":80": port}, Running: true, Seen: now}
		err := updateState(t.Context(), path, now, func(err error) { aside = err }, func(m map[place]past) { m[place(name)] = fresh })
		text, rerr := os.ReadFile(path)
		if rerr != nil {
			t.Fatal(rerr)
		}
		if err != nil {
			checkForPeople(t, err)
			if !errors.Is(werr, errNewer) || !bytes.Equal(text, data) {
				t.Fatalf("%v, %v: it becomes\n%s\nfrom\n%s", werr, err, text, data)
			}
			return
		}
		if werr != nil {
			checkForPeople(t, aside)
			if kept, err := os.ReadFile(path + ".broken-1"); err != nil || !bytes.Equal(kept, data) {
				t.Fatalf("%v: it is kept as %q, %v", werr, kept, err)
			}
			was = make(map[place]past)
		}
		was[place(name)] = fresh
		maps.DeleteFunc(was, func(_ place, p past) bool { return p.empty() || now.Sub(p.Seen) > forgetAfter })
		is, _, err := readState(path)
		same := func(p, q past) bool { return p.same(q) && p.Seen.Equal(q.Seen) }
		if err != nil || !maps.EqualFunc(is, was, same) {
			t.Fatalf("it holds %+v and not %+v, %v", is, was, err)
		}
		for _, p := range is {
			text := portsText(portsOf(p.Ports))
			if !reflect.DeepEqual(portsOf(text), portsOf(p.Ports)) {
				t.Fatalf("the ports %v are read as %v", p.Ports, text)
			}
		}
	})
}
