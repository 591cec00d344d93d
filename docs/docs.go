// Package docs carries the documents of this folder, so that the window shows them
// without a network.
package docs

import (
	"embed"
	"slices"
	"strconv"
	"strings"
	"unicode"
)

//go:embed *.md
var files embed.FS

// Document is one of them.
type Document struct {
	Name     string // of its file, as "guide.md"
	Title    string // its first heading
	Sections []Section
}

// Section is a part of a document, from one heading to the next.
type Section struct {
	// Anchor is what a link has behind the # to lead here; empty for what stands
	// above the first heading.
	Anchor string
	Text   string // Markdown, with its heading
}

// reading is the order in which somebody new would read; what is not in it comes
// behind.
var reading = []string{
	"guide.md", "troubleshooting.md", "window.md", "cli.md", "commands.md", "profiles.md", "import.md", "kubectl.md", "doctor.md",
	"security.md", "faults.md", "crashes.md", "reliability.md", "performance.md", "performance-window.md",
}

// All returns all documents. It reads nothing but the program itself; the caller may
// keep and change what it gets.
func All() []Document {
	entries, err := files.ReadDir(".")
	if err != nil {
		panic(err) // the folder is built in
	}
	out := make([]Document, 0, len(entries))
	for _, e := range entries {
		text, err := files.ReadFile(e.Name())
		if err != nil {
			panic(err)
		}
		out = append(out, New(e.Name(), string(text)))
	}
	slices.SortStableFunc(out, func(a, b Document) int { return place(a.Name) - place(b.Name) })
	return out
}

// place is where a document stands among the others.
func place(name string) int {
	if i := slices.Index(reading, name); i >= 0 {
		return i
	}
	return len(reading)
}

// New takes a document apart.
func New(name, text string) Document {
	d := Document{Name: name}
	var anchors []string
	var lines strings.Builder
	anchor, fenced := "", false
	end := func() {
		if strings.TrimSpace(lines.String()) != "" {
			d.Sections = append(d.Sections, Section{anchor, lines.String()})
		}
		lines.Reset()
	}
	for line := range strings.Lines(text) {
		if strings.HasPrefix(line, "```") {
			fenced = !fenced
		}
		if title, ok := heading(line); ok && !fenced {
			end()
			if d.Title == "" {
				d.Title = title
			}
			anchor = free(slug(title), anchors)
			anchors = append(anchors, anchor)
		}
		lines.WriteString(line)
	}
	end()
	return d
}

// heading returns what a line of the form "## Words" has behind its signs.
func heading(line string) (title string, ok bool) {
	words := strings.TrimLeft(line, "#")
	if words == line || !strings.HasPrefix(words, " ") {
		return "", false
	}
	return strings.TrimSpace(words), true
}

// slug is a heading as links name it: small letters, digits, and hyphens for spaces.
func slug(title string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case r == ' ':
			return '-'
		case unicode.IsLetter(r), unicode.IsDigit(r), r == '-', r == '_':
			return unicode.ToLower(r)
		}
		return -1
	}, title)
}

// free puts a number behind an anchor that was there before.
func free(anchor string, taken []string) string {
	for try, i := anchor, 1; ; i++ {
		if !slices.Contains(taken, try) {
			return try
		}
		try = anchor + "-" + strconv.Itoa(i)
	}
}
