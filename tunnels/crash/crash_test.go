package crash_test

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"testing"

	"culvert/tunnels/crash"
)

// canary stands for a secret that a panic's value has in it.
const canary = "hunter2-Canary-8f3a"

func newReporter(t *testing.T, o crash.Options) *crash.Reporter {
	t.Helper()
	if o.Folder == "" {
		o.Folder = filepath.Join(t.TempDir(), "state", "crashes")
	}
	o.Version, o.Role = "1.2.3", "test"
	return crash.New(o)
}

// reports returns the texts of the reports in a folder, newest first.
func reports(t *testing.T, dir string) []string {
	t.Helper()
	all, err := crash.Reports(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, r := range all {
		text, err := os.ReadFile(r.Path)
		if err != nil {
			t.Fatal(err)
		}
		out = append(out, string(text))
	}
	return out
}

func indexOutOf(s []int) int { return s[3] }

func TestPanicsBecomeValues(t *testing.T) {
	var none map[string]int
	tests := []struct {
		name  string
		f     func()
		value string
	}{
		{"an index", func() { indexOutOf(make([]int, 2)) }, "runtime error: index out of range [3] with length 2"},
		{"a nil map", func() { none["a"] = 1 }, "assignment to entry in nil map"},
		{"a type", func() { _ = any("x").(int) }, "interface conversion: interface {} is string, not int"},
		{"a sentence", func() { panic("the pool has no session") }, "string: the pool has no session"},
		{"a secret", func() { panic("cannot use " + canary + " here") }, "string: cannot use (…) here"},
		{"an error with a token", func() { panic(fmt.Errorf("get pods: Bearer %s", canary)) }, "*errors.errorString: get pods: Bearer (…)"},
		{"a password that is a word", func() { panic("the password is swordfish") }, "string: the password (…)"},
		{"a wrapped runtime error", func() {
			defer func() { panic(fmt.Errorf("%s: %w", canary, recover().(error))) }()
			indexOutOf(nil)
		}, "*fmt.wrapError: (…) runtime error: index out of range (…) with length (…)"},
		{"another type", func() { panic(struct{ Token string }{canary}) }, "struct { Token string }: "},
		{"a text of many lines", func() { panic("one\ntwo\x1b[2J\tthree") }, "string: one two (…) three"},
		{"nil", func() { panic(nil) }, "panic called with nil argument"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := newReporter(t, crash.Options{})
			p := r.Contain("test", tt.f)
			if p == nil {
				t.Fatal("there was no panic")
			}
			if p.Value != tt.value {
				t.Errorf("the value is %q, want %q", p.Value, tt.value)
			}
			text := reports(t, r.Folder())
			if len(text) != 1 || strings.Contains(text[0], canary) || strings.Contains(text[0], "swordfish") || !strings.Contains(text[0], "Part: test\n") {
				t.Fatalf("the reports are %q", text)
			}
			if !strings.Contains(text[0], "crash_test.TestPanicsBecomeValues") || strings.Contains(text[0], "(0x") {
				t.Errorf("the report has no such stack:\n%s", text[0])
			}
			for _, path := range []string{p.Report, filepath.Dir(p.Report)} {
				info, err := os.Stat(path)
				if err != nil || runtime.GOOS != "windows" && info.Mode().Perm()&0o077 != 0 {
					t.Errorf("%s: %v, %v", path, info.Mode(), err)
				}
			}
		})
	}
}

func TestNobodyToReportTo(t *testing.T) {
	var r *crash.Reporter
	told := false
	r.Contained("test", func() { panic("x") }, func(p *crash.Panic) { told = p.Report == "" && p.Stack != "" })()
	if !told {
		t.Error("the panic was not told")
	}
	r.Know("context", "a")
	if _, ok := r.Untold(); ok || r.Folder() != "" {
		t.Error("there is a report")
	}
	if made, err := r.Collect(); made != nil || err != nil {
		t.Errorf("collected are %v, %v", made, err)
	}
}

