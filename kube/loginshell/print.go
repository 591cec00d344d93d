package loginshell

import (
	"bytes"
	"errors"
	"io"
	"os"
	"strings"
)

// Print writes the environment of this process to w, as [Read] expects it.
func Print(w io.Writer, mark string) error {
	var b strings.Builder
	b.WriteString(frame(mark))
	for _, v := range os.Environ() {
		b.WriteString(v)
		b.WriteByte(0)
	}
	b.WriteString(frame(mark))
	_, err := io.WriteString(w, b.String())
	return err
}

// frame is what stands before and after the environment. A script that prints
// the command that is being run, as some do for a window's title, cannot print
// it, because arguments hold no NUL.
func frame(mark string) string { return "\x00" + mark + "\x00" }

// parse returns the variables between the first two frames.
func parse(out []byte, frame string) (map[string]string, error) {
	_, rest, ok := bytes.Cut(out, []byte(frame))
	body, _, end := bytes.Cut(rest, []byte(frame))
	if !ok || !end {
		return nil, errors.New("its answer is incomplete")
	}
	env := make(map[string]string)
	for v := range strings.SplitSeq(string(body), "\x00") {
		if name, value, ok := strings.Cut(v, "="); ok && isName(name) {
			env[name] = value
		}
	}
	return env, nil
}

// isName says whether a variable can be used everywhere, which exported
// functions of bash cannot.
func isName(s string) bool {
	for i := range len(s) {
		c := s[i]
		letter := c == '_' || 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z'
		if !letter && (i == 0 || c < '0' || c > '9') {
			return false
		}
	}
	return s != ""
}
