package command

import (
	"cmp"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"culvert/tunnels"
)

// Kind is what a piece of the text was taken for.
type Kind string

// The kinds.
const (
	KindTarget    Kind = "target"
	KindPort      Kind = "port"
	KindNamespace Kind = "namespace"
	KindContext   Kind = "context"
	KindAddress   Kind = "address"
	KindName      Kind = "name"
	KindProgram   Kind = "program"
	KindFlag      Kind = "flag" // understood, without effect here
	KindUnknown   Kind = "unknown"
)

// Piece is a part of the text that means one thing.
type Piece struct {
	Kind Kind
	// Text is the value without quotation marks; of a KindFlag or KindUnknown flag
	// its name alone, and nothing of what is not to be repeated.
	Text     string
	From, To int   // bytes of the text; of a flag with the value that follows it
	Err      error // *tunnels.Error, or nil
}

// Parsed is what a text says of a tunnel.
type Parsed struct {
	Target   tunnels.Target // Kind is "" while none is named; Context and Namespace are empty where not named
	Mappings []tunnels.Mapping
	Listen   []string // as Spec.Listen
	Name     string
	Program  string   // "kubectl", "oc", "culvert", or "" for a quick line
	Pieces   []Piece  // in the order of the text, none over another
	Warnings []string // whole sentences
}

// most is how long a text may be, in bytes.
const most = 8 << 10

// Parse reads a quick line or the command line of a program, see the package's
// documentation. err is the error of the first piece that has one, an
// *tunnels.Error; what was understood before and after it is in Parsed all the
// same. A line without target or ports is no error.
func Parse(text string) (Parsed, error) {
	if len(text) > most {
		return Parsed{}, wrong("command", "Paste the line of the port-forward alone.", "the text is longer than %d bytes", most)
	}
	if !utf8.ValidString(text) {
		return Parsed{}, wrong("command", "Copy it again, or type it.", "the text is not UTF-8")
	}
	r := &reader{end: len(strings.TrimRight(text, " \t\r\n")), text: text}
	r.read()
	slices.SortStableFunc(r.out.Pieces, func(a, b Piece) int { return cmp.Compare(a.From, b.From) })
	var first error
	for i, p := range r.out.Pieces {
		if i > 0 { // a redirection may stand between a flag and its value
			before := &r.out.Pieces[i-1]
			before.To = min(before.To, p.From)
		}
		if first == nil {
			first = p.Err
		}
	}
	return r.out, first
}

// reader fills in what a text says.
type reader struct {
	text string
	end  int // of the text, without blanks
	out  Parsed
	// local and floating are the mappings that are taken, for finding one that wants
	// the same.
	local    map[tunnels.LocalPort]string
	floating map[tunnels.Mapping]bool
}

func (r *reader) read() {
	start := promptLen(r.text)
	if start > 0 {
		shown := strings.TrimRight(r.text[:start], " \t")
		r.piece(Piece{Kind: KindFlag, From: 0, To: len(shown)})
	}
	commands := r.split(lex(r.text, start))
	if len(commands) == 0 {
		return
	}
	chosen := max(0, slices.IndexFunc(commands, func(words []token) bool { return r.programAt(words) >= 0 }))
	for i, words := range commands {
		if i == chosen {
			r.command(words)
			continue
		}
		r.piece(Piece{
			Kind: KindUnknown, From: words[0].from, To: words[len(words)-1].to,
			Err: wrong("command", "Leave one port-forward.", "one command is read here, and this is another"),
		})
	}
}

// split returns the words of each command; what stands between and behind them is
// without effect.
func (r *reader) split(tokens []token) [][]token {
	var commands [][]token
	var words []token
	for _, t := range tokens {
		switch t.op {
		case "":
			words = append(words, t)
			continue
		case ">", "#":
			r.piece(Piece{Kind: KindFlag, Text: t.op, From: t.from, To: t.to})
			continue
		case "\n":
		default:
			r.piece(Piece{Kind: KindFlag, Text: t.op, From: t.from, To: t.to})
		}
		if len(words) > 0 {
			commands = append(commands, words)
		}
		words = nil
	}
	if len(words) > 0 {
		commands = append(commands, words)
	}
	return commands
}

func (r *reader) piece(p Piece) { r.out.Pieces = append(r.out.Pieces, p) }

// maxWarnings is how many warnings there are of one text, and a last one after them.
const maxWarnings = 12

func (r *reader) warn(format string, args ...any) {
	s := fmt.Sprintf(format, args...)
	switch n := len(r.out.Warnings); {
	case slices.Contains(r.out.Warnings, s) || n > maxWarnings:
		return
	case n == maxWarnings:
		s = "More of the text has no effect here."
	}
	r.out.Warnings = append(r.out.Warnings, s)
}

// take adds a piece with the value of w, unless w has none that may be used; ok says
// whether it has.
func (r *reader) take(kind Kind, w token, value string, err error) bool {
	p := Piece{Kind: kind, Text: value, From: w.from, To: w.to, Err: err}
	if err := usable(w, value); err != nil {
		p.Text, p.Err = "", err
	}
	if w.pattern && p.Err == nil {
		r.warn("A pattern with *, ? or [ is taken as it stands: no files are looked for.")
	}
	r.piece(p)
	return p.Err == nil
}

// usable returns nil when the value of w means what it says, and may be repeated.
func usable(w token, value string) error {
	switch w.flaw {
	case filledIn:
		return wrong("command", "Write the value itself.", "a variable or another command is filled in by a shell, and none runs here")
	case unclosed:
		return wrong("command", "Add the quotation mark at the end of the value.", "a quotation mark is not closed")
	case parentheses:
		return wrong("command", "Put the value in quotation marks, as 'selector/app in (web,api)'.", "parentheses mean something else to a shell")
	case placeholder:
		return wrong("command", "Write the name in its place.", "this stands for a name")
	}
	if Secret(value) {
		return wrong("command", "Remove it from the text. Signing in is done with the context.", "this looks like a token or password")
	}
	return nil
}

// passwordInURL is how an address names a user with the password.
var passwordInURL = regexp.MustCompile(`://[^/\s:@]*:[^/\s]+@`)

// Secret says whether a value looks like a token, which is a JWT or one of
// OpenShift's, or like an address with a password.
func Secret(s string) bool {
	if passwordInURL.MatchString(s) {
		return true
	}
	s = s[strings.LastIndexByte(s, '/')+1:]
	return len(s) > 20 && strings.HasPrefix(s, "eyJ") || strings.HasPrefix(s, "sha256~")
}

// wrong returns the error of something that cannot be.
func wrong(op, hint, format string, args ...any) *tunnels.Error {
	return &tunnels.Error{Op: op, Err: fmt.Errorf(format, args...), Hint: hint, Cause: tunnels.CauseInvalid, Permanent: true}
}

// known returns err, nil for an *tunnels.Error of a package that says it to users.
func known(err error) error {
	var e *tunnels.Error
	if err == nil || errors.As(err, &e) {
		return err
	}
	return tunnels.AsError(err)
}
