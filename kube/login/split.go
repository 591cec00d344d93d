package login

import "strings"

// piece is a word of a command line.
type piece struct {
	text    string
	quoted  bool // some of it
	newLine bool // it is the first of its line
}

// split takes a text apart as a shell would, up to where that would begin
// another command or replace something; the error says so.
func split(text string) ([]piece, error) {
	var out []piece
	var word strings.Builder
	var p piece
	inWord, quote := false, byte(0)
	prompted := false // a prompt may stand here: a line has just begun
	end := func() {
		if inWord {
			p.text = word.String()
			out = append(out, p)
			p = piece{}
		}
		word.Reset()
		inWord = false
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		switch {
		case c == '\\' && quote != '\'':
			n := continued(text[i+1:])
			switch {
			case n > 0:
				i += n
				prompted = !inWord
			case i+1 == len(text):
				end()
			case quote == '"' && !strings.ContainsRune("\"\\$`", rune(text[i+1])):
				word.WriteByte(c)
			default:
				i++
				word.WriteByte(text[i])
				inWord = true
			}
		case quote == 0 && (c == '\'' || c == '"'):
			quote, inWord, p.quoted = c, true, true
		case quote == c && c != 0:
			quote = 0
		case quote != '\'' && (c == '`' || c == '$' && replaces(text[i+1:])):
			return out, badLine("it has a variable or another command in it, which only a shell replaces", "Paste the line with the values themselves.")
		case quote == 0 && strings.IndexByte(" \t\r\n", c) >= 0:
			end()
			p.newLine = p.newLine || c == '\n'
			prompted = prompted || c == '\n'
		case quote == 0 && c == '>' && prompted && !inWord:
			prompted = false
		case quote == 0 && (c == ';' || c == '|' || c == '&' || c == '<' || c == '>'):
			return out, badLine("another command follows in it", "Paste only `oc login` with its flags.")
		default:
			word.WriteByte(c)
			inWord, prompted = true, false
		}
	}
	if quote != 0 {
		return out, badLine("a quotation mark in it is not closed", "Copy the whole line, to its end.")
	}
	end()
	return out, nil
}

// continued returns how many bytes belong to the end of a line that a backslash
// continues; 0 when it does not. Blanks before the end are what copying adds.
func continued(rest string) int {
	n := len(rest) - len(strings.TrimLeft(rest, " \t\r"))
	if n < len(rest) && rest[n] == '\n' {
		return n + 1
	}
	return 0
}

// replaces tells whether a shell would replace a dollar sign before rest.
func replaces(rest string) bool {
	if rest == "" {
		return false
	}
	c := rest[0]
	return c == '(' || c == '{' || c == '_' || c >= '0' && c <= '9' || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z'
}
