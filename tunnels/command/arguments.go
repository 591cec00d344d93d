package command

import (
	"strings"

	"culvert/tunnels"
)

// arguments reads what stands behind the program, or a quick line.
func (r *reader) arguments(words []token, needVerb bool) {
	var places []token
	for i := 0; i < len(words); i++ {
		w := hyphenated(words[i])
		switch {
		case w.flaw == "" && (w.text == "-" || w.text == "--"): // no target and no port begins with a hyphen
			r.piece(Piece{Kind: KindFlag, Text: w.text, From: w.from, To: w.to})
		case len(w.text) < 2 || w.text[0] != '-':
			if needVerb {
				needVerb = false
				if used, goOn := r.verb(w); !goOn {
					r.ignore(words[i+1:])
					return
				} else if used {
					continue
				}
			}
			places = append(places, w)
		default:
			i = r.option(w, words, i, len(places), needVerb)
		}
	}
	r.positionals(places)
}

// hyphenated returns a word with hyphens where a word processor has made a dash of
// them.
func hyphenated(w token) token {
	bare := strings.TrimLeft(w.text, "-–—")
	if strings.HasPrefix(strings.TrimLeft(w.text, "-"), bare) {
		return w
	}
	name, _, _ := strings.Cut(bare, "=")
	if len(name) == 1 {
		w.text = "-" + bare
	} else {
		w.text = "--" + bare
	}
	return w
}

// ignore marks words that are not read.
func (r *reader) ignore(words []token) {
	for _, w := range words {
		r.piece(Piece{Kind: KindUnknown, From: w.from, To: w.to})
	}
}

// verb reads the first word behind a program. used is false when it is left to be
// read as something else, and goOn when there is no sense in reading on.
func (r *reader) verb(w token) (used, goOn bool) {
	name := "port-forward"
	if r.out.Program == culvert {
		name = "forward"
	}
	switch {
	case verb(w):
		r.take(KindProgram, w, w.text, nil)
		return true, true
	case w.flaw == "" && w.text != "" && w.to == r.end && strings.HasPrefix(name, w.text):
		r.piece(Piece{Kind: KindProgram, Text: w.text, From: w.from, To: w.to})
		return true, true
	case r.programOf(w) != "": // as in "minikube kubectl"
		r.take(KindProgram, w, r.programOf(w), nil)
		return true, true
	}
	e := wrong("command", "Write "+r.out.Program+" "+name+".", "only %s is read here", name)
	if typed(w) {
		r.warn("%s is missing behind %s.", name, r.out.Program)
		return false, true
	}
	r.piece(Piece{Kind: KindUnknown, From: w.from, To: w.to, Err: e})
	return true, false
}

// positionals reads targets and ports.
func (r *reader) positionals(words []token) {
	for i := 0; i < len(words); i++ {
		w := words[i]
		switch {
		case strings.Contains(w.text, "=") && !typed(w):
			r.take(KindUnknown, w, "", wrong("target", "Write selector/NAME=VALUE for pods by their labels.", "this is neither a target nor a port"))
		case i+1 < len(words) && isKind(w) && r.isNameBehind(w, words[i+1]):
			i++
			joined := w
			joined.text, joined.to = w.text+"/"+words[i].text, words[i].to
			if r.target(joined) {
				r.warn("%s %s is read as %s.", w.text, words[i].text, r.out.Target)
			}
		case portlike(w) || r.out.Target.Kind != "" && !typed(w):
			r.port(w)
		default:
			r.target(w)
		}
	}
}

// isKind says whether a word is a type without a name.
func isKind(w token) bool {
	if w.flaw != "" || w.quoted {
		return false
	}
	_, err := tunnels.ParseKind(w.text)
	return err == nil
}

// isNameBehind says whether w stands right behind a type and can be a name.
func (r *reader) isNameBehind(kind, w token) bool {
	return r.out.Target.Kind == "" && strings.TrimSpace(r.text[kind.to:w.from]) == "" &&
		w.flaw == "" && !portlike(w) && !strings.ContainsAny(w.text, "/=")
}

// longest is more than a type or the name of a port has.
const longest = 300

// target reads a target, and returns whether it is one.
func (r *reader) target(w token) bool {
	kind, name, typed := strings.Cut(w.text, "/")
	if w.flaw == "" && w.to == r.end && r.out.Target.Kind == "" && (typed && name == "" || !typed && isKind(w)) && len(kind) < longest {
		if _, err := tunnels.ParseKind(kind); err == nil { // the name is still to come
			r.piece(Piece{Kind: KindTarget, Text: w.text, From: w.from, To: w.to})
			return false
		}
	}
	t, err := tunnels.ParseTarget(w.text)
	switch {
	case len(kind) > longest:
		err = wrong("target", "Write it as svc/web, deploy/web or pod/web-1.", "this is too long for a target")
	case err == nil && r.out.Target.Kind != "":
		err = wrong("target", "Leave one of them, or make a tunnel of each.", "%s is a second target beside %s", t, r.out.Target)
	}
	if !r.take(KindTarget, w, w.text, known(err)) {
		return false
	}
	r.out.Target.Kind, r.out.Target.Name = t.Kind, t.Name
	return true
}

// port reads a mapping.
func (r *reader) port(w token) {
	if len(w.text) > longest {
		err := wrong("mapping", "Write LOCAL:REMOTE, as 6000:5000.", "this is too long for a port")
		r.take(KindPort, w, "", err)
		return
	}
	m, err := tunnels.ParseMapping(w.text)
	if err == nil {
		err = r.clash(m, w)
	}
	if !r.take(KindPort, w, w.text, known(err)) {
		return
	}
	r.out.Mappings = append(r.out.Mappings, m)
	if m.Local.Fixed() == 0 {
		r.floating[m] = true
		return
	}
	r.local[m.Local] = w.text
}

// clash returns the error of a mapping that wants what another one has, or nil.
func (r *reader) clash(m tunnels.Mapping, w token) error {
	if r.local == nil {
		r.local, r.floating = make(map[tunnels.LocalPort]string), make(map[tunnels.Mapping]bool)
	}
	other, taken := r.local[m.Local]
	if r.floating[m] {
		other, taken = w.text, true
	}
	if !taken {
		return nil
	}
	_, err := tunnels.ParseMappings([]string{other, w.text})
	return err
}
