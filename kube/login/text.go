package login

import (
	"strings"
	"unicode"
)

// mostText bounds what is shown of a server's texts, in runes.
const mostText = 200

// shown returns what a server or a pasted text says as one short line of
// printable characters.
func shown(s string) string {
	var b strings.Builder
	n := 0
	for i, word := range strings.Fields(s) {
		if i > 0 {
			b.WriteByte(' ')
			n++
		}
		for _, r := range word {
			if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
				continue
			}
			if n++; n > mostText {
				return b.String() + "…"
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}
