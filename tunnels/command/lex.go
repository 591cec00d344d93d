package command

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// flaw is what a word has that only a shell could make a value of.
type flaw string

// The flaws.
const (
	filledIn    flaw = "filled in"   // $NAME, $(…), `…`
	unclosed    flaw = "unclosed"    // a quotation mark without its other half
	parentheses flaw = "parentheses" // (…) outside quotation marks
	placeholder flaw = "placeholder" // <pod-name>
)

// token is a word of the text, or an operator of a shell: then op is that.
type token struct {
	text     string // the word without its quotation marks, or nothing for an operator
	from, to int    // bytes of the text
	op       string // "&", "&&", ";", "|", "\n", …, ">" for a redirection with its file, "#" for a comment
	flaw     flaw   // empty if the word means what it says
	quoted   bool   // some of it is quoted
	pattern  bool   // has *, ? or [ outside quotation marks
	// missing is the variable of a word that is filledIn, where one can be named.
	missing string
}

// lexer takes a text apart as a POSIX shell does, and keeps going where that would
// give up.
type lexer struct {
	s   string
	at  int
	out []token
	// script is what is read besides; nil for one command.
	script *scriptLexer
}

func lex(s string, from int) []token {
	l := &lexer{s: s, at: from}
	for l.at < len(s) {
		l.next()
	}
	return l.out
}

func (l *lexer) rest() string { return l.s[l.at:] }

func (l *lexer) next() {
	if n := continuation(l.rest()); n > 0 {
		l.at += n
		return
	}
	if l.script != nil && l.scriptNext() {
		return
	}
	r, n := utf8.DecodeRuneInString(l.rest())
	start := l.at
	switch {
	case strings.HasPrefix(l.rest(), `\ `): // a continued line whose end a field of one line has made a blank
		l.at += n
	case r == '\n':
		l.at += n
		l.operator("\n", start)
	case unicode.IsSpace(r):
		l.at += n
	case r == '#':
		end := strings.IndexByte(l.rest(), '\n')
		if end < 0 {
			end = len(l.rest())
		}
		l.at += end
		l.operator("#", start)
	case placeholderAt(l.rest()) > 0:
		l.at += placeholderAt(l.rest())
		l.out = append(l.out, token{from: start, to: l.at, flaw: placeholder})
	case redirection(l.rest()) > 0:
		l.at += redirection(l.rest())
		for l.at < len(l.s) && (l.s[l.at] == ' ' || l.s[l.at] == '\t') {
			l.at++
		}
		l.word()
		l.operator(">", start)
	case strings.ContainsRune("&|;", r):
		for l.at < len(l.s) && l.s[l.at] == byte(r) {
			l.at++
		}
		l.operator(l.s[start:l.at], start)
	case r == '(' || r == ')':
		l.at += n
		if r == '(' {
			l.skipTo('(', ')')
		}
		l.out = append(l.out, token{from: start, to: l.at, flaw: parentheses})
	default:
		l.out = append(l.out, l.word())
	}
}

func (l *lexer) operator(op string, start int) {
	l.out = append(l.out, token{op: op, from: start, to: l.at})
}

// word reads up to the next blank or operator, which may be none at all.
func (l *lexer) word() token {
	w := token{from: l.at}
	var text strings.Builder
	for l.at < len(l.s) && !l.wordEnds() {
		r, n := utf8.DecodeRuneInString(l.rest())
		l.at += n
		switch r {
		case '\'':
			if l.literalQuote(r, &text) {
				continue
			}
			w.quoted = true
			l.single(&w, &text)
		case '"':
			if l.literalQuote(r, &text) {
				continue
			}
			w.quoted = true
			l.double(&w, &text)
		case '\\':
			l.escaped(&text)
		case '$', '`':
			l.filled(r, &w, &text, false)
		case '*', '?', '[':
			w.pattern = true
			text.WriteRune(r)
		default:
			text.WriteString(l.s[l.at-n : l.at])
		}
	}
	w.text, w.to = text.String(), l.at
	return w
}

func (l *lexer) wordEnds() bool {
	r, _ := utf8.DecodeRuneInString(l.rest())
	if unicode.IsSpace(r) || strings.ContainsRune("&|;<>()", r) {
		return true
	}
	return r != '\\' && continuation(l.rest()) > 0
}

