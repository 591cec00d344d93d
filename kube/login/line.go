package login

import (
	"errors"
	"fmt"
	"regexp"
	"strings"

	"culvert/tunnels"
)

// maxLine bounds a pasted text, in bytes. Tokens with many groups have some
// kilobytes.
const maxLine = 64 << 10

// Line is what a pasted `oc login` line says. Fields that it does not name are
// empty.
type Line struct {
	Server         string // as [ParseServer] returns it
	Token          string
	User, Password string
	CAFile         string // --certificate-authority
	Namespace      string
}

// String returns l without its secrets.
func (l Line) String() string {
	l.Token, l.Password = "", ""
	return l.Command()
}

// Command returns a line that [ParseLine] reads as l, with the secrets.
func (l Line) Command() string {
	out := "oc login"
	for _, f := range []struct{ flag, value string }{
		{"--server", l.Server},
		{"--token", l.Token},
		{"--username", l.User},
		{"--password", l.Password},
		{"--certificate-authority", l.CAFile},
		{"--namespace", l.Namespace},
	} {
		if f.value != "" {
			out += " " + f.flag + "='" + strings.ReplaceAll(f.value, "'", `'\''`) + "'"
		}
	}
	return out
}

// command is where the line begins; what is before it is a prompt.
var command = regexp.MustCompile(`(?:^|[\s/\\$#>%])oc(?:\.exe)?(?:[ \t]|\\\r?\n)+login(?:\s|\\\r?\n|$)`)

// ParseLine reads a pasted `oc login` line the way a shell takes it apart, but
// expands and runs nothing. A prompt before it, continued lines, and prose on
// the lines after it are left out. A token or server that a narrow terminal has
// broken is put together again where there is only one way to do that. The
// error is an *tunnels.Error that holds no secret.
func ParseLine(text string) (Line, error) {
	if len(text) > maxLine {
		return Line{}, badLine("it is far too long", "Paste only the line that begins with `oc login`.")
	}
	at := command.FindStringIndex(text)
	if at == nil {
		return Line{}, badLine("it has no `oc login`",
			"Copy the whole line that begins with `oc login`, as OpenShift's console shows it under \"Copy login command\".")
	}
	pieces, rest := split(text[at[1]:])
	p := reader{pieces: pieces, rest: rest}
	if err := p.read(); err != nil {
		return Line{}, err
	}
	return p.line, p.check()
}

// flags are those that say something about the sign-in, by all their spellings,
// with the field that they fill.
func (r *reader) field(flag string) *string {
	switch flag {
	case "--token":
		return &r.line.Token
	case "--server", "-s":
		return &r.line.Server
	case "--username", "-u":
		return &r.line.User
	case "--password", "-p":
		return &r.line.Password
	case "--certificate-authority":
		return &r.line.CAFile
	case "--namespace", "-n":
		return &r.line.Namespace
	}
	return nil
}

// reader puts the pieces of a line into their places.
type reader struct {
	pieces []piece
	rest   error // what is wrong with what follows them; nil for nothing
	at     int
	line   Line
	bare   []string // words that are no flags and belong to none
}

func (r *reader) read() error {
	for r.at < len(r.pieces) {
		p := r.pieces[r.at]
		switch {
		case p.newLine && r.complete() && r.prose():
			return nil
		case strings.HasPrefix(p.text, "-") && p.text != "-":
			if err := r.flag(); err != nil {
				return err
			}
		default:
			r.at++
			r.bare = append(r.bare, r.grow(p.text, &r.line.Server))
		}
	}
	return r.rest
}

// complete tells whether a shell could run what was read so far.
func (r *reader) complete() bool {
	return (r.line.Server != "" || len(r.bare) == 1) && (r.line.User != "" || whole(r.line.Token))
}

// prose tells whether the line that begins here is no part of a command: two
// words in a row that are no flags.
func (r *reader) prose() bool {
	if r.at+1 >= len(r.pieces) {
		return false
	}
	first, second := r.pieces[r.at], r.pieces[r.at+1]
	return !second.newLine && !strings.HasPrefix(first.text, "-") && !strings.HasPrefix(second.text, "-")
}

