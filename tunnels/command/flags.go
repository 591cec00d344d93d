package command

import (
	"regexp"
	"slices"
	"strings"
)

// does is what a flag does here.
type does uint8

const (
	nothing does = iota // and need not be mentioned
	elsewhere
	credential
	setsContext
	setsNamespace
	setsAddress
	setsName
	setsPod
	chosen // in the window
	lost
)

// flag is what is known of a flag.
type flag struct {
	does does
	bare bool // takes no value, or one after = alone
}

// flags are those of kubectl, of oc and of culvert, by their long names.
var flags = map[string]flag{
	"context": {does: setsContext}, "namespace": {does: setsNamespace}, "address": {does: setsAddress}, "name": {does: setsName},
	"pod": {does: setsPod},

	"token": {does: credential}, "password": {does: credential}, "client-key": {does: credential},

	"kubeconfig": {does: elsewhere}, "config": {does: elsewhere}, "server": {does: elsewhere}, "cluster": {does: elsewhere}, "user": {does: elsewhere},
	"as": {does: elsewhere}, "as-group": {does: elsewhere}, "as-uid": {does: elsewhere}, "as-user-extra": {does: elsewhere}, "username": {does: elsewhere},
	"certificate-authority": {does: elsewhere}, "client-certificate": {does: elsewhere}, "tls-server-name": {does: elsewhere},
	"insecure-skip-tls-verify": {does: elsewhere, bare: true}, "kuberc": {},

	"via": {does: chosen}, "policy": {does: chosen}, "output": {},

	"pod-running-timeout": {}, "request-timeout": {}, "cache-dir": {}, "v": {}, "vmodule": {}, "loglevel": {}, "log-flush-frequency": {},
	"profile": {}, "profile-output": {}, "help": {bare: true}, "disable-compression": {bare: true},
	"match-server-version": {bare: true}, "warnings-as-errors": {bare: true}, "logtostderr": {bare: true}, "alsologtostderr": {bare: true},

	"all-namespaces": {does: lost, bare: true}, "watch": {does: lost, bare: true}, "quiet": {does: lost, bare: true}, "verbose": {does: lost, bare: true},
}

// shorts are the long names of the flags of one letter.
var shorts = map[byte]string{
	'n': "namespace", 's': "server", 'v': "v", 'h': "help", 'o': "output", 'p': "pod", 'A': "all-namespaces", 'w': "watch", 'q': "quiet",
}

// option is a flag as it stands in the text.
type option struct {
	token         // of the flag, with that of its value once that has been taken
	shown string  // its name with its hyphens, as far as it may be repeated
	name  string  // the long name
	value *string // nil if none was given
	flag  flag
	known bool
	once  bool // a long name behind a single hyphen
}

// flagName is the name of a flag that may be repeated in a sentence.
var flagName = regexp.MustCompile(`^[A-Za-z][A-Za-z0-9-]{0,39}$`)

// optionOf reads a word that begins with a hyphen.
func optionOf(w token) option {
	o := option{token: w}
	long, isLong := strings.CutPrefix(w.text, "--")
	if !isLong {
		long = w.text[1:]
	}
	name, value, given := strings.Cut(long, "=")
	_, misspelt := flags[name]
	switch {
	case isLong || misspelt && len(name) > 1:
		o.name, o.once = name, !isLong
		if given {
			o.value = &value
		}
	default:
		o.short(long)
	}
	o.flag, o.known = flags[o.name]
	if o.shown == "" && flagName.MatchString(o.name) {
		o.shown = "--" + o.name
	}
	if !o.known && sensitive(o.name) {
		o.flag, o.known = flag{does: credential}, true
	}
	return o
}

// short reads the text behind a single hyphen.
func (o *option) short(s string) {
	o.name = shorts[s[0]]
	if s[0] < 0x80 && isNameByte(s[0]) {
		o.shown = "-" + s[:1]
	}
	if rest := s[1:]; rest != "" {
		rest = strings.TrimPrefix(rest, "=")
		o.value = &rest
	}
}

