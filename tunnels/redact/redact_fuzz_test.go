package redact

import (
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"
)

// planted is a secret that no text has by chance.
const planted = "Qz7Qz7Qz7Qz7Qz7Qz7Qz7Qz7"

// plantings are the forms in which texts of a report have secrets.
var plantings = []string{
	"Authorization: Bearer " + planted, "authorization: Basic " + planted, "eyJ" + planted + "." + planted + "." + planted, "sha256~" + planted,
	"https://ann:" + planted + "@proxy.test:3128/x", "--token=" + planted, `"token": "` + planted + `"`, `{"client_secret":"` + planted + `"}`,
	"password='" + planted + "'", `{\"id_token\":\"` + planted + `\"}`, "id_token: " + planted, "x-api-key=" + planted,
}

// FuzzRedaction: whatever stands around a secret of a known form, no report has it; nor
// has one a user, a server or an address that is known.
func FuzzRedaction(f *testing.F) {
	for i := range plantings {
		f.Add("dial tcp: ", ": refused", uint8(i))
		f.Add("PASSWORD=\n", "\n", uint8(i))
		f.Add(`{"message":"`, `"}`, uint8(i))
	}
	f.Add("token: ", "@x\n", uint8(0))
	f.Fuzz(func(t *testing.T, before, after string, which uint8) {
		if strings.Contains(before+after, "Qz7") || inWord(utf8.DecodeLastRuneInString(before)) || inWord(utf8.DecodeRuneInString(after)) {
			return // it must not be a part of another word
		}
		r := New()
		r.Know("user", "zoe-of-shop")
		r.KnowServer("https://api.zoe.example:6443")
		text := before + plantings[int(which)%len(plantings)] + after
		if got := r.Text(text); strings.Contains(got, planted) {
			t.Fatalf("%q becomes %q", text, got)
		}
		if strings.Contains(strings.ToLower(before+after), "zoe") {
			return
		}
		for _, name := range []string{"zoe-of-shop", "api.zoe.example", "203.0.113.7", "zoe@corp.example"} {
			if got := r.Text(before + "\n" + name + "\n" + after); strings.Contains(got, name) {
				t.Fatalf("%q has %q", got, name)
			}
		}
	})
}

// inWord tells whether a letter is one of a word.
func inWord(r rune, n int) bool {
	return n > 0 && (r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r))
}