func (l *lexer) single(w *token, text *strings.Builder) {
	inside, _, closed := strings.Cut(l.rest(), "'")
	text.WriteString(inside)
	l.at += len(inside)
	if closed {
		l.at++
		return
	}
	w.flaw = unclosed
}

func (l *lexer) double(w *token, text *strings.Builder) {
	for l.at < len(l.s) {
		c := l.s[l.at]
		l.at++
		switch c {
		case '"':
			return
		case '\\':
			if l.at < len(l.s) && strings.IndexByte("\\\"$`\n", l.s[l.at]) < 0 {
				text.WriteByte(c)
				continue
			}
			l.escaped(text)
		case '$', '`':
			l.filled(rune(c), w, text, true)
		default:
			text.WriteByte(c)
		}
	}
	w.flaw = unclosed
}

// escaped reads what follows a backslash.
func (l *lexer) escaped(text *strings.Builder) {
	for _, end := range []string{"\r\n", "\n"} {
		if strings.HasPrefix(l.rest(), end) {
			l.at += len(end)
			return
		}
	}
	_, n := utf8.DecodeRuneInString(l.rest())
	text.WriteString(l.rest()[:n])
	l.at += n
}

// filled passes over what a shell would fill in, after its first character; quoted
// says that it stands in quotation marks.
func (l *lexer) filled(r rune, w *token, text *strings.Builder, quoted bool) {
	if r == '`' {
		w.flaw = filledIn
		l.skipTo(0, '`')
		return
	}
	if l.at == len(l.s) {
		text.WriteRune(r)
		return
	}
	from := l.at
	switch c := l.s[l.at]; {
	case c == '(' || c == '{':
		l.at++
		l.skipTo(c, map[byte]byte{'(': ')', '{': '}'}[c])
	case c == '\'' && w.flaw == "": // $'…': its escapes are bash's own
	case isNameByte(c):
		for l.at < len(l.s) && isNameByte(l.s[l.at]) {
			l.at++
		}
	case strings.IndexByte("?!@#*$-", c) >= 0:
		l.at++
	default:
		text.WriteRune(r)
		return
	}
	if l.script != nil && l.script.fill(l.s[from:l.at], w, text, quoted) {
		return
	}
	w.flaw = filledIn
}

// skipTo passes over what stands before end, and end, with pairs of begin and end
// in it.
func (l *lexer) skipTo(begin, end byte) {
	for depth := 1; l.at < len(l.s) && depth > 0; l.at++ {
		switch l.s[l.at] {
		case end:
			depth--
		case begin:
			depth++
		}
	}
}

func isNameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_'
}

// continuation returns the length of a mark that the command goes on in the next
// line, with the line's end and the prompt that a shell shows there: of a POSIX
// shell, of cmd.exe and of PowerShell. At the end of the text the mark alone counts.
func continuation(s string) int {
	if strings.IndexByte("\\^`", s[0]) < 0 {
		return 0
	}
	n := 1 + len(s[1:]) - len(strings.TrimLeft(s[1:], " \t\r"))
	if n == len(s) {
		return n
	}
	if s[n] != '\n' {
		return 0
	}
	n++
	after := strings.TrimLeft(s[n:], " \t")
	for _, prompt := range []string{"> ", ">> "} {
		if rest, ok := strings.CutPrefix(after, prompt); ok {
			return len(s) - len(rest)
		}
	}
	return n
}

// redirection returns the length of a redirection's operator.
func redirection(s string) int {
	n := 0
	if s[0] == '&' || s[0] >= '0' && s[0] <= '9' {
		n = 1
	}
	if n == len(s) || s[n] != '>' && (s[n] != '<' || s[0] == '&') {
		return 0
	}
	for n++; n < len(s) && strings.IndexByte("<>&|", s[n]) >= 0; n++ {
	}
	return n
}

// placeholderAt returns the length of a placeholder, as <pod-name>.
func placeholderAt(s string) int {
	if s[0] != '<' {
		return 0
	}
	end := strings.IndexAny(s[:min(len(s), longest)], ">\n/&|")
	if end < 2 || s[end] != '>' || s[1] < 'A' {
		return 0
	}
	return end + 1
}
