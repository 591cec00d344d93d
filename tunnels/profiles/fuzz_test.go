package profiles

import (
	"errors"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"testing"

	"culvert/tunnels"
)

func seeds(f *testing.F) [][]byte {
	f.Helper()
	files, err := filepath.Glob("testdata/edits/*.yaml")
	if err != nil || len(files) == 0 {
		f.Fatalf("there are %v, %v", files, err)
	}
	var all [][]byte
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			f.Fatal(err)
		}
		all = append(all, data)
	}
	for _, text := range []string{
		"", "version: 1\ntunnels: [", "version: 1\nx: &a [*a, *a]\n", "version: 1\n? x\n: y\n", "version: 1\nname: \"\\u0007\"\n", "--- !!map\nversion: 1\n",
		"version: 1\ntunnels:\n- ? name\n  : a\n  ? target\n  : svc/a\n  ports: 80\n", "version: 1\ntunnels:\n- \"name\": |\n    a\n  target: >-\n    svc/a\n  ports: [\n    80, # x\n    81]\n",
		"{version: 1, tunnels: [{target: a, ports: 1}, {target: b, ports: 1}]}", "version: 1\ntunnels:\n-\t{target: a, ports: 1}\n",
	} {
		all = append(all, []byte(text))
	}
	return all
}

// FuzzParse reads anything: without a panic, with an error for people, and what is
// read can be written and read again.
func FuzzParse(f *testing.F) {
	for _, data := range seeds(f) {
		f.Add(data)
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := Parse("dev", data)
		if err != nil {
			var e *tunnels.Error
			var at *Position
			if !errors.As(err, &e) || e.Hint == "" || !errors.As(err, &at) || at.Line < 0 || strings.ContainsAny(err.Error()+e.Raw, "\n\r\x1b\x00") {
				t.Fatalf("%#v: %v", err, err)
			}
			if lines := strings.Count(string(data), "\n") + 1; at.Line > lines {
				t.Fatalf("line %d of %d: %v", at.Line, lines, err)
			}
			return
		}
		text, err := Marshal(p)
		if err != nil {
			t.Fatalf("it cannot be written: %v\n%+v", err, p)
		}
		again, err := Parse("dev", text)
		if err != nil || !reflect.DeepEqual(p, again) {
			t.Fatalf("it becomes %v\n%+v\n%+v\n%s", err, p, again, text)
		}
	})
}

// FuzzEdit changes what can be read: then the file says what was meant, or was not
// changed at all.
func FuzzEdit(f *testing.F) {
	for _, data := range seeds(f) {
		for op := range uint8(8) {
			f.Add(data, op, op/2, "name", uint16(80))
		}
	}
	f.Fuzz(func(t *testing.T, data []byte, op, at uint8, name string, port uint16) {
		d, err := read(data)
		if err != nil {
			return
		}
		before := string(data)
		want, now, err := edited(d, int(op), int(at), name, port)
		if string(d.data) != before {
			t.Fatal("the old text was changed")
		}
		var e *tunnels.Error
		switch {
		case err != nil && !errors.As(err, &e):
			t.Fatalf("it gives %v", err)
		case err != nil:
			return
		}
		again, err := read(now.data)
		if err != nil {
			t.Fatalf("it becomes %v:\n%s", err, now.data)
		}
		if err := again.isWhat(want.head, want.all); err != nil {
			t.Fatalf("%v:\n%s", err, now.data)
		}
	})
}

// edited returns what a document is to say after an edit, and the edited one.
func edited(d *document, op, at int, name string, port uint16) (want, now *document, err error) {
	to := *d
	want = &to
	spec := example()
	spec.Mappings = []tunnels.Mapping{{Local: tunnels.LocalPort(port), Remote: tunnels.Port{Number: 80}}}
	spec.Name = name
	if check(spec) != nil {
		spec.Name = "named"
	}
	if len(d.all) > 0 {
		at %= len(d.all)
	}
	rest := func(i int) []entry { return append(append([]entry(nil), d.all[:i]...), d.all[i+1:]...) }
	switch {
	case op%8 == 0 || len(d.all) == 0:
		to.all = append(copied(d.all), entry{nil, spec})
		now, err = d.add(spec, nil)
	case op%8 == 1:
		like := d.cut(at)
		to.all = append(copied(d.all), entry{like.node, spec})
		now, err = d.add(spec, &like)
	case op%8 == 2:
		to.all = rest(at)
		now, err = d.remove(at)
	case op%8 == 3:
		to.all = moved(d.all, at, 0)
		now, err = d.move(at, 0)
	case op%8 == 4:
		to.head.name, to.head.notify = spec.Name, !d.head.notify
		now, err = d.set(to.head)
	case op%8 == 5:
		to.head.tags = []string{"a", "b"}
		now, err = d.set(to.head)
	case op%8 == 6:
		to.all = copied(d.all)
		to.all[at].spec.Name, to.all[at].spec.AutoStart = spec.Name, !d.all[at].spec.AutoStart
		now, err = d.put(at, to.all[at].spec)
	default:
		to.all = copied(d.all)
		to.all[at].spec = spec
		now, err = d.put(at, spec)
	}
	return want, now, err
}

func copied(all []entry) []entry { return append([]entry(nil), all...) }
