package command

import (
	"regexp"
	"strings"
)

// between stands in a word where the value of a variable has a blank that ends the
// word; no word of a shell can have it.
const between = "\x00"

// scriptLexer is what the reading of a script adds to that of a command: it knows the
// variables that the script has set so far.
type scriptLexer struct {
	vars  map[string]string
	ends  []string // of the texts that begin behind this line
	bared int      // quotation marks that were taken for letters
}

// mostBared bounds the marks of which each has the rest of the text looked through.
const mostBared = 200

// scriptNext reads what only a script has, and returns whether there was something.
func (l *lexer) scriptNext() bool {
	rest := l.rest()
	if l.at == 0 || l.s[l.at-1] == '\n' {
		if n := promptOf(rest); n > 0 {
			l.at += n
			return true
		}
	}
	switch c := rest[0]; {
	case c == '(' || c == ')':
		l.at++
		l.operator(rest[:1], l.at-1)
	case c == '\n' && len(l.script.ends) > 0:
		l.at++
		l.operator("\n", l.at-1)
		l.skipTexts()
	case strings.HasPrefix(rest, "<<") && !strings.HasPrefix(rest, "<<<"):
		start := l.at
		l.at += 2
		l.at += len(l.rest()) - len(strings.TrimLeft(l.rest(), "- \t"))
		if end := l.word(); end.text != "" {
			l.script.ends = append(l.script.ends, end.text)
		}
		l.operator(">", start)
	default:
		return false
	}
	return true
}

// promptOf returns the length of a prompt that a line of a session begins with. A #
// alone rather begins a comment.
func promptOf(text string) int {
	line, _, _ := strings.Cut(text[:min(most, len(text))], "\n")
	shown := prompt.FindString(line)
	if strings.TrimSpace(shown) == "#" {
		return 0
	}
	return len(shown)
}

// skipTexts passes over the texts that stand in the script and are no commands.
func (l *lexer) skipTexts() {
	for _, end := range l.script.ends {
		for l.at < len(l.s) {
			line, _, _ := strings.Cut(l.rest(), "\n")
			l.at = min(len(l.s), l.at+len(line)+1)
			if strings.Trim(line, "\t\r") == end {
				break
			}
		}
	}
	l.script.ends = nil
}

// literalQuote reads the mark, which was just passed, as a letter where a session has
// it in a word and no second one follows: "don't".
func (l *lexer) literalQuote(mark rune, text *strings.Builder) bool {
	if l.script == nil || l.script.bared == mostBared {
		return false
	}
	line, _, _ := strings.Cut(l.rest()[:min(most, len(l.rest()))], "\n")
	inWord := l.at > 1 && isNameByte(l.s[l.at-2])
	closed := strings.ContainsRune(line, mark)
	if closed || !inWord && strings.ContainsRune(l.rest(), mark) {
		return false
	}
	l.script.bared++
	text.WriteRune(mark)
	return true
}

// expansion is a variable as it stands behind a $, with what holds where it is not
// set.
var expansion = regexp.MustCompile("^(?:([A-Za-z_][A-Za-z0-9_]*|[0-9@*])|\\{([A-Za-z_][A-Za-z0-9_]*|[0-9]+)(?::?[-=]([^$`\"'\\\\]*|\"[^$`\"\\\\]*\"|'[^']*'))?\\})$")

// fill writes the value of a variable, and returns whether it is known.
func (s *scriptLexer) fill(what string, w *token, text *strings.Builder, quoted bool) bool {
	if len(what) > most {
		return false
	}
	m := expansion.FindStringSubmatch(what)
	if m == nil {
		return false
	}
	name := m[1] + m[2]
	value, ok := s.vars[name]
	if (!ok || value == "") && m[3] != "" {
		value, ok = strings.Trim(m[3], `"'`), true
	}
	if !ok || text.Len()+len(value) > most {
		if w.missing == "" {
			w.missing = name
		}
		return false
	}
	if !quoted {
		value = strings.Join(strings.Fields(value), between)
	}
	text.WriteString(value)
	return true
}

// lexScript takes a text apart with the variables that are set, which set may change
// between two commands: it is called with the words of each and what ends them.
func lexScript(text string, vars map[string]string, each func(words []token, end token) bool) {
	l := &lexer{s: text, script: &scriptLexer{vars: vars}}
	var words []token
	for l.at < len(text) {
		l.out = l.out[:0]
		l.next()
		for _, t := range l.out {
			if t.op == "" && (t.quoted || t.text != "{" && t.text != "}") {
				words = append(words, separated(t)...)
				continue
			}
			if t.op == "" {
				t.op = t.text
			}
			if t.op == ">" {
				continue
			}
			if !each(words, t) {
				return
			}
			words = nil
		}
	}
	each(words, token{op: "\n", from: len(text), to: len(text)})
}

// separated are the words that one with the values of variables makes.
func separated(w token) []token {
	if w.text == "" && !w.quoted && w.flaw == "" {
		return nil
	}
	if !strings.Contains(w.text, between) {
		return []token{w}
	}
	var out []token
	for part := range strings.SplitSeq(w.text, between) {
		t := w
		t.text = part
		out = append(out, t)
	}
	return out
}
