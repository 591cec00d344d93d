package command

import (
	"slices"
	"strconv"
	"strings"
	"time"

	"culvert/tunnels"
)

// keywords passes over the words of a shell's grammar before a command.
func (r *scriptReader) keywords(words []token) []token {
	for len(words) > 0 && !words[0].quoted {
		switch words[0].text {
		case "if", "while", "until":
			r.depth++
		case "fi", "done", "esac":
			r.depth = max(0, r.depth-1)
		case "for", "select", "case", "foreach":
			r.depth++
			if len(words) > 1 {
				r.unset(words[1].text)
			}
			return nil
		case "then", "do", "else", "elif", "!", "@":
		case "function":
			return nil
		default:
			words[0].text = strings.TrimPrefix(words[0].text, "@") // of cmd.exe and make
			return words
		}
		words = words[1:]
	}
	return words
}

// assignments returns the words behind the variables that are set for them.
func assignments(words []token) (rest, settings []token) {
	n := 0
	for n < len(words) && assigned(words[n]) != "" {
		n++
	}
	return words[n:], words[:n]
}

// assign sets a variable. One that is set again where that depends on something has
// no value that could be told.
func (r *scriptReader) assign(w token) {
	name, value, _ := strings.Cut(w.text, "=")
	if name == "KUBECONFIG" {
		r.elsewhere = true
	}
	old, had := r.vars[name]
	if w.flaw != "" || r.unsure[name] || had && old != value && r.depth > 0 {
		r.unset(name)
		return
	}
	r.vars[name] = value
}

func (r *scriptReader) unset(name string) {
	delete(r.vars, name)
	if r.depth > 0 {
		if r.unsure == nil {
			r.unsure = make(map[string]bool)
		}
		r.unsure[name] = true
	}
}

// alias returns the words that the first one stands for.
func (r *scriptReader) alias(words []token) ([]token, bool) {
	if len(words) == 0 || words[0].quoted {
		return nil, false
	}
	stands, ok := r.aliases[words[0].text]
	return slices.Concat(stands, words[1:]), ok
}

// builtin carries out what a script does to what follows, and returns whether it was
// that.
func (r *scriptReader) builtin(words []token) bool {
	args := words[1:]
	value := func(i int) string {
		if i < len(args) && args[i].flaw == "" {
			return args[i].text
		}
		return ""
	}
	switch words[0].text {
	case "export", "local", "readonly", "declare", "typeset", "set":
		for _, w := range args {
			if assigned(w) != "" {
				r.assign(w)
			}
		}
	case "unset", "read":
		for _, w := range args {
			r.unset(w.text)
		}
	case "alias":
		for _, w := range args {
			name, text, ok := strings.Cut(w.text, "=")
			if ok && w.flaw == "" && len(text) < longest {
				r.aliases[name] = aliased(text)
			}
		}
	case "kubectx", "kubens":
		if value(0) == "" || value(0)[0] == '-' {
			return false
		}
		r.choose(words[0].text == "kubectx", value(0))
	default:
		return false
	}
	return true
}

// aliased are the words of an alias. They are quoted: where they stood is another
// text.
func aliased(text string) []token {
	var out []token
	for _, t := range lex(text, 0) {
		if t.op == "" && t.flaw == "" {
			out = append(out, token{text: t.text, quoted: true})
		}
	}
	return out
}

// choose takes a context, or a namespace, for what follows.
func (r *scriptReader) choose(kubeContext bool, name string) {
	if showable("context", name) != nil || len(name) > longest || Secret(name) {
		return
	}
	if kubeContext {
		r.context = name
	} else if tunnels.ValidateNamespace(name) == nil {
		r.namespace = name
	}
}

// wrapper is a program that runs another one.
type wrapper struct {
	valued string // its flags of one letter that take a value
	args   int    // its own words before the program
}

// wrappers are the programs that may stand before another one.
var wrappers = map[string]wrapper{
	"sudo": {valued: "ughpCrtT"}, "doas": {valued: "uC"}, "env": {valued: "uS"}, "nohup": {}, "exec": {valued: "a"}, "command": {}, "builtin": {},
	"time": {valued: "of"}, "nice": {valued: "n"}, "ionice": {valued: "cnp"}, "setsid": {}, "stdbuf": {valued: "ioe"}, "timeout": {valued: "sk", args: 1}, "gtimeout": {valued: "sk", args: 1},
	"watch": {valued: "n"}, "caffeinate": {valued: "tw"}, "winpty": {}, "start": {}, "call": {}, "coproc": {}, "&": {}, "-": {}, "start-job": {}, "-scriptblock": {},
}

