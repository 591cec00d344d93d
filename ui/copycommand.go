package ui

import (
	"strings"

	"fyne.io/fyne/v2"
	"fyne.io/fyne/v2/lang"

	"culvert/tunnels"
	"culvert/tunnels/command"
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
	line, _ := command.Line(program, spec) // what the program cannot do of it does not stand there
	a.copyBy("details/more", line)
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
