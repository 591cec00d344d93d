package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/ui/parts"
)

// copyCommand copies the command line of a program that does what a tunnel does.
func (a *App) copyCommand(id tunnels.ID, program string) {
	st, ok := a.snap.Find(id)
	if !ok {
		return
	}
	spec := st.Spec
	names := a.names()
	spec.Target.Context, spec.Target.Namespace = names.context(spec.Target), names.namespace(spec.Target)
	if names.current == "" && st.Spec.Target.Context == "" {
		spec.Target.Context = ""
	}
	a.copyBy("details/more", commandLine(program, spec))
}

// commandLine is the line that a shell runs.
func commandLine(program string, spec tunnels.Spec) string {
	words := []string{program, "port-forward"}
	if program == verbCulvert {
		words[1] = "forward"
	}
	t := spec.Target
	if t.Context != "" {
		words = append(words, "--context", t.Context)
	}
	if t.Namespace != "" {
		words = append(words, "-n", t.Namespace)
	}
	if len(spec.Listen) > 0 {
		words = append(words, "--address", strings.Join(spec.Listen, ","))
	}
	words = append(words, t.String())
	for _, m := range spec.Mappings {
		words = append(words, m.String())
	}
	for i, w := range words {
		words[i] = shellWord(w)
	}
	return strings.Join(words, " ")
}

// shellWord quotes a word for a POSIX shell where it has to be.
func shellWord(s string) string {
	plain := func(r rune) bool {
		return r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z' || r >= '0' && r <= '9' || strings.ContainsRune("-_./:,=@%+", r)
	}
	if s != "" && strings.IndexFunc(s, func(r rune) bool { return !plain(r) }) < 0 {
		return s
	}
	return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'"
}

// anyPod is the key of a swap to the best other pod.
const anyPod = "next"

// chooseSwap moves a tunnel to another pod: to one that the user chooses where the
// others are known by name, else to the next.
func (a *App) chooseSwap(id tunnels.ID, at fyne.Position) {
	st, ok := a.snap.Find(id)
	if !ok {
		return
	}
	others := otherPods(st)
	if len(others) == 0 {
		a.swapPod(id)
		return
	}
	options := []parts.Option{{Key: anyPod, Text: lang.L("Next ready pod"), Icon: "arrow-left-right"}}
	for _, pod := range others {
		options = append(options, parts.Option{Key: "pod/" + pod, Text: pod, Icon: "box"})
	}
	parts.OpenMenu(a.window.Canvas(), "swap", at, options, func(key string) {
		if key == anyPod {
			a.swapPod(id)
			return
		}
		a.swapTo(id, strings.TrimPrefix(key, "pod/"))
	})
}

// otherPods are the target's pods that the tunnel does not go to now, as far as
// the status names them.
func otherPods(st tunnels.Status) []string {
	var out []string
	for _, p := range st.Pods {
		if p != st.Pod {
			out = append(out, p)
		}
	}
	return out
}
