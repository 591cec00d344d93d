package kube

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// How long texts of a server are kept, in runes. Names have at most 253; the
// messages of admission webhooks are whole paragraphs.
const (
	mostText    = 253
	mostMessage = 600
)

// text is a string of an API object that is fit to be shown in a terminal from
// the moment it is decoded: see [clean]. What goes back to the server as it
// came, as a resource version, is none.
type text string

// UnmarshalText never fails.
func (t *text) UnmarshalText(b []byte) error {
	*t = text(clean(string(b), mostText))
	return nil
}

// clean returns what a server says as one line of printable characters, with
// white space of all kinds as single spaces and no more than most runes of it,
// so that it can neither drive a terminal nor fill a window.
func clean(s string, most int) string {
	if isClean(s, most) {
		return s
	}
	var b strings.Builder
	n, space := 0, false
	for _, r := range s {
		switch {
		case unicode.IsSpace(r):
			space = true
			continue
		case r == utf8.RuneError || !unicode.IsPrint(r):
			continue
		}
		need := 1
		if space && n > 0 {
			need = 2
		}
		if n+need > most {
			b.WriteRune('…')
			break
		}
		if need == 2 {
			b.WriteByte(' ')
		}
		b.WriteRune(r)
		n, space = n+need, false
	}
	return b.String()
}

// isClean recognises nearly everything that honest servers say, without
// copying it.
func isClean(s string, most int) bool {
	if len(s) > most {
		return false
	}
	for i := range len(s) {
		if s[i] < ' ' || s[i] > '~' || s[i] == ' ' && (i == 0 || i == len(s)-1 || s[i-1] == ' ') {
			return false
		}
	}
	return true
}

// presentable returns an error that reads as err does but for what [clean]
// takes out, and wraps it.
func presentable(err error) error {
	said := err.Error()
	if shown := clean(said, mostMessage); shown != said {
		return &shownError{shown, err}
	}
	return err
}

// shownError is an error in words that are fit to be shown.
type shownError struct {
	text string
	err  error
}

func (e *shownError) Error() string { return e.text }
func (e *shownError) Unwrap() error { return e.err }