func TestSamePanicIsCounted(t *testing.T) {
	told := 0
	r := newReporter(t, crash.Options{})
	r.Hear(func(*crash.Panic) { told++ })
	for range 1000 {
		_ = r.Contain("loop", func() { indexOutOf(nil) })
	}
	text := reports(t, r.Folder())
	if len(text) != 1 || !strings.Contains(text[0], "Times: 512, ") || told != 1 {
		t.Errorf("told %d times, the reports are %q", told, text)
	}
}

// TestReportsAreFew has more kinds of panics than may be kept, in two processes.
func TestReportsAreFew(t *testing.T) {
	var kinds []func()
	for i := range 2 * crash.MaxReports {
		kinds = append(kinds, func() { nested(i) })
	}
	dir := filepath.Join(t.TempDir(), "crashes")
	for range 2 {
		r := newReporter(t, crash.Options{Folder: dir})
		for _, f := range kinds {
			_ = r.Contain("test", f)
		}
	}
	if n := len(reports(t, dir)); n != crash.MaxReports {
		t.Errorf("there are %d reports", n)
	}
}

// nested panics at a depth, so that stacks differ.
func nested(depth int) {
	if depth == 0 {
		panic("deep")
	}
	nested(depth - 1)
}

func TestLongReportsAreCut(t *testing.T) {
	r := newReporter(t, crash.Options{})
	_ = r.Contain("test", func() { panic(strings.Repeat("word ", 1<<20)) })
	if text := reports(t, r.Folder()); len(text) != 1 || len(text[0]) > crash.MaxBytes {
		t.Errorf("the reports have %d bytes", len(text[0]))
	}
}

// TestLinksAreNotFollowed: neither the folder nor a file in it may lead elsewhere.
func TestLinksAreNotFollowed(t *testing.T) {
	if runtime.GOOS == "windows" {
		return // few may make links there
	}
	elsewhere := t.TempDir()
	dir := filepath.Join(t.TempDir(), "crashes")
	if err := os.Symlink(elsewhere, dir); err != nil {
		t.Fatal(err)
	}
	r := newReporter(t, crash.Options{Folder: dir})
	if p := r.Contain("test", func() { panic("x") }); p.Report != "" {
		t.Errorf("the report is %s", p.Report)
	}
	if _, err := r.Watch("test"); err == nil {
		t.Error("the folder is watched")
	}
	if there, err := os.ReadDir(elsewhere); err != nil || len(there) > 0 {
		t.Errorf("there are %v, %v", there, err)
	}
	victim := filepath.Join(elsewhere, "victim")
	if err := errors.Join(os.Remove(dir), os.Mkdir(dir, 0o755), os.WriteFile(victim, []byte("whole"), 0o600),
		os.Symlink(victim, filepath.Join(dir, "told")), os.Symlink(victim, filepath.Join(dir, "raw-1-x.txt")),
		os.Symlink(victim, filepath.Join(dir, "crash-20260102T030405.000-1.txt"))); err != nil {
		t.Fatal(err)
	}
	made, err := r.Collect()
	if len(made) > 0 || err != nil {
		t.Errorf("collected are %v, %v", made, err)
	}
	if err := r.Tell(crash.Report{Path: filepath.Join(dir, "crash-20260102T030405.000-1.txt")}); err != nil {
		t.Error(err)
	}
	if text, err := os.ReadFile(victim); err != nil || string(text) != "whole" {
		t.Errorf("the file elsewhere holds %q, %v", text, err)
	}
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("the folder's mode is %v, %v", info.Mode(), err)
	}
}

// dieEnv has the test's program die instead of testing.
const dieEnv = "CULVERT_TEST_DIE"

func TestMain(m *testing.M) {
	if how := os.Getenv(dieEnv); how != "" {
		die(how, os.Args[len(os.Args)-1])
	}
	os.Exit(m.Run())
}

