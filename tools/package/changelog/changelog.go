// Package changelog reads CHANGELOG.md.
package changelog

import (
	"errors"
	"fmt"
	"strings"
)

// errEmpty says that a version's section says nothing.
var errEmpty = errors.New("nothing stands in it")

// Unreleased is the section of what is not released yet.
const Unreleased = "Unreleased"

// Section returns what stands below the heading of a version, as "## 1.2.3" or "## 1.2.3
// (2026-11-23)", without that heading and without lines that are empty at both ends.
func Section(text, version string) (string, error) {
	var lines []string
	found := false
	for line := range strings.Lines(text) {
		if title, ok := strings.CutPrefix(line, "## "); ok {
			if found {
				break
			}
			words := strings.Fields(title)
			found = len(words) > 0 && words[0] == version
			continue
		}
		if found {
			lines = append(lines, line)
		}
	}
	if !found {
		return "", fmt.Errorf("CHANGELOG.md has no section %q: write \"## %s\" above what has changed", version, version)
	}
	section := strings.Trim(strings.Join(lines, ""), "\r\n")
	if section == "" {
		return "", fmt.Errorf("the section %q of CHANGELOG.md: %w", version, errEmpty)
	}
	return section + "\n", nil
}

// Unwrapped joins lines that belong together: release pages show each break of a line.
func Unwrapped(text string) string {
	var out strings.Builder
	fenced := false
	for i, line := range strings.Split(strings.TrimRight(text, "\n"), "\n") {
		goesOn := i > 0 && !fenced && strings.HasPrefix(line, " ") && !isItem(strings.TrimLeft(line, " "))
		switch {
		case i == 0:
		case goesOn:
			line = " " + strings.TrimLeft(line, " ")
		default:
			out.WriteByte('\n')
		}
		if strings.HasPrefix(strings.TrimSpace(line), "```") {
			fenced = !fenced
		}
		out.WriteString(line)
	}
	return out.String() + "\n"
}

// isItem says whether a line, without what it is indented by, begins an item or a block.
func isItem(line string) bool {
	for _, mark := range []string{"- ", "* ", "+ ", "```", "> ", "#", "|"} {
		if strings.HasPrefix(line, mark) {
			return true
		}
	}
	return line == ""
}
