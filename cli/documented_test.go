package cli

import (
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestDocumentedCommands: what the document and the examples of the verbs tell to type
// is a command line that there is.
func TestDocumentedCommands(t *testing.T) {
	text, err := os.ReadFile(filepath.Join("..", "docs", "cli.md"))
	if err != nil {
		t.Fatal(err)
	}
	lines := codeLines(string(text))
	root := newRoot(Deps{Out: io.Discard, Err: io.Discard})
	for _, cmd := range root.Commands() {
		for line := range strings.Lines(cmd.Example) {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	checked := 0
	for _, line := range lines {
		for _, words := range callsOf(line) {
			checked++
			checkLine(t, words)
		}
	}
	if checked < 40 {
		t.Errorf("only %d command lines were found", checked)
	}
}

// codeLines returns the lines of a document's shell blocks.
func codeLines(text string) []string {
	var out []string
	in := false
	for line := range strings.Lines(text) {
		line = strings.TrimSpace(line)
		switch {
		case strings.HasPrefix(line, "```"):
			in = line == "```sh"
		case in:
			out = append(out, line)
		}
	}
	return out
}

// callsOf returns the words behind each "culvert" of a line, which ends where a shell
// would end it. Quotes hold words together.
func callsOf(line string) [][]string {
	var calls [][]string
	for rest := line; ; {
		_, after, found := strings.Cut(rest, "culvert ")
		if !found {
			return calls
		}
		rest = after
		var words []string
		word, quote := "", rune(0)
		end := func() {
			if word != "" {
				words = append(words, word)
			}
			word = ""
		}
	scan:
		for _, r := range after {
			switch {
			case quote != 0 && r == quote:
				quote = 0
			case quote != 0:
				word += string(r)
			case r == '\'' || r == '"':
				quote = r
			case r == ' ':
				end()
			case strings.ContainsRune("|;&)<>#`", r):
				break scan
			default:
				word += string(r)
			}
		}
		end()
		calls = append(calls, words)
	}
}

// checkLine fails the test unless the words are a verb with its flags and as many
// arguments as it takes.
func checkLine(t *testing.T, words []string) {
	t.Helper()
	root := newRoot(Deps{Out: io.Discard, Err: io.Discard})
	cmd, rest, err := root.Find(words)
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err == nil {
		err = cmd.ValidateArgs(cmd.Flags().Args())
	}
	if err != nil {
		t.Errorf("culvert %s: %v", strings.Join(words, " "), err)
	}
}
