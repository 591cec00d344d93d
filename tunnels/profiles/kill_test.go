//go:build unix

package profiles

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/rand/v2"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"culvert/tunnels/durable"
	"culvert/tunnels/tunneltest/leaks"
)

// victim is set in a process that writes until it is killed: the folder, the
// profile and the number of the step to begin with.
const victim = "CULVERT_TEST_VICTIM"

func TestMain(m *testing.M) {
	if what := os.Getenv(victim); what != "" {
		fmt.Fprintln(os.Stderr, writeForever(what))
		os.Exit(1)
	}
	flag.Parse()
	if f := flag.Lookup("test.fuzz"); f != nil && f.Value.String() != "" {
		os.Exit(m.Run()) // what drives the fuzzing goes on for longer
	}
	os.Exit(leaks.Run(m))
}

// TestKilledWhileWriting kills processes with SIGKILL while they change profiles
// in one folder, two at a time, and looks each time at what they have left.
func TestKilledWhileWriting(t *testing.T) {
	const rounds = 100 // of two processes each
	seed := uint64(time.Now().UnixNano())
	t.Logf("seed %d", seed)
	random := rand.New(rand.NewPCG(seed, seed))
	dir := t.TempDir()
	steps := map[string]int{"a": 0, "b": 0}
	for name := range steps {
		for file, text := range stateOf(name, 0)[0] {
			do(t, os.WriteFile(filepath.Join(dir, file), []byte(text), 0o600))
		}
	}
	before, during, left := 0, 0, 0
	for range rounds {
		running := make(map[string]*writing)
		for name, step := range steps {
			running[name] = startWriting(t, dir, name, step)
		}
		for _, w := range running {
			w.kill(t, time.Duration(random.Int64N(int64(40*time.Millisecond))))
		}
		for name, w := range running {
			begun, done := w.said(t)
			found, whole := findState(t, dir, name, done, begun)
			if !whole {
				return
			}
			steps[name] = found
			if begun > done {
				during++
			} else {
				before++
			}
		}
		left += checkLeft(t, dir)
	}
	t.Logf("%d were killed during a change, %d between two; %d left a file half written; %d changes of a and %d of b",
		during, before, left, steps["a"], steps["b"])
	if during < rounds/10 || steps["a"] < rounds/10 || steps["b"] < rounds/10 { // else it has shown little
		t.Errorf("of %d processes %d were killed during a change, after %v", 2*rounds, during, steps)
	}
	s := open1(t, dir)
	do(t, s.Put(t.Context(), example2("z", "")))
	if temps := temps(t, dir); len(temps) > 0 {
		t.Errorf("after another change there are still %v", temps)
	}
}

func open1(t *testing.T, dir string) *Store {
	t.Helper()
	s := Open(Options{Dir: dir})
	t.Cleanup(s.Close)
	return s
}

// Each process has two files. A step with an odd number renames a tunnel in the
// first, one with an even number moves another tunnel to the other file.
func fileNames(name string) (string, string) { return name + ".yaml", name + "-other.yaml" }

// stateOf returns what the files may hold between a step and the next: as they are
// after it first, and last as they are after the next.
func stateOf(name string, step int) []map[string]string {
	first, second := fileNames(name)
	filler := "version: 1\n# " + strings.Repeat("of some length ", 1000) + "\ntunnels:\n"
	item := func(name string) string {
		return "  - name: " + name + "\n    target: svc/x\n    ports: [\":80\"]\n"
	}
	state := func(step int, here, there bool) map[string]string {
		a, b := filler+item(fmt.Sprintf("n%d", (step+1)/2)), filler
		if here {
			a += item("m")
		}
		if there {
			b += item("m")
		}
		return map[string]string{first: a, second: b}
	}
	here := func(step int) bool { return step/2%2 == 0 }
	all := []map[string]string{state(step, here(step), !here(step))}
	if here(step) != here(step+1) {
		all = append(all, state(step, true, true)) // written there, and not yet removed here
	}
	return append(all, state(step+1, here(step+1), !here(step+1)))
}

// writeForever carries out one step after the other and says so.
func writeForever(what string) error {
	parts := strings.Split(what, "|")
	dir, profile := parts[0], parts[1]
	step, err := strconv.Atoi(parts[2])
	if err != nil {
		return err
	}
	s := Open(Options{Dir: dir})
	for ; ; step++ {
		if _, err := fmt.Printf("begin %d\n", step+1); err != nil {
			return err
		}
		if err := carryOut(s, profile, step+1); err != nil {
			return err
		}
		if _, err := fmt.Printf("done %d\n", step+1); err != nil {
			return err
		}
	}
}

