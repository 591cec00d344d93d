package crash

import (
	"regexp"
	"strings"
)

// What the Go runtime writes when it ends a process: first why, but for what it calls a
// fatal error (Go 1.26), then the stacks of goroutines. A line of the former that the runtime has not begun itself is the rest of
// a panic's value, and has a tab before it.
var (
	goroutineLine = regexp.MustCompile(`^goroutine \d+ [^\n]*\[[^\]]*\]:$`)
	panicLine     = regexp.MustCompile(`^\t*panic: `)
	signalLine    = regexp.MustCompile(`^\[signal [\w: -]+( code=-?\w+)?( addr=\w+)?( pc=\w+)?\]$`)
	fileLine      = regexp.MustCompile(`^(\t\S[^\n]*:\d+)(?: \+0x[0-9a-f]+)?(?: fp=0x[0-9a-f]+ sp=0x[0-9a-f]+ pc=0x[0-9a-f]+)?$`)
	createdLine   = regexp.MustCompile(`^created by ([\w./()*\[\]·,-]+)( in goroutine \d+)?$`)
	funcLine      = regexp.MustCompile(`^[\w./()*\[\]·,~%@-]+\([^\n]*\)$`)
	elidedLine    = regexp.MustCompile(`^\.\.\.(\d+ frames elided|additional frames elided)\.\.\.$`)
)

// goexits are what the runtime puts behind a panic's value.
var goexits = regexp.MustCompile(`( \[(?:recovered|goexit|recovered, repanicked)\])+$`)

// runtimePanics begin the messages of the runtime, which have types and numbers in them.
var runtimePanics = regexp.MustCompile(`^(runtime error: |interface conversion: |runtime\.|sync: |send on closed channel|close of (nil|closed) channel|all goroutines are asleep)`)

// cleaned returns what may be told of last words: of a panic's value what [Value] leaves,
// of functions no arguments, and nothing that does not read like the runtime's own.
func cleaned(words string) string {
	var out []string
	stacks := false
	for line := range strings.Lines(words) {
		line = strings.TrimRight(line, "\r\n")
		stacks = stacks || goroutineLine.MatchString(line)
		kept, ok := headLine(line), true
		if stacks {
			kept, ok = stackLine(line)
		} else if kept == "" {
			ok = false
		}
		if ok {
			out = append(out, kept)
		}
	}
	return strings.TrimRight(strings.Join(out, "\n"), "\n") + "\n"
}

// headLine returns what is told of a line before the stacks; empty for nothing.
func headLine(line string) string {
	switch {
	case panicLine.MatchString(line):
		_, value, _ := strings.Cut(line, "panic: ")
		return "panic: " + rawValue(value)
	case strings.HasPrefix(line, "fatal error: "):
		return "fatal error: " + plainWords(strings.TrimPrefix(line, "fatal error: "))
	case signalLine.MatchString(line):
		return line
	case strings.HasPrefix(line, "runtime: "):
		return "runtime: " + plainWords(strings.TrimPrefix(line, "runtime: "))
	}
	return ""
}

// rawValue is [Value] of what the runtime has written of one.
func rawValue(s string) string {
	behind := goexits.FindString(s)
	s = strings.TrimSuffix(s, behind)
	if runtimePanics.MatchString(s) && len(s) < mostValue {
		return runtimeWords(s) + behind
	}
	return cut(plainWords(s)) + behind
}

// typeWords are what the runtime's messages are made of: words, types and numbers.
var typeWords = regexp.MustCompile(`^[\w.*\[\]{}():,/ -]*$`)

// runtimeWords returns a message of the runtime, unless it has what none has: a panic with
// a text of the program's own may begin like one.
func runtimeWords(s string) string {
	if !typeWords.MatchString(s) {
		return plainWords(s)
	}
	for word := range strings.FieldsSeq(s) {
		if !runtimeWord.MatchString(word) {
			return plainWords(s)
		}
	}
	return s
}

// runtimeWord is a plain word, a type's name or a number, as an index in brackets.
var runtimeWord = regexp.MustCompile(`^[(\[:]*(?:\*?[a-z]+(?:/[\w.-]+)*(?:\.[A-Za-z]\w*)?|[a-z-]+|-?\d{1,19}(?::\d{0,19}){0,2}|0x[0-9a-f]{1,16}|\{\})?[)\]:,]*$`)

// stackLine returns what is told of a line of the stacks, and whether there is any.
func stackLine(line string) (kept string, ok bool) {
	switch {
	case line == "", goroutineLine.MatchString(line), elidedLine.MatchString(line), createdLine.MatchString(line):
		return line, true
	}
	if m := fileLine.FindStringSubmatch(line); m != nil {
		return m[1], true
	}
	if funcLine.MatchString(line) {
		return functionName(line) + "(…)", true
	}
	return "", false
}

// functionName is what stands before a function's arguments, which are the last thing in
// brackets.
func functionName(line string) string {
	depth := 0
	for i := len(line) - 1; i >= 0; i-- {
		switch line[i] {
		case ')':
			depth++
		case '(':
			if depth--; depth == 0 {
				return line[:i]
			}
		}
	}
	return line
}
