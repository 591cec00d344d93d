package main

import (
	"bytes"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"

	"culvert/cli"
)

// pages writes all pages and returns their paths.
func pages(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	if err := write(cli.Command("1.2"), dir, time.Unix(0, 0).UTC()); err != nil {
		t.Fatal(err)
	}
	all, err := filepath.Glob(filepath.Join(dir, "*.1"))
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func TestPages(t *testing.T) {
	var want []string
	var names func(cmd *cobra.Command)
	names = func(cmd *cobra.Command) {
		want = append(want, strings.ReplaceAll(cmd.CommandPath(), " ", "-")+".1")
		for _, sub := range cmd.Commands() {
			if sub.IsAvailableCommand() {
				names(sub)
			}
		}
	}
	names(cli.Command("1.2"))
	var got []string
	for _, path := range pages(t) {
		name := filepath.Base(path)
		got = append(got, name)
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			text := string(data)
			if !strings.Contains(text, `.TH "CULVERT`) || !strings.Contains(text, `"Jan 1970" "Culvert 1.2" "Culvert's manual"`) {
				t.Errorf("it begins\n%.200s", text)
			}
			at := 0
			for _, section := range []string{"NAME", "SYNOPSIS", "DESCRIPTION", "OPTIONS", "EXIT STATUS", "ENVIRONMENT", "FILES", "SEE ALSO"} {
				i := strings.Index(text[at:], "\n.SH "+section+"\n")
				if i < 0 {
					t.Fatalf("%s is missing, or not in its place:\n%s", section, text)
				}
				at += i
			}
			for _, s := range cli.Statuses() {
				if !strings.Contains(text, ".TP\n\\fB"+s.Number+"\\fP\n") {
					t.Errorf("the exit status %s is missing", s.Number)
				}
			}
		})
	}
	slices.Sort(want)
	if !slices.Equal(got, want) {
		t.Errorf("the pages are %v, want %v", got, want)
	}
}

// TestPagesAreRead: where there is man, it has nothing to complain about, and shows what
// is in pointed brackets.
func TestPagesAreRead(t *testing.T) {
	man, err := exec.LookPath("man")
	if err != nil {
		t.Log("there is no man here")
		return
	}
	for _, path := range pages(t) {
		cmd := exec.CommandContext(t.Context(), man, "--warnings", "-l", path)
		cmd.Env = append(os.Environ(), "LC_ALL=C", "MANWIDTH=200", "MANPAGER=cat")
		var out, errs bytes.Buffer
		cmd.Stdout, cmd.Stderr = &out, &errs
		if err := cmd.Run(); err != nil || errs.Len() > 0 || !strings.Contains(out.String(), "EXIT STATUS") {
			t.Errorf("%s: %v, %s\n%s", filepath.Base(path), err, errs.String(), out.String())
		}
	}
}
