package profiles

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"culvert/tunnels"
)

// draft is a profile as people write one, with comments wherever choices say.
type draft struct {
	text     strings.Builder
	choices  []byte
	comments int
	inside   map[int][]string // comments within a tunnel's fields
}

// chosen takes the next choice of n; 0 when there is none.
func (w *draft) chosen(n int) int {
	if len(w.choices) == 0 {
		return 0
	}
	c := int(w.choices[0]) % n
	w.choices = w.choices[1:]
	return c
}

// comment returns a comment of a tunnel's fields, or of none, or nothing.
func (w *draft) comment(of int) string {
	if w.chosen(2) == 0 {
		return ""
	}
	w.comments++
	c := fmt.Sprintf("# c%d.", w.comments)
	w.inside[of] = append(w.inside[of], c)
	return c
}

// line writes a line, which may have a comment behind it, and lines of one before it.
func (w *draft) line(of int, indent, text string) {
	if c := w.comment(of); c != "" {
		w.text.WriteString(indent + c + "\n")
	}
	w.text.WriteString(text)
	if !strings.Contains(text, "\n") { // else it would be one of the text's
		if c := w.comment(of); c != "" {
			w.text.WriteString("  " + c)
		}
	}
	w.text.WriteString("\n")
}

// blank may set apart what follows, with a comment of the file.
func (w *draft) blank(indent string) {
	switch w.chosen(3) {
	case 1:
		w.text.WriteString("\n")
	case 2:
		if c := w.comment(outside); c != "" {
			w.text.WriteString("\n" + indent + c + "\n\n")
		}
	}
}

// What comments are of that are no tunnel's: of the file, and of the profile's name,
// with which they go.
const (
	outside = -1
	ofName  = -2
)

// profileOf writes a profile with up to four tunnels.
func profileOf(choices []byte) *draft {
	w := &draft{choices: choices, inside: make(map[int][]string)}
	w.line(outside, "", "version: 1")
	w.blank("")
	for _, field := range []string{"name: Shop", "context: staging", "x-owner: {a: [1, 2]}", "namespace: shop", "tags: [x]"} {
		if of := outside; w.chosen(2) == 1 {
			if field == "name: Shop" {
				of = ofName
			}
			w.line(of, "", field)
		}
	}
	w.blank("")
	w.line(outside, "", "tunnels:")
	indent := strings.Repeat(" ", 2*w.chosen(2))
	for i := range 1 + w.chosen(4) {
		w.blank(indent)
		w.line(outside, indent, fmt.Sprintf("%s- target: svc/web-%d", indent, i))
		inner := indent + "  "
		for _, field := range []string{"colour: {r: 1}", "ports: [80]", "hold: 10s", "note: |\n" + inner + "  # text", "autostart: false"} {
			if w.chosen(2) == 1 || strings.HasPrefix(field, "ports") {
				w.line(i, inner, inner+field)
			}
		}
	}
	w.blank("")
	return w
}

// FuzzComments edits profiles as people write them: an edit keeps the comments of all
// that it does not change, and what it adds is as it was meant.
func FuzzComments(f *testing.F) {
	for op := range uint8(8) {
		f.Add([]byte{1, 1, 2, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1, 1, 1, 1, 1, 2, 1, 3, 1, 1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1}, op, op%3, "name", uint16(80))
		f.Add([]byte("0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz"), op, uint8(1), "x", uint16(0))
	}
	f.Fuzz(func(t *testing.T, choices []byte, op, at uint8, name string, port uint16) {
		w := profileOf(choices)
		d, err := read([]byte(w.text.String()))
		if err != nil {
			t.Fatalf("%v in\n%s", err, w.text.String())
		}
		want, now, err := edited(d, int(op), int(at), name, port)
		if err != nil {
			var e *tunnels.Error
			if !errors.As(err, &e) {
				t.Fatal(err)
			}
			t.Fatalf("it cannot be edited: %v\n%s", err, w.text.String())
		}
		if err := now.isWhat(want.head, want.all); err != nil || now.others() != d.others() {
			t.Fatalf("%v:\n%s\nfrom\n%s", err, now.data, w.text.String())
		}
		for of, comments := range w.inside {
			tunnel := int(at) % len(d.all)
			switch op % 8 {
			case 2: // what stands between two tunnels may be of either
				if of == outside || of == tunnel {
					continue
				}
			case 4:
				if of == ofName {
					continue
				}
			case 6, 7:
				if of == tunnel {
					continue
				}
			}
			for _, c := range comments {
				if !strings.Contains(string(now.data), c) {
					t.Fatalf("the comment %s of %d is lost (edit %d of tunnel %d):\n%s\nfrom\n%s", c, of, op%8, tunnel, now.data, w.text.String())
				}
			}
		}
	})
}
