package command

import (
	"regexp"
	"slices"
	"strings"

	"culvert/tunnels"
)

// prompt is what a shell shows in front of a command: "$ ", "user@host:~/dir$ ",
// "[user@host dir]# ", "PS C:\dir> ", "C:\dir>".
var prompt = regexp.MustCompile(`^\s*(?:(?:\[[^\]\n]*\]|PS [^>\n]*|[^\s'"]*[@:~][^\s'"]*)?[$#%>❯]\s+|[A-Za-z]:\\[^>\n]*>\s*)`)

func promptLen(text string) int { return len(prompt.FindString(text)) }

// programs are the names under which the programs are called.
var programs = map[string]string{
	"kubectl": kubectl, "k": kubectl, "kubecolor": kubectl, "oc": oc, "culvert": culvert,
}

// before are words that may stand before a program and change nothing of what it
// does, with a warning where somebody could expect more of them.
var before = map[string]string{
	"nohup": "", "exec": "", "command": "", "env": "", "time": "", "nice": "", "setsid": "", "stdbuf": "", "winpty": "",
	"do": "", "then": "", "while": "", "until": "", "{": "", "!": "", "microk8s": "", "minikube": "", "k3s": "", "k0s": "",
	"sudo":    "sudo has no effect here: a tunnel runs with your own rights.",
	"doas":    "doas has no effect here: a tunnel runs with your own rights.",
	"watch":   "watch is not needed: a tunnel is kept until it is stopped.",
	"timeout": "timeout has no effect here: set the time after which the tunnel stops by itself.",
}

// programOf returns the program that a word calls, or nothing.
func (r *reader) programOf(w token) string {
	if w.flaw != "" {
		return ""
	}
	path := w.text
	if !w.quoted {
		path = r.text[w.from:w.to] // with the backslashes of Windows
	}
	name := strings.ToLower(path[strings.LastIndexAny(path, `/\`)+1:])
	return programs[strings.TrimSuffix(name, ".exe")]
}

// verb says whether a word is what makes a program forward ports.
func verb(w token) bool { return w.text == "port-forward" || w.text == "forward" }

// programAt returns the index of the word that calls a program, or -1 for a quick
// line.
func (r *reader) programAt(words []token) int {
	first := 0
	for first < len(words) && assigned(words[first]) != "" {
		first++
	}
	if first == len(words) {
		return -1
	}
	w := words[first]
	if program := r.programOf(w); program != "" && !typed(w) {
		short := len(w.text) <= 2 // as well a pod's name
		if !short || first+1 == len(words) || !portlike(words[first+1]) {
			return first
		}
	}
	if strings.HasPrefix(w.text, "-") || portlike(w) || typed(w) {
		return -1
	}
	for i := first + 1; i < len(words); i++ {
		if r.programOf(words[i]) != "" && slices.ContainsFunc(words[i+1:], verb) {
			return i
		}
	}
	return -1
}

// assignment is a variable that a shell sets for one command.
var assignment = regexp.MustCompile(`^([A-Za-z_][A-Za-z0-9_]*)=`)

// assigned returns the name of the variable that a word sets, or nothing.
func assigned(w token) string {
	if m := assignment.FindStringSubmatch(w.text); m != nil {
		return m[1]
	}
	return ""
}

// portlike says whether a word can be nothing but a mapping.
func portlike(w token) bool {
	return w.flaw == "" && w.text != "" && (strings.Trim(w.text, "0123456789") == "" || strings.Contains(w.text, ":") && !strings.ContainsAny(w.text, `/\`))
}

// typed says whether a word is a target with its type.
func typed(w token) bool {
	if w.flaw != "" {
		return false
	}
	kind, _, ok := strings.Cut(w.text, "/")
	if !ok {
		return false
	}
	_, err := tunnels.ParseKind(kind)
	return err == nil
}

// command reads one command.
func (r *reader) command(words []token) {
	at := r.programAt(words)
	if at < 0 {
		n := 0 // a small name is rather a label than a variable
		for n < len(words) && assigned(words[n]) != "" && assigned(words[n]) == strings.ToUpper(assigned(words[n])) {
			n++
		}
		r.front(words[:n])
		r.arguments(words[n:], startsWithVerb(words[n:]))
		return
	}
	r.front(words[:at])
	r.out.Program = r.programOf(words[at])
	r.take(KindProgram, words[at], r.out.Program, nil)
	r.arguments(words[at+1:], true)
}

// startsWithVerb says whether a command lacks nothing but its program.
func startsWithVerb(words []token) bool {
	return len(words) > 1 && words[0].text == "port-forward" && !portlike(words[1])
}

// front passes over the words before a program.
func (r *reader) front(words []token) {
	known := false
	for _, w := range words {
		if name := assigned(w); name != "" {
			r.piece(Piece{Kind: KindFlag, Text: name, From: w.from, To: w.to})
			r.variable(name)
			continue
		}
		warning, ok := before[w.text]
		if ok && warning != "" {
			r.warn("%s", warning)
		}
		known = known || ok
		p := Piece{Kind: KindFlag, From: w.from, To: w.to}
		if ok {
			p.Text = w.text
		}
		if !known {
			p.Kind = KindUnknown
			p.Err = wrong("command", "Remove what stands before kubectl, oc or culvert.", "this is not understood before a port-forward")
		}
		r.piece(p)
	}
}

// variable warns of a variable that is set for a program.
func (r *reader) variable(name string) {
	if name == "KUBECONFIG" {
		r.warn("KUBECONFIG is not followed here: choose a context, or add that file to the contexts first.")
		return
	}
	if len(name) > 40 {
		name = "A variable"
	}
	r.warn("%s has no effect here.", name)
}
