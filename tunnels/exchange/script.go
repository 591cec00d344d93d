package exchange

import (
	"fmt"

	"culvert/tunnels"
	"culvert/tunnels/command"
)

// readScript reads commands. A text without any is not of a kind that is known.
func readScript(text string) (Found, error) {
	s := command.ReadScript(text, MaxProposals+1)
	f := Found{Format: FormatCommands}
	if len(s.Forwards) == 0 {
		return f, refuse(understood, "nothing in it is known to be a port-forward")
	}
	for _, forward := range s.Forwards {
		f.Proposals = append(f.Proposals, scriptForward(forward, "line"))
	}
	if s.Ignored > 0 {
		f.Ignored = append(f.Ignored, Ignored{"commands that forward no ports", s.Ignored})
	}
	return f, nil
}

// scriptForward is one command; where says what its number counts.
func scriptForward(forward command.Forward, where string) Proposal {
	p := Proposal{From: fmt.Sprintf("%s %d", where, forward.Line)}
	p.Spec = tunnels.Spec{
		Name: forward.Name, Target: forward.Target, Mappings: forward.Mappings, Listen: forward.Listen,
		Via: forward.Via, Policy: forward.Policy, StopAfter: forward.StopAfter,
	}
	for _, err := range forward.Errs {
		p.wrong(err)
	}
	if p.Usable() && p.Spec.Target.Kind == "" {
		p.problem("it names no target")
	}
	if p.Usable() && len(p.Spec.Mappings) == 0 {
		p.problem("it names no port")
	}
	for _, w := range forward.Warnings {
		p.note("%s", w)
	}
	return p
}