func die(how, dir string) {
	r := crash.New(crash.Options{Folder: dir, Version: "1.2.3", Role: "test"})
	if _, err := r.Watch("test"); err != nil {
		fmt.Println(err)
		os.Exit(3)
	}
	switch how {
	case "text":
		panic("the token is " + canary + "\ngoroutine 1 [running]:\n" + canary + "(0x1)")
	case "goroutine":
		done := make(chan bool)
		go func() { indexOutOf(nil); close(done) }()
		<-done
	case "error":
		panic(fmt.Errorf("open https://%s@api.example.internal.corp: %w", canary, fs.ErrPermission))
	case "maps":
		m := make(map[int]int)
		for range 8 {
			go func() {
				for i := 0; ; i++ {
					m[i%10] = i
				}
			}()
		}
		select {}
	case "killed":
		p, _ := os.FindProcess(os.Getpid())
		_ = p.Kill()
		select {}
	}
	os.Exit(0)
}

func TestProcessEnds(t *testing.T) {
	tests := []struct {
		how    string
		says   []string // lines of the report; nil for no report
		hidden []string
	}{
		{"text", []string{"Ended: yes, all of it", "panic: the token (…)", "crash_test.die(…)"}, []string{canary, "0x1)"}},
		{"goroutine", []string{"panic: runtime error: index out of range [3] with length 0", "crash_test.indexOutOf(…)"}, nil},
		{"error", []string{"panic: open (…) permission denied"}, []string{canary, "corp"}},
		{"maps", []string{"internal/runtime/maps.fatal(…)"}, nil},
		{"killed", nil, nil},
		{"well", nil, nil},
	}
	for _, tt := range tests {
		t.Run(tt.how, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "crashes")
			cmd := exec.CommandContext(t.Context(), os.Args[0], "--", dir)
			cmd.Env = append(os.Environ(), dieEnv+"="+tt.how)
			out, err := cmd.CombinedOutput()
			if (err == nil) != (tt.how == "well") {
				t.Fatalf("it has ended with %v:\n%s", err, out)
			}
			r := newReporter(t, crash.Options{Folder: dir})
			made, err := r.Collect()
			if err != nil {
				t.Fatal(err)
			}
			there, err := os.ReadDir(dir)
			if err != nil {
				t.Fatal(err)
			}
			for _, e := range there {
				if strings.HasPrefix(e.Name(), "raw-") {
					t.Errorf("%s is left", e.Name())
				}
			}
			if tt.says == nil {
				if len(made) > 0 {
					t.Errorf("there is the report %v", made)
				}
				return
			}
			if len(made) != 1 || !made[0].Ended {
				t.Fatalf("the reports are %v; the process said\n%s", made, out)
			}
			text := reports(t, dir)[0]
			for _, want := range tt.says {
				if !strings.Contains(text, want) {
					t.Errorf("the report lacks %q:\n%s", want, text)
				}
			}
			for _, bad := range tt.hidden {
				if strings.Contains(text, bad) {
					t.Errorf("the report has %q:\n%s", bad, text)
				}
			}
			if newest, ok := r.Untold(); !ok || newest != made[0] {
				t.Errorf("to be told is %v, %v", newest, ok)
			}
			if err := r.Tell(made[0]); err != nil {
				t.Fatal(err)
			}
			if again, ok := r.Untold(); ok {
				t.Errorf("told again is %v", again)
			}
		})
	}
}

// TestLivingProcessIsLeftAlone: one that watches is not reported by another one.
func TestLivingProcessIsLeftAlone(t *testing.T) {
	one := newReporter(t, crash.Options{})
	end, err := one.Watch("test")
	if err != nil {
		t.Fatal(err)
	}
	defer end()
	if made, err := newReporter(t, crash.Options{Folder: one.Folder()}).Collect(); err != nil || len(made) > 0 {
		t.Errorf("collected are %v, %v", made, err)
	}
	if there, err := filepath.Glob(filepath.Join(one.Folder(), "raw-*.txt")); err != nil || len(there) != 1 {
		t.Errorf("the files are %v, %v", there, err)
	}
	end()
	if there, err := os.ReadDir(one.Folder()); err != nil || len(there) != 0 {
		t.Errorf("left are %v, %v", there, err)
	}
}