func carryOut(s *Store, profile string, step int) error {
	for _, p := range s.Profiles() {
		for _, spec := range p.Tunnels {
			switch {
			case p.ID == profile && spec.Name != "m" && step%2 == 1:
				spec.Name = fmt.Sprintf("n%d", (step+1)/2)
			case p.ID == profile && spec.Name == "m" && step%2 == 0:
				spec.Profile = profile + "-other"
			case p.ID == profile+"-other" && step%2 == 0:
				spec.Profile = profile
			default:
				continue
			}
			return s.Put(context.Background(), spec)
		}
	}
	return fmt.Errorf("step %d has no tunnel: %s", step, shown(s.Profiles()))
}

// writing is a process that writes.
type writing struct {
	cmd    *exec.Cmd
	begun  chan struct{} // closed when it has begun its first step
	copied chan struct{} // closed when its output has ended
	out    bytes.Buffer
	errs   bytes.Buffer
}

func startWriting(t *testing.T, dir, name string, step int) *writing {
	t.Helper()
	w := &writing{begun: make(chan struct{}), copied: make(chan struct{})}
	w.cmd = exec.CommandContext(t.Context(), os.Args[0])
	w.cmd.Env = append(os.Environ(), fmt.Sprintf("%s=%s|%s|%d", victim, dir, name, step))
	w.cmd.Stderr = &w.errs
	out, err := w.cmd.StdoutPipe()
	do(t, err, w.cmd.Start())
	go func() {
		defer close(w.copied)
		lines := bufio.NewReader(out)
		for first := true; ; first = false {
			line, err := lines.ReadString('\n')
			w.out.WriteString(line)
			if first {
				close(w.begun)
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					fmt.Fprintln(&w.out, err)
				}
				return
			}
		}
	}()
	return w
}

// kill ends the process some time after it has begun.
func (w *writing) kill(t *testing.T, after time.Duration) {
	t.Helper()
	<-w.begun
	<-time.After(after)
	do(t, w.cmd.Process.Kill())
	<-w.copied
	var exit *exec.ExitError
	if err := w.cmd.Wait(); !errors.As(err, &exit) || exit.Exited() {
		t.Fatalf("it ended by itself: %v, %s", err, w.errs.String())
	}
}

// said returns the numbers of the last steps that it began and had done.
func (w *writing) said(t *testing.T) (begun, done int) {
	t.Helper()
	for line := range strings.SplitSeq(strings.TrimSpace(w.out.String()), "\n") {
		var word string
		var n int
		if _, err := fmt.Sscanf(line, "%s %d", &word, &n); err != nil {
			t.Fatalf("it says %q: %v", line, err)
		}
		if word == "begin" {
			begun = n
			done = n - 1
		} else {
			done = n
		}
	}
	return begun, done
}

// findState returns the step after which the files are whole, which has to be the
// last one that was done or the one that was begun.
func findState(t *testing.T, dir, name string, done, begun int) (int, bool) {
	t.Helper()
	first, second := fileNames(name)
	is := make(map[string]string)
	for _, file := range []string{first, second} {
		data, err := os.ReadFile(filepath.Join(dir, file))
		do(t, err)
		if _, err := Parse(name, data); err != nil {
			t.Errorf("%s is broken: %v", file, err)
		}
		is[file] = string(data)
	}
	states := stateOf(name, done)
	if begun == done {
		states = states[:1]
	}
	for i, want := range states {
		if is[first] != want[first] || is[second] != want[second] {
			continue
		}
		if i == 1 && len(states) == 3 { // in both files: it is taken out of one, as a user would
			from := second
			if states[0][first] != want[first] {
				from = first
			}
			do(t, os.WriteFile(filepath.Join(dir, from), []byte(states[0][from]), 0o600))
		}
		if i > 0 && i == len(states)-1 {
			return begun, true
		}
		return done, true
	}
	t.Errorf("after step %d, in step %d, %s is neither old nor new:\n%s", done, begun, name, is)
	return 0, false
}

// checkLeft looks whether the lock is free, and returns how many files are left
// half written.
func checkLeft(t *testing.T, dir string) int {
	t.Helper()
	temps := temps(t, dir)
	if len(temps) > 1 { // who writes cleans up first
		t.Errorf("there are %v", temps)
	}
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	unlock, err := durable.Lock(ctx, filepath.Join(dir, lockName))
	do(t, err)
	unlock()
	return len(temps)
}

func temps(t *testing.T, dir string) []string {
	t.Helper()
	list, err := os.ReadDir(dir)
	do(t, err)
	var all []string
	for _, e := range list {
		if durable.IsTemp(e.Name()) {
			all = append(all, e.Name())
		}
	}
	return all
}
