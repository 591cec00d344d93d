package crash

import (
	"errors"
	"fmt"
	"regexp"
	"runtime"
	"strings"
	"unicode"
)

// mostValue bounds what is told of a panic's value.
const mostValue = 300

// hidden stands for what is not told.
const hidden = "(…)"

// Value returns what may be told of a panic's value, in one line. The messages of the Go
// runtime have types and numbers in them and nothing else. Any other value may have
// what was at hand, as a token: of it remain the type, and of its text the words that
// are plain ones, in lower case but for the first letter, and not too long.
func Value(v any) string {
	if err, ok := v.(error); ok {
		if of, ok := errors.AsType[runtime.Error](err); ok && error(of) == err { //nolint:errorlint // nothing that wraps it
			return cut(oneLine(err.Error()))
		}
	}
	return cut(fmt.Sprintf("%T: %s", v, plainWords(textOf(v))))
}

// textOf returns the text of a value that has one of its own. Others are known by their
// type.
func textOf(v any) (text string) {
	defer func() {
		if recover() != nil { // the value's own method has failed
			text = hidden
		}
	}()
	switch v := v.(type) {
	case string:
		return v
	case error:
		return v.Error()
	case fmt.Stringer:
		return v.String()
	}
	return ""
}

// plainWords leaves of a text what reads as a sentence.
func plainWords(s string) string {
	s = oneLine(s)
	s = secrets.ReplaceAllString(s, "$1 "+hidden)
	var out []string
	for word := range strings.FieldsSeq(s) {
		if !isPlain(word) {
			word = hidden
			if len(out) > 0 && out[len(out)-1] == hidden {
				continue
			}
		}
		out = append(out, word)
	}
	return strings.Join(out, " ")
}

// secrets are the words after which there may be a secret that looks like a word.
var secrets = regexp.MustCompile(`(?i)\b((?:pass(?:word|wd|phrase)?|tokens?|secrets?|keys?|bearer|basic|authori[sz]ation|credentials?|cookies?)\b["':=]*)\s+(?:is|was|of)?\s*\S+`)

// longestWord is as long as words get in messages.
const longestWord = 20

// isPlain says whether a word is one: letters, the first of which alone may be a capital,
// with the usual marks around them.
func isPlain(word string) bool {
	letters := strings.Trim(word, `.,:;!?"'()[]<>`)
	if len(letters) > longestWord || word == hidden {
		return word == hidden
	}
	for i, r := range letters {
		switch {
		case r >= 'a' && r <= 'z', i > 0 && (r == '-' || r == '\''):
		case i == 0 && r >= 'A' && r <= 'Z':
		default:
			return false
		}
	}
	return true
}

// oneLine makes one line of a text, without what a terminal would obey.
func oneLine(s string) string {
	if len(s) > 16*mostValue { // what is behind would be cut anyway
		s = s[:16*mostValue]
	}
	return strings.Join(strings.FieldsFunc(strings.ToValidUTF8(s, "?"), func(r rune) bool {
		return unicode.IsSpace(r) || !unicode.IsPrint(r)
	}), " ")
}

func cut(s string) string {
	if len(s) <= mostValue {
		return s
	}
	return strings.ToValidUTF8(s[:mostValue], "") + "…"
}
