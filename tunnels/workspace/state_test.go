package workspace

import (
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"culvert/tunnels"
)

// stateFile writes a state file and returns its path.
func stateFile(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "state.json")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func noWarning(t *testing.T) func(error) {
	return func(err error) { t.Errorf("told is %v", err) }
}

func put(at place, p past) func(map[place]past) {
	return func(kept map[place]past) { kept[at] = p }
}

func TestStateOfOthersIsKept(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a", "state.json")
	const n = 8
	var wg sync.WaitGroup
	for i := range n {
		wg.Go(func() {
			at := place("dev/" + string(rune('a'+i)))
			if err := updateState(t.Context(), path, time.Now(), noWarning(t), put(at, past{Running: true, Seen: time.Now()})); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	kept, _, err := readState(path)
	if err != nil || len(kept) != n {
		t.Errorf("%d are kept, %v", len(kept), err)
	}
}

// TestTheFormatOfTheState: what this version writes is what it and later ones read.
func TestTheFormatOfTheState(t *testing.T) {
	const text = `{
  "version": 1,
  "tunnels": {
    "dev/postgres": {
      "context": "staging",
      "ports": {
        ":5432": 42390
      },
      "running": true,
      "seen": "2026-11-22T13:00:00Z"
    }
  }
}
`
	seen := time.Date(2026, 11, 22, 13, 0, 0, 0, time.UTC)
	want := past{Context: "staging", Ports: map[string]uint16{":5432": 42390}, Running: true, Seen: seen}
	kept, _, err := readState(stateFile(t, text))
	if err != nil || len(kept) != 1 || !kept["dev/postgres"].same(want) || !kept["dev/postgres"].Seen.Equal(seen) {
		t.Errorf("it reads as %+v, %v", kept, err)
	}
	path := filepath.Join(t.TempDir(), "state.json")
	if err := updateState(t.Context(), path, seen, noWarning(t), put("dev/postgres", want)); err != nil {
		t.Fatal(err)
	}
	if data, err := os.ReadFile(path); err != nil || string(data) != text {
		t.Errorf("it writes %s, %v", data, err)
	}
}

func TestStateThatIsNoMore(t *testing.T) {
	now := time.Now()
	path := stateFile(t, `{"version": 1, "tunnels": {}}`)
	fill := func(kept map[place]past) {
		kept["dev/old"] = past{Running: true, Seen: now.Add(-forgetAfter - time.Hour)}
		kept["dev/gone"] = past{Ports: map[string]uint16{":80": 1}, Seen: now.Add(-forgetAfter + time.Hour)}
		kept["dev/empty"] = past{Context: "x", Seen: now}
	}
	if err := updateState(t.Context(), path, now, noWarning(t), fill); err != nil {
		t.Fatal(err)
	}
	kept, _, err := readState(path)
	if got := slices.Sorted(maps.Keys(kept)); err != nil || !slices.Equal(got, []place{"dev/gone"}) {
		t.Errorf("kept are %v, %v", got, err)
	}
}

func TestBrokenState(t *testing.T) {
	tests := map[string]string{
		"no JSON":           "{",
		"empty":             "",
		"no version":        `{"tunnels": {}}`,
		"another type":      `{"version": 1, "tunnels": {"a": 7}}`,
		"no port":           `{"version": 1, "tunnels": {"a": {"ports": {":80": 99999}}}}`,
		"too large":         `{"version": 1}` + strings.Repeat(" ", maxState),
		"an earlier format": `{"version": 0}`,
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			path := stateFile(t, text)
			if err := os.WriteFile(path+".broken-1", []byte("of last time"), 0o600); err != nil {
				t.Fatal(err)
			}
			var told []error
			warn := func(err error) { told = append(told, err) }
			if err := updateState(t.Context(), path, time.Now(), warn, put("a", past{Running: true, Seen: time.Now()})); err != nil {
				t.Fatal(err)
			}
			if e := tunnels.AsError(errors.Join(told...)); len(told) != 1 || !strings.Contains(e.Hint, path+".broken-2") {
				t.Errorf("told is %v", told)
			}
			if data, err := os.ReadFile(path + ".broken-2"); err != nil || string(data) != text {
				t.Errorf("set aside is %d bytes, %v", len(data), err)
			}
			if kept, _, err := readState(path); err != nil || !kept["a"].Running {
				t.Errorf("afterwards %v are kept, %v", kept, err)
			}
		})
	}
}

func TestStateThatIsLeftAlone(t *testing.T) {
	const newer = `{"version": 2, "tunnels": "something else"}`
	path := stateFile(t, newer)
	var told []string
	j := openJournal(t.Context(), path, false, func(err error) { told = append(told, tunnels.AsError(err).Hint) })
	j.adopt(aSpec(t, "a", ":80"), "dev/a")
	j.end(tunnels.Snapshot{{Spec: aSpec(t, "a", ":80"), State: tunnels.Ready}})
	if data, err := os.ReadFile(path); err != nil || string(data) != newer {
		t.Errorf("it holds %s, %v", data, err)
	}
	if len(told) != 1 || !strings.Contains(told[0], "Use that Culvert") {
		t.Errorf("told is %q", told)
	}
	if list, err := os.ReadDir(filepath.Dir(path)); err != nil || len(list) != 2 { // it and its lock
		t.Errorf("beside it there are %v, %v", list, err)
	}
}

func TestPlacesOfTheJournal(t *testing.T) {
	j := openJournal(t.Context(), "", false, noWarning(t))
	running := func(ids ...tunnels.ID) tunnels.Snapshot {
		var s tunnels.Snapshot
		for _, id := range ids {
			s = append(s, tunnels.Status{Spec: aSpec(t, id, ":80"), State: tunnels.Ready})
		}
		return s
	}
	j.adopt(aSpec(t, "1", ":80"), "dev/a")
	j.adopt(aSpec(t, "2", ":80"), "dev/b")
	j.adopt(aSpec(t, "3", ":80"), "dev/c")
	j.note(running("1", "2", "3"))
	j.kept["dev/a"] = past{Context: "1", Running: true, Ports: map[string]uint16{":80": 1}}
	j.kept["dev/b"] = past{Context: "2", Running: true}
	j.kept["dev/c"] = past{Context: "3", Running: true, Ports: map[string]uint16{":80": 3}}
	j.place(map[tunnels.ID]place{"1": "dev/b", "2": "dev/a"}) // two change their names, and one goes
	if a, b := j.kept["dev/a"], j.kept["dev/b"]; a.Context != "2" || b.Context != "1" || !a.Running || !b.Running {
		t.Errorf("of a is kept %+v, of b %+v", a, b)
	}
	if c := j.kept["dev/c"]; c.Running || c.Ports[":80"] != 3 {
		t.Errorf("of the one that is gone %+v is kept", c)
	}
	j.place(map[tunnels.ID]place{"1": "ops/b"}) // moved, and its name is given away
	if b := j.kept["ops/b"]; b.Context != "1" || !b.Running {
		t.Errorf("of the one that moved %+v is kept", b)
	}
	if _, ok := j.kept["dev/b"]; ok {
		t.Error("its old place is kept too")
	}
}
