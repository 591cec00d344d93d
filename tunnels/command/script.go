package command

import (
	"slices"
	"strings"
	"time"

	"culvert/tunnels"
)

// Script is what a script, or the text of a terminal, has of tunnels.
type Script struct {
	Forwards []Forward
	// Ignored counts the commands that forward nothing.
	Ignored int
	// More says that there were more forwards than were asked for.
	More bool
}

// Forward is one port-forward of a script.
type Forward struct {
	Line int // of the script, from 1
	Parsed
	Via       tunnels.Via
	Policy    tunnels.Policy
	StopAfter time.Duration
	// Errs are what keeps it from being a tunnel, each an *tunnels.Error.
	Errs []error
}

// ReadScript reads at most limit port-forwards of a script. Nothing is run or looked
// up: a variable has the value that the script itself sets, where that is one. What
// stands in functions and loops is read once, as it stands.
func ReadScript(text string, limit int) Script {
	r := &scriptReader{limit: limit, vars: make(map[string]string), aliases: make(map[string][]token)}
	r.read(strings.ReplaceAll(strings.ToValidUTF8(text, "\uFFFD"), between, " "), 1, 0)
	return r.out
}

// scriptReader knows what a script has set up to where it is read.
type scriptReader struct {
	out     Script
	limit   int
	vars    map[string]string
	unsure  map[string]bool // variables that have more than one value
	aliases map[string][]token
	depth   int    // of what is carried out on conditions
	name    string // that a comment gives to the forward in the next line
	named   int    // the line of that comment

	context, namespace string // that the script has chosen for what follows
	elsewhere          bool   // it has set KUBECONFIG
}

// deepest is how many scripts may be in one another, as in sh -c "…".
const deepest = 3

// read reads a text that begins at a line of the script.
func (r *scriptReader) read(text string, line, nested int) {
	counted := 0
	lexScript(text, r.vars, func(words []token, end token) bool {
		reach := func(at int) {
			line += strings.Count(text[counted:at], "\n")
			counted = at
		}
		if len(words) > 0 {
			reach(words[0].from)
			r.words(text, words, end, line, nested)
		}
		switch end.op {
		case "#":
			reach(end.from)
			r.comment(text[end.from:end.to], line)
		case "{":
			r.depth++
		case "}":
			r.depth = max(0, r.depth-1)
		}
		return !r.out.More
	})
}

// nameMark is how a comment begins that names the tunnel below it.
const nameMark = "tunnel:"

// comment takes the name that a comment gives.
func (r *scriptReader) comment(text string, line int) {
	text = strings.TrimSpace(strings.TrimLeft(text, "# "))
	if name, ok := strings.CutPrefix(text, nameMark); ok && len(name) <= longest {
		r.name, r.named = strings.TrimSpace(printable(name)), line
	}
}

// words reads one command.
func (r *scriptReader) words(text string, words []token, end token, line, nested int) {
	if words[len(words)-1].to-words[0].from > most {
		r.out.Ignored++
		return
	}
	if end.op == "(" && len(words) == 1 && words[0].to == end.from {
		r.unset(strings.TrimSuffix(words[0].text, "=")) // a function, or an array
		return
	}
	words = r.keywords(words)
	if expanded, ok := r.alias(words); ok {
		words = expanded
	}
	words, settings := assignments(words)
	if len(words) == 0 {
		for _, w := range settings {
			r.assign(w)
		}
		return
	}
	f := Forward{Line: line}
	words = f.unwrap(words)
	if len(words) == 0 || r.builtin(words) {
		return
	}
	if nested < deepest && r.inner(words, line, nested) {
		return
	}
	at := programOfScript(text, words)
	if at < 0 || !r.forwards(words, at) {
		r.out.Ignored++
		return
	}
	if slices.ContainsFunc(settings, func(w token) bool { return assigned(w) == "KUBECONFIG" }) || r.elsewhere {
		f.Warnings = append(f.Warnings, "KUBECONFIG is not followed here: choose a context, or add that file to the contexts first.")
	}
	r.forward(f, text, words)
}

// forward reads the words of one port-forward.
func (r *scriptReader) forward(f Forward, text string, words []token) {
	if len(r.out.Forwards) == r.limit {
		r.out.More = true
		return
	}
	words = f.own(words)
	line, places := written(text, words)
	p, err := Parse(line)
	if len(p.Pieces) == 0 && err != nil {
		f.Errs = append(f.Errs, err)
	}
	for _, piece := range p.Pieces {
		if piece.Err == nil {
			continue
		}
		err := piece.Err
		for i, place := range places {
			if name := words[i].missing; name != "" && place[0] < piece.To && place[1] > piece.From {
				err = wrong("command", "Put its value in its place.", "it uses $%s, and what that is cannot be told from the script", name)
				break
			}
		}
		if !slices.ContainsFunc(f.Errs, func(e error) bool { return e.Error() == err.Error() }) {
			f.Errs = append(f.Errs, err)
		}
	}
	p.Warnings = append(f.Warnings, p.Warnings...)
	f.Parsed = p
	if p.Target.Context == "" {
		f.Target.Context = r.context
	}
	if p.Target.Namespace == "" && !slices.ContainsFunc(p.Pieces, func(pc Piece) bool { return pc.Kind == KindNamespace }) {
		f.Target.Namespace = r.namespace
	}
	if f.Name == "" && f.Line == r.named+1 {
		f.Name = r.name
	}
	r.name = ""
	r.out.Forwards = append(r.out.Forwards, f)
}

// written is the command in one line, with the place of each word in it. A word that
// only a shell could read stands as it was.
func written(text string, words []token) (line string, places [][2]int) {
	var b strings.Builder
	for i, w := range words {
		if i > 0 {
			b.WriteByte(' ')
		}
		from := b.Len()
		if w.flaw != "" && w.to <= len(text) {
			b.WriteString(text[w.from:w.to])
		} else {
			b.WriteString(quote(w.text))
		}
		places = append(places, [2]int{from, b.Len()})
	}
	return b.String(), places
}

// own takes the flags that one culvert writes and another reads.
func (f *Forward) own(words []token) []token {
	var rest []token
	for i := 0; i < len(words); i++ {
		name, value, given := strings.Cut(words[i].text, "=")
		if name != "--via" && name != "--policy" || words[i].flaw != "" || !given && i+1 == len(words) {
			rest = append(rest, words[i])
			continue
		}
		if !given {
			i++
			value = words[i].text
		}
		var err error
		if name == "--policy" {
			f.Policy, err = tunnels.ParsePolicy(value)
		} else if f.Via = tunnels.Via(value); !slices.Contains(tunnels.Vias[:], f.Via) && value != "" && value != "auto" {
			err = wrong("transport", "Use spdy, websocket or node, or none for the best one.", "this transport is unknown")
		} else if value == "auto" {
			f.Via = tunnels.ViaAuto
		}
		if err != nil {
			f.Errs = append(f.Errs, known(err))
			f.Via, f.Policy = tunnels.ViaAuto, tunnels.PolicySticky
		}
	}
	return rest
}