// unwrap passes over programs that run the one that is meant.
func (f *Forward) unwrap(words []token) []token {
	for len(words) > 0 {
		name := strings.ToLower(words[0].text)
		w, ok := wrappers[name]
		if !ok || words[0].flaw != "" {
			return words
		}
		words = words[1:]
		if warning := before[name]; warning != "" && !strings.HasSuffix(name, "timeout") {
			f.Warnings = append(f.Warnings, warning)
		}
		for len(words) > 0 && (strings.HasPrefix(words[0].text, "-") || assigned(words[0]) != "" || name == "start" && (words[0].quoted || strings.HasPrefix(words[0].text, "/"))) {
			takes := len(words[0].text) == 2 && strings.ContainsRune(w.valued, rune(words[0].text[1]))
			words = words[1:]
			if takes && len(words) > 0 {
				words = words[1:]
			}
		}
		for n := 0; n < w.args && len(words) > 0; n++ {
			f.StopAfter = duration(words[0].text)
			words = words[1:]
		}
	}
	return words
}

// duration reads what timeout takes; 0 is none that a tunnel can have.
func duration(s string) time.Duration {
	units := map[byte]time.Duration{'s': time.Second, 'm': time.Minute, 'h': time.Hour, 'd': 24 * time.Hour}
	unit := time.Second
	if s != "" && units[s[len(s)-1]] != 0 {
		unit, s = units[s[len(s)-1]], s[:len(s)-1]
	}
	n, err := strconv.ParseFloat(s, 64)
	if err != nil || n <= 0 || n > float64(tunnels.MaxStopAfter/unit) {
		return 0
	}
	return time.Duration(n * float64(unit)).Round(time.Second)
}

// shells are the programs that are given commands in quotation marks.
var shells = []string{
	"sh", "bash", "zsh", "dash", "ash", "fish", "eval", "tmux", "screen", "xterm", "gnome-terminal", "konsole", "kitty", "alacritty", "wezterm", "concurrently", "parallel",
	"cmd", "powershell", "pwsh",
}

// inner reads the commands that a shell is given, and returns whether one was.
func (r *scriptReader) inner(words []token, line, nested int) bool {
	name := words[0].text[strings.LastIndexAny(words[0].text, `/\`)+1:]
	if !slices.Contains(shells, strings.TrimSuffix(name, ".exe")) {
		return false
	}
	read := false
	for _, w := range words[1:] {
		if w.quoted && w.flaw == "" && strings.Contains(w.text, "forward") {
			r.read(w.text, line, nested+1)
			read = true
		}
	}
	return read
}

// programOfScript returns the index of the word that calls a program, or -1.
func programOfScript(text string, words []token) int {
	for i, w := range words[:min(2, len(words))] {
		if i > 0 && !slices.Contains([]string{"minikube", "microk8s", "k3s", "k0s"}, words[0].text) {
			break
		}
		if w.flaw == filledIn && w.missing != "" && slices.ContainsFunc(words[1:], func(w token) bool { return w.text == "port-forward" }) {
			return i
		}
		r := reader{text: text}
		w.quoted = w.quoted || w.to > len(text) || strings.ContainsRune(text[w.from:w.to], '$')
		if program := r.programOf(w); program != "" {
			words[i].text, words[i].quoted = program, true
			return i
		}
	}
	return -1
}

// forwards says whether a program is told to forward. What it is told to choose is
// chosen for what follows.
func (r *scriptReader) forwards(words []token, at int) bool {
	program := strings.TrimSuffix(words[at].text, ".exe")
	var verbs []string
	namespace := ""
	for i := at + 1; i < len(words) && len(verbs) < 3; i++ {
		w := hyphenated(words[i])
		if len(w.text) < 2 || w.text[0] != '-' {
			if w.flaw == "" && w.text != "--" {
				verbs = append(verbs, w.text)
			}
			continue
		}
		o := optionOf(w)
		if o.value == nil && !o.flag.bare && o.name != "current" && i+1 < len(words) && words[i+1].text != "port-forward" && words[i+1].text != "forward" {
			i++
			o.value = &words[i].text
		}
		if o.name == "namespace" && o.value != nil && words[i].flaw == "" {
			namespace = *o.value
		}
	}
	for len(verbs) < 3 {
		verbs = append(verbs, "")
	}
	switch {
	case verbs[0] == "port-forward", verbs[0] == "forward" && strings.HasSuffix(program, culvert):
		return true
	case verbs[0] == "config" && verbs[1] == "use-context" && verbs[2] != "":
		r.choose(true, verbs[2])
	case verbs[0] == "config" && verbs[1] == "set-context" && namespace != "":
		r.choose(false, namespace)
	case verbs[0] == "project" && verbs[1] != "":
		r.choose(false, verbs[1])
	}
	return false
}
