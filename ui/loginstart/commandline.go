package loginstart

import "strings"

// commandLine returns a command as Windows programs take it apart again.
func commandLine(command []string) string {
	words := make([]string, len(command))
	for i, w := range command {
		words[i] = windowsWord(w)
	}
	return strings.Join(words, " ")
}

// windowsWord quotes a word: backslashes count double before a quotation mark and
// at the end of what is quoted.
func windowsWord(s string) string {
	if s != "" && !strings.ContainsAny(s, " \t\"") {
		return s
	}
	var out strings.Builder
	out.WriteByte('"')
	slashes := 0
	for i := range len(s) {
		switch s[i] {
		case '\\':
			slashes++
			out.WriteByte('\\')
			continue
		case '"':
			out.WriteString(strings.Repeat(`\`, slashes+1))
		}
		slashes = 0
		out.WriteByte(s[i])
	}
	out.WriteString(strings.Repeat(`\`, slashes))
	out.WriteByte('"')
	return out.String()
}

// firstWord returns the program of a command line. Windows takes everything to the
// next quotation mark, or to the next space, without regard to backslashes.
func firstWord(line string) string {
	line = strings.TrimLeft(line, " \t")
	if rest, ok := strings.CutPrefix(line, `"`); ok {
		word, _, _ := strings.Cut(rest, `"`)
		return word
	}
	if i := strings.IndexAny(line, " \t"); i >= 0 {
		return line[:i]
	}
	return line
}
