package profiles

import (
	"bytes"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/tunnels"
)

var update = flag.Bool("update", false, "write what the edits of the files in testdata/edits give")

// edits are what users do. Each is left out of files that it cannot be done to.
var edits = []struct {
	name string
	do   func(d *document) (*document, error)
}{
	{"rename the first", onTunnel(0, func(s *tunnels.Spec) { s.Name = "psql" })},
	{"the first without a name", onTunnel(0, func(s *tunnels.Spec) { s.Name = "" })},
	{"another port for the first", onTunnel(0, func(s *tunnels.Spec) {
		s.Mappings = append(slices.Clone(s.Mappings), tunnels.Mapping{Remote: tunnels.Port{Number: 9000}})
	})},
	{"no hold for the first", onTunnel(0, func(s *tunnels.Spec) { s.Hold = 0 })},
	{"everything of the first", onTunnel(0, func(s *tunnels.Spec) {
		*s = tunnels.Spec{
			Name: "other: #1", Target: tunnels.Target{Context: "prod", Namespace: "ns", Kind: tunnels.KindPod, Name: "x"},
			Listen: []string{"127.0.0.1", "::1"}, Mappings: []tunnels.Mapping{{Local: tunnels.SamePort, Remote: tunnels.Port{Name: "http"}}},
			Tags: []string{"yes", "b"}, Policy: tunnels.PolicyNewest, Via: tunnels.ViaWebSocket, Hold: -1, StopAfter: 26 * time.Hour, AutoStart: true,
		}
	})},
	{"the second at start", onTunnel(1, func(s *tunnels.Spec) { s.AutoStart = true })},
	{"the second in the first's context", onTunnel(1, func(s *tunnels.Spec) { s.Target.Context = "staging" })},
	{"the second without tags", onTunnel(1, func(s *tunnels.Spec) { s.Tags = nil })},
	{"another tag and port for the second", onTunnel(1, func(s *tunnels.Spec) {
		s.Tags = append(slices.Clone(s.Tags), "new")
		s.Mappings = []tunnels.Mapping{{Local: 1, Remote: tunnels.Port{Number: 2}}}
	})},
	{"a name for the third", onTunnel(2, func(s *tunnels.Spec) { s.Name = "third" })},
	{"the first removed", func(d *document) (*document, error) { return removed(d, 0) }},
	{"the second removed", func(d *document) (*document, error) { return removed(d, 1) }},
	{"the last removed", func(d *document) (*document, error) { return removed(d, len(d.all)-1) }},
	{"the first moved to the end", func(d *document) (*document, error) { return shifted(d, 0, len(d.all)-1) }},
	{"the last moved to the start", func(d *document) (*document, error) { return shifted(d, len(d.all)-1, 0) }},
	{"one added", func(d *document) (*document, error) { return d.add(example(), nil) }},
	{"the first copied", func(d *document) (*document, error) {
		if len(d.all) == 0 {
			return nil, nil
		}
		like := d.cut(0)
		return d.add(d.all[0].spec, &like)
	}},
	{"all of the head", func(d *document) (*document, error) {
		return d.set(head{name: "New: name", tags: []string{"a", "b"}, notify: !d.head.notify, defaults: d.head.defaults})
	}},
	{"nothing in the head", func(d *document) (*document, error) {
		return d.set(head{notify: true, defaults: d.head.defaults})
	}},
}

func onTunnel(i int, change func(*tunnels.Spec)) func(d *document) (*document, error) {
	return func(d *document) (*document, error) {
		if i >= len(d.all) {
			return nil, nil
		}
		s := d.all[i].spec
		change(&s)
		return d.put(i, s)
	}
}

func removed(d *document, i int) (*document, error) {
	if i < 0 || i >= len(d.all) {
		return nil, nil
	}
	return d.remove(i)
}

func shifted(d *document, from, to int) (*document, error) {
	if from < 0 || to < 0 {
		return nil, nil
	}
	return d.move(from, to)
}

func example() tunnels.Spec {
	return tunnels.Spec{
		Name: "added", Target: tunnels.Target{Kind: tunnels.KindService, Name: "added"},
		Mappings: []tunnels.Mapping{{Remote: tunnels.Port{Number: 80}}},
	}
}

// TestEdits compares which lines of each file each edit changes with those in
// testdata. That the file says what was meant, the edits see to themselves.
func TestEdits(t *testing.T) {
	files, err := filepath.Glob("testdata/edits/*.yaml")
	if err != nil || len(files) < 10 {
		t.Fatalf("there are %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			d, err := read(data)
			if err != nil {
				t.Fatal(err)
			}
			var all bytes.Buffer
			for _, e := range edits {
				now, err := e.do(d)
				if err != nil {
					fmt.Fprintf(&all, "== %s: %v\n", e.name, err)
					continue
				}
				if now == nil {
					continue
				}
				fmt.Fprintf(&all, "== %s\n%s", e.name, difference(string(data), string(now.data)))
				if !bytes.Equal(d.data, data) {
					t.Errorf("%s changes what there was", e.name)
				}
			}
			isGolden(t, strings.TrimSuffix(file, ".yaml")+".golden", all.Bytes())
		})
	}
}

func isGolden(t *testing.T, path string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(want, got) {
		t.Errorf("other lines change than in %s:\n%s", path, difference(string(want), string(got)))
	}
}

// difference lists the lines that two texts do not share, with their numbers.
func difference(a, b string) string {
	x, y := strings.SplitAfter(a, "\n"), strings.SplitAfter(b, "\n")
	common := make([][]int, len(x)+1) // the longest common list of lines from here on
	for i := range common {
		common[i] = make([]int, len(y)+1)
	}
	for i := len(x) - 1; i >= 0; i-- {
		for j := len(y) - 1; j >= 0; j-- {
			if x[i] == y[j] {
				common[i][j] = common[i+1][j+1] + 1
			} else {
				common[i][j] = max(common[i+1][j], common[i][j+1])
			}
		}
	}
	var out strings.Builder
	line := func(sign string, n int, s string) {
		fmt.Fprintf(&out, "%s%3d %s\n", sign, n+1, strings.NewReplacer("\r\n", "␍␊", "\n", "").Replace(s))
	}
	for i, j := 0, 0; i < len(x) || j < len(y); {
		switch {
		case i < len(x) && j < len(y) && x[i] == y[j]:
			i, j = i+1, j+1
		case i < len(x) && (j == len(y) || common[i+1][j] >= common[i][j+1]):
			line("-", i, x[i])
			i++
		default:
			line("+", j, y[j])
			j++
		}
	}
	return out.String()
}

// example2 is the example with an ID, for a profile.
func example2(id tunnels.ID, profile string) tunnels.Spec {
	s := example()
	s.ID, s.Profile = id, profile
	return s
}

// TestAddAllIsAddOften: several tunnels at once are written as one after the other.
func TestAddAllIsAddOften(t *testing.T) {
	files, err := filepath.Glob(filepath.Join("testdata", "edits", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatal(files, err)
	}
	var specs []tunnels.Spec
	for _, id := range []tunnels.ID{"x", "y", "z"} {
		spec := example2(id, "dev")
		spec.Name = string(id)
		specs = append(specs, spec)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		do(t, err)
		d, err := read(data)
		do(t, err)
		at := d
		for _, spec := range specs {
			at, err = at.add(spec, nil)
			do(t, err)
		}
		all, err := d.addAll(specs)
		do(t, err)
		if string(all.data) != string(at.data) {
			t.Errorf("%s: at once it is\n%s\none after the other\n%s", file, all.data, at.data)
		}
	}
}
