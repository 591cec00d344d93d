package parts

import "strings"

// Cut says where a text that is too long loses its letters.
type Cut uint8

// The cuts.
const (
	CutEnd    Cut = iota // "worker metr…"
	CutMiddle            // "web-7d4b…-x2x9k:5000": the last six letters stay, and ports after a colon
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
		n := 0
		if i := strings.LastIndexByte(s, ':'); i > 0 && strings.Trim(s[i+1:], "0123456789,") == "" {
			n = len([]rune(s[i:]))
		}
		if m := min(n+6, len(r)-1); n == 0 || f.Width(cutText(r[:min(3, len(r)-m)], r[len(r)-m:])) <= w {
			n = m
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
	if w <= 0 { // not laid out yet
		w = 1 << 16
	}
	for _, word := range strings.Fields(s) {
		for word != "" {
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