// sensitive says whether a flag that is not known seems to take a secret.
func sensitive(name string) bool {
	name = strings.ToLower(name)
	return slices.ContainsFunc([]string{"tok", "pass", "pwd", "secret", "key", "auth", "cred", "bearer"}, func(part string) bool {
		return strings.Contains(name, part)
	})
}

// option reads the flag w, which stands at words[i], and the value behind it; it returns the index
// of the last word that it took.
func (r *reader) option(w token, words []token, i int, positionals int, needVerb bool) int {
	o := optionOf(w)
	takes := o.value == nil && !o.flag.bare
	if !o.known {
		takes = takes && followed(words, i, positionals, needVerb)
	}
	if takes && i+1 < len(words) && !missing(o, words[i+1]) {
		i++
		w := words[i]
		o.value = &w.text
		o.to, o.pattern = w.to, o.pattern || w.pattern
		if o.flaw == "" {
			o.flaw = w.flaw
		}
	}
	r.apply(o)
	return i
}

// missing says whether next is a flag of its own instead of the value of o.
func missing(o option, next token) bool {
	if o.flag.does != credential {
		return !next.quoted && strings.HasPrefix(next.text, "-")
	}
	name, ok := strings.CutPrefix(next.text, "--")
	_, isFlag := flags[name]
	return ok && isFlag
}

// followed says whether the word behind an unknown flag is its value: one that is
// neither port nor target, when another word can be the target.
func followed(words []token, i, positionals int, needVerb bool) bool {
	if i+1 == len(words) {
		return false
	}
	next := words[i+1]
	if strings.HasPrefix(next.text, "-") || portlike(next) || typed(next) || needVerb && verb(next) {
		return false
	}
	if positionals > 0 || slices.ContainsFunc(words, typed) {
		return true
	}
	return i+2 < len(words) && !strings.HasPrefix(words[i+2].text, "-") && !portlike(words[i+2])
}

// apply does what a flag says.
func (r *reader) apply(o option) {
	if o.once {
		r.piece(Piece{
			Kind: KindUnknown, Text: o.shown, From: o.from, To: o.to,
			Err: wrong("command", "Write it as "+o.shown+".", "-%s has one hyphen too few", o.name),
		})
		return
	}
	kind := KindFlag
	switch o.flag.does {
	case setsContext, setsNamespace, setsAddress, setsName, setsPod:
		r.set(o)
		return
	case credential:
		r.warn("%s is dropped: secrets are not kept, and signing in is done with the context.", o.called())
	case elsewhere:
		r.elsewhere(o)
	case chosen:
		r.warn("%s is not read here: choose it for the tunnel.", o.called())
	case lost:
		r.warn("%s has no effect here.", o.called())
	case nothing:
		if !o.known && !r.unfinished(o) {
			kind = KindUnknown
			r.warn("%s is not known and is left out.", o.called())
		}
	}
	r.piece(Piece{Kind: kind, Text: o.shown, From: o.from, To: o.to})
}

// called is how a sentence begins that is about the flag.
func (o option) called() string {
	if o.shown == "" {
		return "A flag"
	}
	return o.shown
}

// elsewhere warns of a flag that would lead to another cluster or user.
func (r *reader) elsewhere(o option) {
	switch o.name {
	case "kubeconfig", "config":
		r.warn("%s is not followed here: choose a context, or add that file to the contexts first.", o.called())
	case "server", "cluster":
		r.warn("%s is not followed here: choose the context of that cluster, or add one first.", o.called())
	case "user", "as", "as-group", "as-uid", "as-user-extra", "username", "client-certificate":
		r.warn("%s is not followed here: choose a context that signs in as that user.", o.called())
	case "insecure-skip-tls-verify":
		if o.value == nil || *o.value != "false" {
			r.warn("%s is not followed here: the context says how the cluster is trusted.", o.called())
		}
	default:
		r.warn("%s is not followed here: the context says how the cluster is trusted.", o.called())
	}
}

// unfinished says whether a flag ends the text and may become one that is known.
func (r *reader) unfinished(o option) bool {
	if o.to != r.end || o.value != nil || !strings.HasPrefix(o.text, "-") {
		return false
	}
	for name := range flags {
		if strings.HasPrefix("--"+name, o.text) {
			return true
		}
	}
	return false
}
