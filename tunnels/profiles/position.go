package profiles

import (
	"errors"
	"fmt"
	"strings"
	"unicode"

	"culvert/tunnels"
)

// Position is where in a file something is wrong, and what. Errors of [Parse] hold
// one for errors.As.
type Position struct { //nolint:errname // what it is called around here is the error that holds it
	Line, Column int // from 1; 0 where that is not known
	Err          error
}

// Error returns what is wrong, without the place: the error around it names that.
func (p *Position) Error() string { return p.Err.Error() }

// Unwrap returns what is wrong.
func (p *Position) Unwrap() error { return p.Err }

const (
	hintBroken = "Correct the file; until then its tunnels stay as they were, and Culvert does not write to it."
	hintNewer  = "Use that version of Culvert, or its format; until then Culvert does not write to the file."
)

// wrong is an error at a place in a file, without the file's name.
func wrong(line, column int, format string, args ...any) error {
	return &Position{Line: line, Column: column, Err: fmt.Errorf(format, args...)}
}

// broken names the file in an error of reading it.
func broken(file string, err error) *tunnels.Error {
	e := &tunnels.Error{Op: file, Err: err, Hint: hintBroken, Cause: tunnels.CauseInvalid, Permanent: true}
	var at *Position
	switch {
	case !errors.As(err, &at):
		e.Err = &Position{Err: err}
	case at.Line > 0:
		e.Op = fmt.Sprintf("%s, line %d", file, at.Line)
	}
	var raw *syntaxError
	if errors.As(err, &raw) {
		e.Raw = raw.raw
	}
	if errors.Is(err, errNewer) {
		e.Hint = hintNewer
	}
	return e
}

// refused is an error of what was asked for, in words of its own.
func refused(op, hint, format string, args ...any) *tunnels.Error {
	return &tunnels.Error{Op: op, Err: fmt.Errorf(format, args...), Hint: hint, Cause: tunnels.CauseInvalid, Permanent: true}
}

// clean puts a text that may come from anywhere into one line of bounded length
// that can be shown.
func clean(s string) string {
	const most = 60
	s = strings.Map(func(r rune) rune {
		if unicode.IsGraphic(r) {
			return r
		}
		return unicode.ReplacementChar
	}, strings.Join(strings.Fields(s), " "))
	if r := []rune(s); len(r) > most {
		s = string(r[:most]) + "…"
	}
	return s
}
