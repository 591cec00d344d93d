package exchange

import (
	"fmt"
	"slices"
	"strings"

	"culvert/tunnels"
	"culvert/tunnels/command"
)

// Commands returns a shell script that forwards what tunnels do with "kubectl", "oc"
// or "culvert", and that Read reads back. What that program cannot forward to stands
// in it as a comment. lost are whole sentences on what the script cannot do of them.
func Commands(program string, specs []tunnels.Spec) (script string, lost []string) {
	var b strings.Builder
	b.WriteString("#!/bin/sh\n")
	lose := func(format string, args ...any) {
		if s := fmt.Sprintf(format, args...); !slices.Contains(lost, s) {
			lost = append(lost, s)
		}
	}
	for _, s := range specs {
		if name := shownName(s.Name); name != "" {
			fmt.Fprintf(&b, "\n# tunnel: %s\n", name)
		} else {
			b.WriteByte('\n')
		}
		unnamed := s
		unnamed.Name = "" // the comment has it
		line, without := command.Line(program, unnamed)
		if !command.Reaches(program, s.Target.Kind) {
			fmt.Fprintf(&b, "# %s\n# %s\n", shown(strings.Join(without, " "), 600), line)
			lose("%s cannot forward to %s: it is a comment in the script.", program, s.Target.String())
			continue
		}
		for _, w := range without {
			lose("%s", w)
		}
		fmt.Fprintf(&b, "%s &\n", line)
	}
	if len(specs) > 0 {
		b.WriteString("\nwait\n")
	}
	if slices.ContainsFunc(specs, func(s tunnels.Spec) bool { return s.AutoStart }) {
		lose("Whether a tunnel starts by itself is left out.")
	}
	return b.String(), lost
}
