package portforward

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// FuzzErrorText: whatever a node writes to an error stream, it becomes an error with
// something to do, in a line that fits and cannot drive a terminal.
func FuzzErrorText(f *testing.F) {
	for _, r := range remoteTexts() {
		for _, words := range r.any {
			f.Add(strings.Join(words, " "), uint16(80))
		}
	}
	f.Add("error forwarding port 80 to pod 0123, uid : \x1b[2J\x07refused\r\n\u202e", uint16(80))
	f.Add("\xff\xfe\u2028"+strings.Repeat("ä", 700), uint16(1))
	f.Fuzz(func(t *testing.T, text string, port uint16) {
		e := readErrorText(text, "web-1", port)
		for what, s := range map[string]string{"the error": e.Error(), "what it says": e.Raw, "the hint": e.Hint} {
			if !utf8.ValidString(s) || strings.ContainsFunc(s, func(r rune) bool { return !unicode.IsPrint(r) }) {
				t.Errorf("%s of %q is %q", what, text, s)
			}
			if n := utf8.RuneCountInString(s); n > maxRaw+100 {
				t.Errorf("%s has %d letters", what, n)
			}
		}
		if e.Hint == "" || RemoteText(e) != text {
			t.Errorf("%q gives %+v", text, e)
		}
	})
}
