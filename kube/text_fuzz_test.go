package kube

import (
	"errors"
	"strings"
	"testing"
	"unicode"
	"unicode/utf8"

	"k8s.io/client-go/rest"
)

// FuzzClean: whatever a server says, what is shown of it is one line of printable
// characters, not too long, and stays as it is when it is cleaned again.
func FuzzClean(f *testing.F) {
	for _, s := range []string{
		"pods \"web\" not found", "\x1b]0;title\x07\x1b[2J", "a\u202eb\u2028c\u00a0d", "\xff\xfe\ufffd", strings.Repeat("ä ", 700), "\u009b31m", "a\r\n\r\nb ",
	} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, said string) {
		for _, most := range []int{1, mostText, mostMessage} {
			got := clean(said, most)
			switch {
			case !utf8.ValidString(got) || strings.ContainsFunc(got, func(r rune) bool { return !unicode.IsPrint(r) }):
				t.Fatalf("%q is shown as %q", said, got)
			case utf8.RuneCountInString(got) > most+1:
				t.Fatalf("%d letters of %q are shown", utf8.RuneCountInString(got), said)
			case !strings.HasSuffix(got, "…") && clean(got, most) != got:
				t.Fatalf("%q is shown as %q, and that as %q", said, got, clean(got, most))
			}
		}
		if got := presentable(errors.New(said)).Error(); strings.ContainsAny(got, "\x1b\x00\r\n\u009b") {
			t.Fatalf("the error is shown as %q", got)
		}
	})
}

// planted is a secret that no text has by chance.
const planted = "Qz7Qz7Qz7Qz7Qz7Qz7Qz7Qz7"

// plantings are the forms in which foreign texts have secrets.
var plantings = []string{
	"Authorization: Bearer " + planted, "basic " + planted, "eyJ" + planted + "." + planted + "." + planted, "sha256~" + planted,
	"https://ann:" + planted + "@proxy.test:3128/x", "--token=" + planted, `"token": "` + planted + `"`, `{"client_secret":"` + planted + `"}`,
	"password='" + planted + "'", "client-key-data: " + planted, "id_token: " + planted, "?code=" + planted, "x-api-key=" + planted,
	"-----BEGIN EC PRIVATE KEY-----\n" + planted + "\n-----END EC PRIVATE KEY-----",
}

// FuzzWithoutSecrets: whatever stands around a secret of a known form, it is taken
// out; a text without one is as long as it was, or shorter for what looks like one.
func FuzzWithoutSecrets(f *testing.F) {
	for i := range plantings {
		f.Add("dial tcp: ", ": refused", uint8(i))
		f.Add("{\"message\":\"", "\"}", uint8(i))
		f.Add("token: ", "@x\n", uint8(i))
	}
	cl := &cluster{rest: &rest.Config{BearerToken: "own." + planted, Password: planted}}
	f.Fuzz(func(t *testing.T, before, after string, which uint8) {
		if strings.Contains(before+after, "Qz7") || sticks(before) {
			return // it must not be a part of another word
		}
		text := before + plantings[int(which)%len(plantings)] + after
		if sticksTo(after) {
			return
		}
		if got := WithoutSecrets(text); strings.Contains(got, planted) {
			t.Fatalf("%q becomes %q", text, got)
		}
		if got := cl.shown(errors.New(before + planted + after)).Error(); strings.Contains(got, planted) {
			t.Fatalf("the context's own password is shown: %q", got)
		}
	})
}

// sticks tells whether a text ends in the middle of a word.
func sticks(s string) bool {
	r, _ := utf8.DecodeLastRuneInString(s)
	return s != "" && (r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r))
}

// sticksTo tells whether a text begins in the middle of a word.
func sticksTo(s string) bool {
	r, _ := utf8.DecodeRuneInString(s)
	return s != "" && (r == '_' || unicode.IsLetter(r) || unicode.IsDigit(r))
}
