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
	for _, word := range strings.Fields(s) {
		first := n > 0 // of a word behind another
		for _, r := range word {
			if r == unicode.ReplacementChar || !unicode.IsPrint(r) {
				continue
			}
			if first {
				b.WriteByte(' ')
				n++
				first = false
			}
			if n++; n > mostText {
				return b.String() + "…"
			}
			b.WriteRune(r)
		}
	}
	return b.String()
}
