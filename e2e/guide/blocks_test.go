package guide

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// The marks of blocks, which say what a block needs.
const (
	markMake     = "make"            // a checkout: the targets have to be there, and are not made
	markAnywhere = "anywhere"        // nothing
	markDemo     = "demo"            // a running demo
	markCluster  = "needs a cluster" // a kubeconfig
	markWindow   = "window"          // a display
)

func marks() []string { return []string{markMake, markAnywhere, markDemo, markCluster, markWindow} }

// block is a block of commands in a document.
type block struct {
	file  string
	line  int
	mark  string
	shell string
	lines []string
	shown []string // what the document shows as its output
}

// String is where the block is.
func (b block) String() string { return fmt.Sprintf("%s:%d", filepath.Base(b.file), b.line) }

// last is the last command, without a comment behind it.
func (b block) last() string {
	line, _, _ := strings.Cut(b.lines[len(b.lines)-1], "  #")
	return strings.TrimSpace(line)
}

// stays says whether the last command goes on until Ctrl+C.
func (b block) stays() bool {
	last := b.last()
	switch {
	case strings.HasSuffix(last, "--help"):
		return false
	case b.mark == markWindow, strings.HasPrefix(last, "culvert forward "), strings.HasPrefix(last, "culvert demo"):
		return true
	}
	return strings.HasPrefix(last, "culvert up") && !strings.Contains(last, "--detach")
}

var markLine = regexp.MustCompile(`^<!-- (.*) -->$`)

// blocksOf returns the blocks of a document, each with the output that is shown behind it.
func blocksOf(t *testing.T, file string) []block {
	t.Helper()
	text, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var out []block
	mark, fence := "", ""
	for i, line := range strings.Split(string(text), "\n") {
		lang, opens := strings.CutPrefix(line, "```")
		switch {
		case fence != "" && line == "```":
			fence, mark = "", ""
		case fence == "sh" || fence == "bash":
			b := &out[len(out)-1]
			b.lines = append(b.lines, line)
		case fence == "text" && len(out) > 0:
			b := &out[len(out)-1]
			b.shown = append(b.shown, line)
		case fence != "":
		case opens:
			if fence = lang; lang == "" {
				fence = "none"
			}
			if lang == "sh" || lang == "bash" {
				out = append(out, block{file: file, line: i + 1, mark: mark, shell: lang})
			}
		default:
			mark = ""
			if m := markLine.FindStringSubmatch(line); m != nil {
				mark = m[1]
			}
		}
	}
	return out
}

// TestBlocksHaveMarks: each block says what it needs, has a command, and none is overlooked.
func TestBlocksHaveMarks(t *testing.T) {
	for file, want := range map[string]int{readme: 6, guide: 24} {
		all := blocksOf(t, file)
		if len(all) != want {
			t.Errorf("%s has %d blocks of commands, and this test knows of %d: look whether the new ones are run as they should, and change the number", file, len(all), want)
		}
		for _, b := range all {
			if !slices.Contains(marks(), b.mark) {
				t.Errorf("%v: above it has to be one of the marks %q, and is %q", b, marks(), b.mark)
			}
			if len(b.lines) == 0 {
				t.Errorf("%v is empty", b)
			}
		}
	}
}

// TestStays: what goes on until Ctrl+C is known.
func TestStays(t *testing.T) {
	for line, want := range map[string]bool{
		"culvert forward svc/web 8080:http   # until Ctrl+C": true,
		"culvert forward --help":                             false,
		"culvert demo --headless":                            true,
		"culvert up dev":                                     true,
		"culvert up dev --detach --wait":                     false,
		"culvert doctor":                                     false,
	} {
		if got := (block{mark: markAnywhere, lines: []string{line}}).stays(); got != want {
			t.Errorf("%s stays: %v, want %v", line, got, want)
		}
	}
}
