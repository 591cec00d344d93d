package main

import (
	"go/ast"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"culvert/docs"
)

// documents returns the Markdown files of the project, by path.
func documents(t *testing.T) map[string]string {
	t.Helper()
	out := make(map[string]string)
	for _, pattern := range []string{"*.md", "docs/*.md", "e2e/*.md", "tunnels/*/*.md"} {
		files, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range files {
			data, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			out[f] = string(data)
		}
	}
	if len(out) < 10 {
		t.Fatalf("only %d documents were found", len(out))
	}
	return out
}

var (
	markdownLink = regexp.MustCompile(`(?:\]\(|src(?:set)?=")([^)"\s]+)[)"]`)
	codeBlock    = regexp.MustCompile("(?ms)^```.*?^```")
)

// TestLinks: each link between documents, to a picture or a file leads somewhere.
func TestLinks(t *testing.T) {
	all := documents(t)
	n := 0
	for file, text := range all {
		for _, m := range markdownLink.FindAllStringSubmatch(codeBlock.ReplaceAllString(text, ""), -1) {
			if strings.Contains(m[1], "://") || strings.HasPrefix(m[1], "mailto:") {
				continue
			}
			n++
			to, anchor, _ := strings.Cut(m[1], "#")
			path := file
			if to != "" {
				path = filepath.Join(filepath.Dir(file), filepath.FromSlash(to))
			}
			if _, err := os.Stat(path); err != nil {
				t.Errorf("%s: %s leads nowhere: %v", file, m[1], err)
				continue
			}
			if anchor != "" && !slices.Contains(anchors(all[path]), anchor) {
				t.Errorf("%s: %s leads to no heading", file, m[1])
			}
		}
	}
	if n < 50 {
		t.Errorf("only %d links were found", n)
	}
}

// anchors returns what links name the parts of a document by.
func anchors(text string) []string {
	var out []string
	for _, s := range docs.New("", text).Sections {
		out = append(out, s.Anchor)
	}
	return out
}

var (
	quotedSentence = regexp.MustCompile(`(?m)^### .*\n> (.*)$`)
	placeholder    = regexp.MustCompile(`\b[A-Z]{2,}\b`)
	formatVerb     = regexp.MustCompile(`%[-+# 0]*[0-9]*(?:\.[0-9]+)?[a-zA-Z]`)
)

// acronyms are words in capitals that stand for themselves.
var acronyms = []string{"PATH", "SPDY", "API", "TLS", "URL"}

// TestSentencesOfTroubleshooting: what docs/troubleshooting.md explains is what the
// program says.
func TestSentencesOfTroubleshooting(t *testing.T) {
	said := sentencesOf(t)
	sentences := quotedSentence.FindAllStringSubmatch(documents(t)[filepath.Join("docs", "troubleshooting.md")], -1)
	if len(sentences) < 30 {
		t.Fatalf("only %d sentences were found", len(sentences))
	}
	for _, m := range sentences {
		sentence := withoutValues(m[1])
		if !slices.ContainsFunc(said, func(s saying) bool { return s.is(sentence) }) {
			t.Errorf("nothing in the program says %q", m[1])
		}
	}
}

// saying is a text of the program.
type saying struct {
	text  string         // with \x00 for each value
	whole *regexp.Regexp // what it is with values; nil where it has few letters of its own
}

func newSaying(text string) saying {
	parts := strings.Split(text, "\x00")
	own := len(strings.Join(parts, ""))
	if own < 8 {
		return saying{text: text}
	}
	for i, p := range parts {
		parts[i] = regexp.QuoteMeta(p)
	}
	return saying{text, regexp.MustCompile("^" + strings.Join(parts, ".+") + "$")}
}

// is says whether a sentence of a document, with \x00 for each value, is this one, or its
// beginning. A text with few letters of its own is none.
func (s saying) is(sentence string) bool {
	return s.whole != nil && (s.whole.MatchString(sentence) || len(sentence) >= 16 && strings.HasPrefix(s.text, sentence))
}

// withoutValues has \x00 stand for each word in capitals in a sentence of a document, and
// leaves out quotes.
func withoutValues(sentence string) string {
	sentence = placeholder.ReplaceAllStringFunc(sentence, func(word string) string {
		if slices.Contains(acronyms, word) {
			return word
		}
		return "\x00"
	})
	return strings.ReplaceAll(sentence, `"`, "")
}

// sentencesOf returns the texts of the program's source.
func sentencesOf(t *testing.T) []saying {
	t.Helper()
	var out []saying
	product(t, func(path string, n ast.Node) {
		e, ok := n.(ast.Expr)
		if !ok || strings.HasPrefix(path, "ui/enginetexts") {
			return
		}
		if text, ok := textWithValues(e); ok && len(text) >= 6 {
			text = strings.ReplaceAll(formatVerb.ReplaceAllString(text, "\x00"), "%%", "%")
			out = append(out, newSaying(strings.ReplaceAll(text, `"`, "")))
		}
	})
	return out
}

// textWithValues returns a text that is put together of constants and other things.
func textWithValues(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		a, ok := textWithValues(e.X)
		b, too := textWithValues(e.Y)
		if !ok {
			a = "\x00"
		}
		if !too {
			b = "\x00"
		}
		return a + b, e.Op == token.ADD && (ok || too)
	}
	return "", false
}
