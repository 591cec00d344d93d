package changelog

import (
	"errors"
	"os"
	"strings"
	"testing"
)

const text = `# Changelog

## Unreleased

- What is to come.

## 1.10.0 (2026-11-23)

- One thing
  on two lines.
- Another.

### Parts

Text.

## 1.1.0

- Old.

## 1.0.0
`

func TestSection(t *testing.T) {
	for version, want := range map[string]string{
		Unreleased: "- What is to come.\n",
		"1.10.0":   "- One thing\n  on two lines.\n- Another.\n\n### Parts\n\nText.\n",
		"1.1.0":    "- Old.\n",
	} {
		if got, err := Section(text, version); err != nil || got != want {
			t.Errorf("%s is %q, %v, want %q", version, got, err, want)
		}
	}
	for _, version := range []string{"1.0.0", "1.1", "2.0.0", ""} {
		if got, err := Section(text, version); err == nil {
			t.Errorf("%q is %q", version, got)
		}
	}
	if got, err := Section("## 1.0.0\n\n- With a body.", "1.0.0"); err != nil || got != "- With a body.\n" {
		t.Errorf("at the end it is %q, %v", got, err)
	}
}

func TestUnwrapped(t *testing.T) {
	for from, want := range map[string]string{
		"- One thing\n  on two lines.\n- Another.\n": "- One thing on two lines.\n- Another.\n",
		"- One\n  - two\n    three\n":                "- One\n  - two three\n",
		"Text.\n\nMore.\n":                           "Text.\n\nMore.\n",
		"- A:\n  ```\n  x\n  y\n  ```\n":             "- A:\n  ```\n  x\n  y\n  ```\n",
		"":                                           "\n",
	} {
		if got := Unwrapped(from); got != want {
			t.Errorf("%q is %q, want %q", from, got, want)
		}
	}
}

// TestOurs: the changelog of the project can be read.
func TestOurs(t *testing.T) {
	ours, err := os.ReadFile("../../../CHANGELOG.md")
	if err != nil {
		t.Fatal(err)
	}
	if _, first, _ := strings.Cut(string(ours), "\n## "); strings.HasPrefix(first, Unreleased) {
		if _, err := Section(string(ours), Unreleased); err != nil && !errors.Is(err, errEmpty) {
			t.Error(err)
		}
	}
}
