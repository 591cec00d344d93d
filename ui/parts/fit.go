package parts

import "strings"

// Cut says where a text that is too long loses its letters.
type Cut uint8

// The cuts.
const (
	CutEnd    Cut = iota // "worker metr…"
	CutMiddle            // "web-7d4b…-x2x9k": the last six letters stay, or all from the last colon
)

const ellipsis = "…"

// Fit returns s, shortened so that it is at most w wide in face f.
func Fit(f Face, s string, w float32, cut Cut) string {
	if s == "" || f.Width(s) <= w {
		return s
	}
	r := []rune(s)
	var tail []rune
	if cut == CutMiddle {
		n := min(6, len(r)-1)
		if i := strings.LastIndexByte(s, ':'); i > 0 {
			n = len([]rune(s[i:]))
		}
		tail = r[len(r)-n:]
		r = r[:len(r)-n]
	}
	lo, hi := 0, len(r) // the longest head that fits lies in [lo, hi)
	for lo+1 < hi {
		mid := (lo + hi) / 2
		if f.Width(cutText(r[:mid], tail)) <= w {
			lo = mid
		} else {
			hi = mid
		}
	}
	return cutText(r[:lo], tail)
}

func cutText(head, tail []rune) string {
	return strings.TrimRight(string(head), " ") + ellipsis + string(tail)
}

// Wrap breaks s into lines of at most w; a word that is wider than w is broken
// where it must be.
func Wrap(f Face, s string, w float32) []string {
	var lines []string
	line := ""
	for _, word := range strings.Fields(s) {
		for {
			next := word
			if line != "" {
				next = line + " " + word
			}
			if f.Width(next) <= w {
				line = next
				break
			}
			if line != "" {
				lines = append(lines, line)
				line = ""
				continue
			}
			n := fitRunes(f, word, w)
			lines = append(lines, word[:n])
			word = word[n:]
		}
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// fitRunes returns how many bytes of word fit into w, at least one rune.
func fitRunes(f Face, word string, w float32) int {
	n := 0
	for i := range word {
		if i > 0 && f.Width(word[:i]) > w {
			break
		}
		if i > 0 {
			n = i
		}
	}
	if n == 0 {
		for i := range word {
			if i > 0 {
				return i
			}
		}
		return len(word)
	}
	return n
}
