package ui

import (
	"regexp"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"fyne.io/fyne/v2/lang"
)

// said gives a text of the engine in the window's language: a sentence with or without
// its capital and full stop, several of them, or one behind what it is about and a colon.
// What the engine did not make itself, as the words of an API server, stays as it is, and so
// does what is longer than all that the engine says: the time that it takes grows faster than
// its length.
func said(text string) string {
	if len(text) > saidLongest {
		return text
	}
	if s, ok := saidBefore.recall(text); ok {
		return s
	}
	s, _ := rendered(text)
	saidBefore.keep(text, s)
	return s
}

// saidBefore is what said has given lately: the same few texts stand in many rows and are drawn
// again and again, and an unknown one is compared with each template.
var saidBefore phrasebook

// phrasebook keeps texts, in the window's language of the time.
type phrasebook struct {
	mu    sync.Mutex
	texts map[string]string
}

// saidLongest is the most bytes of a text that is looked at.
const saidLongest = 2 << 10

// toldMost is how many texts a phrasebook holds at most.
const toldMost = 256

func (m *phrasebook) recall(text string) (string, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	s, ok := m.texts[text]
	return s, ok
}

// keep keeps what a text became. One that is full begins anew.
func (m *phrasebook) keep(text, became string) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.texts == nil || len(m.texts) >= toldMost {
		m.texts = make(map[string]string)
	}
	m.texts[text] = became
}

// forget is for when the language changes.
func (m *phrasebook) forget() {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.texts = nil
}

// saidConsent gives what an imported context does, line by line, in the window's language.
func saidConsent(text string) string {
	lines := strings.Split(text, "\n")
	for i, line := range lines {
		bare := strings.TrimLeft(line, " ")
		s, _ := filled(consentTemplates(), bare, true)
		lines[i] = line[:len(line)-len(bare)] + s
	}
	return strings.Join(lines, "\n")
}

// rendered is said, and whether some of the text is the engine's.
func rendered(text string) (string, bool) {
	if s, ok := filled(engineTemplates(), text, false); ok {
		return s, true
	}
	if first, rest, ok := cutSentence(text); ok {
		a, known := rendered(first)
		b, too := rendered(rest)
		if known || too {
			return joined(a, b), true
		}
	} else if s, ok := renderedBare(text); ok {
		return s, true
	} else if s, ok := renderedBehind(text); ok {
		return s, true
	}
	return filled(engineTemplates(), text, true)
}

// renderedBare renders a sentence that has got a full stop, and perhaps a capital, since the
// engine made its text.
func renderedBare(text string) (string, bool) {
	bare, ok := strings.CutSuffix(text, ".")
	if !ok || bare == "" {
		return "", false
	}
	if s, ok := filled(engineTemplates(), bare, false); ok {
		return withStop(s, bare), true
	}
	if bare[0] < 'A' || bare[0] > 'Z' {
		return "", false
	}
	small := strings.ToLower(bare[:1]) + bare[1:]
	s, ok := filled(engineTemplates(), small, false)
	if !ok {
		return "", false
	}
	s = withStop(s, small)
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:], true
}

// withStop ends a sentence as the language does in which it says the English one.
func withStop(s, english string) string {
	if last, _ := utf8.DecodeLastRuneInString(s); s != english && unicode.Is(unicode.Han, last) {
		return s + "。"
	}
	return s + "."
}

// renderedBehind renders a text behind what it is about, as "read settings.yaml: it is broken".
func renderedBehind(text string) (string, bool) {
	about, why, ok := strings.Cut(text, ": ")
	if !ok || about == "" || why == "" {
		return "", false
	}
	reason, known := rendered(why)
	op, too := filled(engineTemplates(), about, false)
	switch {
	case !known && !too:
		return "", false
	case !too:
		op = saidOp(about)
	}
	return lang.L("{{.About}}: {{.Why}}", vars{"About": op, "Why": reason}), true
}

// saidOp gives what an error of the engine is about in the window's language.
func saidOp(op string) string {
	s, _ := filled(opTemplates(), op, false)
	return s
}

