package hostile

import (
	"cmp"
	"fmt"
	"os"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

// result is what has come of a trial.
type result struct {
	trial  trial
	told   told
	after  time.Duration
	memory int // KiB, of its process
}

// results are of all trials.
type results struct {
	mu    sync.Mutex
	all   map[string]result
	most  int
	lines []string
	verbs []verbResult
}

// verbResult is what has come of an errand.
type verbResult struct {
	errand errand
	said   string
	memory int // KiB
	took   time.Duration
}

func (r *results) add(res result) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.all == nil {
		r.all = make(map[string]result)
	}
	r.all[res.trial.name] = res
}

func (r *results) group(t *testing.T, trials []trial, memory int, worked, took, stopped time.Duration, p *probe) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.most = max(r.most, memory)
	for _, tr := range trials {
		res := r.all[tr.name]
		res.memory = memory
		r.all[tr.name] = res
	}
	r.lines = append(r.lines, fmt.Sprintf("%-24s %2d trials: %3d MiB at most, %.1f s of processor time in %.1f s, ended in %.2f s; %d echoes, the slowest in %.2f s",
		t.Name()[len("TestHostileServers/all/"):], len(trials), memory>>10, worked.Seconds(), took.Seconds(), stopped.Seconds(), p.count, p.worst.Seconds()))
}

// verb notes what has come of an errand.
func (r *results) verb(e errand, said string, memory int, took time.Duration) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.most = max(r.most, memory)
	r.verbs = append(r.verbs, verbResult{e, said, memory, took})
}

func (r *results) log(t *testing.T) {
	t.Logf("the most memory of a process: %d MiB\n%s", r.most>>10, strings.Join(r.lines, "\n"))
}

// write puts the document's table anew.
func (r *results) write(t *testing.T, file string, names []string, all map[string][]trial) {
	t.Helper()
	const begin, end = "<!-- the table: begin -->\n", "<!-- the table: end -->"
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	head, rest, ok := strings.Cut(string(text), begin)
	_, tail, ok2 := strings.Cut(rest, end)
	if !ok || !ok2 {
		t.Fatalf("%s has no place for the table", file)
	}
	var b strings.Builder
	for _, name := range names {
		fmt.Fprintf(&b, "\n### %s\n\n| case | the server | the user is told | after | memory |\n|---|---|---|---|---|\n", name)
		for _, tr := range all[name] {
			res := r.all[tr.name]
			said := cmp.Or(res.told.Error, res.told.Warning)
			if tr.goes {
				said = "nothing: the tunnel goes on"
			}
			fmt.Fprintf(&b, "| %s | %s | %s | %.1f s | %d MiB |\n", tr.name, tr.does, cell(said), res.after.Seconds(), res.memory>>10)
		}
	}
	b.WriteString("\n### Verbs\n\n| case | command | the server | the user is told | after | memory |\n|---|---|---|---|---|---|\n")
	slices.SortFunc(r.verbs, func(a, b verbResult) int { return strings.Compare(a.errand.name, b.errand.name) })
	for _, v := range r.verbs {
		fmt.Fprintf(&b, "| %s | `%s` | %s | %s | %.1f s | %d MiB |\n", v.errand.name, v.errand.calls[0], v.errand.does, cell(v.said), v.took.Seconds(), v.memory>>10)
	}
	fmt.Fprintf(&b, "\nThe most memory of a process was %d MiB.\n", r.most>>10)
	if err := os.WriteFile(file, []byte(head+begin+b.String()+"\n"+end+tail), 0o644); err != nil {
		t.Fatal(err)
	}
}

// cell is a text that may stand in a table.
func cell(s string) string { return strings.NewReplacer("|", "\\|", "<", "&lt;", "\n", " ").Replace(s) }
