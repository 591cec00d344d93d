// Package markdown makes Markdown of the command line's texts, which are for a terminal:
// for the manual pages (package manpages) and for docs (package reference).
package markdown

import "strings"

// Escaped takes the meaning from what Markdown would give one, but for what is in
// backquotes.
func Escaped(text string) string {
	parts := strings.Split(text, "`")
	for i := 0; i < len(parts); i += 2 {
		parts[i] = strings.NewReplacer("<", `\<`, "*", `\*`, "_", `\_`, "[", `\[`, "#", `\#`).Replace(parts[i])
	}
	return strings.Join(parts, "`")
}
