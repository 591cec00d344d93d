package ui

import (
	"slices"
	"strings"
	"sync"

	"fyne.io/fyne/v2/lang"
)

// said gives a text of the engine in the window's language. What the engine did not
// make itself, as the words of an API server, stays as it is.
func said(text string) string {
	for _, t := range engineTemplates() {
		values, ok := t.match(text)
		if !ok {
			continue
		}
		if why, has := values[valueWhy]; has {
			values[valueWhy] = said(why.(string)) // it is shorter than text: a template has words of its own
		}
		return lang.L(t.text, values)
	}
	return text
}

// valueWhy is the value of a template that is a text of the engine itself.
const valueWhy = "Why"

// engineTemplates are [engineTexts], those with the most words of their own first.
var engineTemplates = sync.OnceValue(func() []template {
	texts := engineTexts()
	out := make([]template, 0, len(texts))
	for _, s := range texts {
		out = append(out, newTemplate(s))
	}
	slices.SortStableFunc(out, func(a, b template) int { return b.own() - a.own() })
	return out
})

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
	rest, ok := strings.CutPrefix(text, t.words[0])
	if !ok {
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