func (r *reader) flag() error {
	p := r.pieces[r.at]
	r.at++
	name, value, has := strings.Cut(p.text, "=")
	if short := name; !has && len(short) > 2 && short[1] != '-' { // as -ukim
		if f := r.field(short[:2]); f != nil {
			name, value, has = short[:2], short[2:], true
		}
	}
	switch name {
	case "--insecure-skip-tls-verify":
		if value == "false" {
			return nil
		}
		return badLine("it asks for --insecure-skip-tls-verify, which Culvert never does",
			"Leave that out: Culvert shows the certificate's fingerprint instead, and trusts it once you have confirmed it.")
	case "--web", "-w":
		return badLine("it signs in through a browser",
			"Sign in there yourself and paste the line that OpenShift's console shows under \"Copy login command\".")
	}
	f := r.field(name)
	if f == nil {
		return badLine(fmt.Sprintf("its flag %s is not known", shown(flagName(name))), "Leave the flag out, or type server and user instead.")
	}
	if !has {
		if r.at >= len(r.pieces) {
			return badLine(fmt.Sprintf("its flag %s has no value", name), "Copy the whole line, to its end.")
		}
		value = r.pieces[r.at].text
		r.at++
	}
	if *f != "" {
		return badLine(fmt.Sprintf("its flag %s is there twice", name), "Leave one of them out.")
	}
	*f = r.grow(value, f)
	return nil
}

// flagName is a flag's name without what looks like the value of a mistyped one.
func flagName(s string) string {
	if len(s) > 30 {
		return s[:30] + "…"
	}
	return s
}

// grow puts together what a terminal has broken: it takes the pieces that can
// only be the rest of a token or a server.
func (r *reader) grow(value string, f *string) string {
	for r.at < len(r.pieces) {
		next := r.pieces[r.at]
		switch {
		case next.quoted || strings.HasPrefix(next.text, "--") || r.field(flagOf(next.text)) != nil:
			return value
		case f == &r.line.Token && !whole(value) && continuesToken(next):
		case f == &r.line.Server && next.newLine && continuesServer(value, next.text):
		default:
			return value
		}
		value += next.text
		r.at++
	}
	return value
}

func flagOf(text string) string {
	name, _, _ := strings.Cut(text, "=")
	return name
}

// check fills in the server, and refuses what cannot be used.
func (r *reader) check() error {
	l := &r.line
	switch {
	case len(r.bare) > 1, len(r.bare) == 1 && l.Server != "":
		return badLine("it has more words than `oc login` takes, perhaps because it is broken over several lines",
			"Put it on one line, without blanks in the token or the server, and paste it again.")
	case len(r.bare) == 1:
		l.Server = r.bare[0]
	}
	l.Token = strings.Join(strings.Fields(l.Token), "")
	l.Server = strings.Join(strings.Fields(l.Server), "")
	server, err := ParseServer(l.Server)
	switch {
	case l.Server == "":
		return badLine("it names no server", "Copy the whole line, with --server=https://….")
	case err != nil:
		return err
	case l.Token != "" && (l.User != "" || l.Password != ""):
		return badLine("it has a token and a user", "Leave out one of --token and --username.")
	case l.Token == "" && l.User == "":
		return badLine("it has neither a token nor a user", "Copy the whole line, with --token=… or --username=….")
	}
	l.Server = server
	if l.Token != "" {
		l.Token, err = ParseToken(l.Token)
		if err == nil && strings.HasPrefix(l.Token, hashed) && !whole(l.Token) {
			err = badLine("its token is not whole", "Copy the line to its end, and put it on one line.")
		}
	}
	return err
}

func badLine(why, hint string) *tunnels.Error {
	return &tunnels.Error{
		Op: "read the pasted line", Err: errors.New(why), Hint: hint,
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
}
