package docs

import (
	"slices"
	"strings"
	"testing"
)

func TestSections(t *testing.T) {
	const text = "Before\n# The *guide*: one\nText\n```sh\n# no heading\n```\n## Get it\n\n## Get it\n#no heading either\n"
	d := New("x.md", text)
	if d.Title != "The *guide*: one" {
		t.Errorf("the title is %q", d.Title)
	}
	want := []Section{
		{"", "Before\n"},
		{"the-guide-one", "# The *guide*: one\nText\n```sh\n# no heading\n```\n"},
		{"get-it", "## Get it\n\n"},
		{"get-it-1", "## Get it\n#no heading either\n"},
	}
	if !slices.Equal(d.Sections, want) {
		t.Errorf("the sections are %q", d.Sections)
	}
}

// TestReading: the order in which one would read names documents that are there, each once.
func TestReading(t *testing.T) {
	for i, name := range reading {
		if _, err := files.Open(name); err != nil || slices.Index(reading, name) != i {
			t.Errorf("%s is no document, or is named twice: %v", name, err)
		}
	}
}

// TestAll: each document has a title, nothing of it is lost, and the one to begin with
// comes first.
func TestAll(t *testing.T) {
	all := All()
	if all[0].Name != "guide.md" {
		t.Errorf("the first one is %s", all[0].Name)
	}
	for _, d := range all {
		text, err := files.ReadFile(d.Name)
		if err != nil {
			t.Fatal(err)
		}
		var parts strings.Builder
		for _, s := range d.Sections {
			parts.WriteString(s.Text)
		}
		if d.Title == "" || parts.String() != string(text) {
			t.Errorf("%s has the title %q and %d of %d bytes", d.Name, d.Title, parts.Len(), len(text))
		}
	}
}