// cutSentence cuts a text behind its first sentence, and leaves out the space there.
func cutSentence(text string) (first, rest string, ok bool) {
	for i := range len(text) - 2 {
		if text[i+1] != ' ' || !strings.ContainsRune(".?!", rune(text[i])) {
			continue
		}
		if next, _ := utf8.DecodeRuneInString(text[i+2:]); unicode.IsUpper(next) || next == '`' {
			return text[:i+1], text[i+2:], true
		}
	}
	return text, "", false
}

// filled gives a text as the first of the templates that it has says it; those with a
// colon in a value come last, since what stands before a colon has a template of its own
// as a rule. Unless long is true, no value is longer than a sentence.
func filled(templates []template, text string, long bool) (string, bool) {
	var found template
	var values vars
	for _, t := range templates {
		v, ok := t.match(text)
		if !ok || !long && severalSentences(v) {
			continue
		}
		plain := !hasColon(v)
		if plain || values == nil {
			found, values = t, v
		}
		if plain {
			break
		}
	}
	if values == nil {
		return text, false
	}
	for name, value := range values {
		switch {
		case strings.HasPrefix(name, valueWhy):
			values[name] = said(value.(string)) // it is shorter than text: a template has words of its own
		case name == valueRights:
			values[name] = listed(rightsApart.Split(value.(string), -1))
		}
	}
	return lang.L(found.text, values), true
}

// hasColon says whether a value that is no text of the engine has a colon and a space.
func hasColon(values vars) bool {
	for name, value := range values {
		if !strings.HasPrefix(name, valueWhy) && strings.Contains(value.(string), ": ") {
			return true
		}
	}
	return false
}

func severalSentences(values vars) bool {
	for _, value := range values {
		if _, _, several := cutSentence(value.(string)); several {
			return true
		}
	}
	return false
}

// valueWhy begins the names of values that are texts of the engine themselves.
const valueWhy = "Why"

// valueRights is the name of a value that lists rights, as "get pods and not watch pods, and
// you may not get services".
const valueRights = "Rights"

var rightsApart = regexp.MustCompile(`, and you may not | and not `)

var (
	// engineTemplates are those of what the engine says.
	engineTemplates = sync.OnceValue(func() []template { return templatesOf(allEngineTexts()) })
	// opTemplates are those of what errors are about.
	opTemplates = sync.OnceValue(func() []template { return templatesOf(engineTextsOfOps()) })
	// consentTemplates are those of what an imported context does.
	consentTemplates = sync.OnceValue(func() []template { return templatesOf(engineTextsOfConsents()) })
)

// templatesOf returns templates, those with the most words of their own first.
func templatesOf(texts []string) []template {
	out := make([]template, 0, len(texts))
	for _, s := range texts {
		out = append(out, newTemplate(s))
	}
	slices.SortStableFunc(out, func(a, b template) int { return b.own() - a.own() })
	return out
}

// template is a text with values in it, as "{{.A}} is not ready".
type template struct {
	text  string
	words []string // between the values, before the first and after the last
	names []string // of the values, one less than words
}

func newTemplate(text string) template {
	t := template{text: text}
	for rest := text; ; {
		before, after, ok := strings.Cut(rest, "{{.")
		t.words = append(t.words, before)
		if !ok {
			return t
		}
		var name string
		name, rest, _ = strings.Cut(after, "}}")
		t.names = append(t.names, name)
	}
}

// own is how many bytes a template has beside its values.
func (t template) own() int { return len(strings.Join(t.words, "")) }

// match takes the values out of a text. Each but the last ends where the words
// behind it come first; none is empty.
func (t template) match(text string) (vars, bool) {
	if len(t.names) == 0 {
		return vars{}, text == t.text
	}
	rest, ok := strings.CutPrefix(text, t.words[0])
	if !ok || !strings.HasSuffix(rest, t.words[len(t.names)]) {
		return nil, false
	}
	values := vars{}
	for i, name := range t.names {
		words, end := t.words[i+1], len(rest)
		switch {
		case i == len(t.names)-1:
			if !strings.HasSuffix(rest, words) {
				return nil, false
			}
			end -= len(words)
		case words != "":
			end = strings.Index(rest, words)
		}
		if end <= 0 {
			return nil, false
		}
		values[name] = rest[:end]
		rest = rest[end+len(words):]
	}
	return values, rest == ""
}
