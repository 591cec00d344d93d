package cli

import (
	"context"
	"fmt"

	"culvert/kube"
)

// plugged tells of credential plugins; kube.Clusters implements it.
type plugged interface {
	Plugins(ctx context.Context) []kube.Plugin
}

// pluginCheck says where credential plugins are.
func pluginCheck(c plugged) func(context.Context) []finding {
	return func(ctx context.Context) []finding {
		all := c.Plugins(ctx)
		if len(all) == 0 {
			return []finding{fine("No context runs a credential plugin.")}
		}
		var out []finding
		for _, p := range all {
			out = append(out, pluginFinding(p).of(p.Command))
		}
		return out
	}
}

func pluginFinding(p kube.Plugin) finding {
	of := "context " + p.Contexts[0]
	if n := len(p.Contexts) - 1; n > 0 {
		of = fmt.Sprintf("%s and %d more", of, n)
	}
	switch {
	case p.Path == "" && p.Located:
		return faulty("Say where it is with `culvert contexts locate "+shellWord(p.Command)+" PATH`, or take that back with an empty PATH.",
			"It is not where you have said it is; %s cannot sign in.", of)
	case p.Path == "":
		return faulty("Install it, or say where it is with `culvert contexts locate "+shellWord(p.Command)+" PATH`.",
			"It is not on PATH; %s cannot sign in.", of)
	case p.Located:
		return fine("%s, as you have said; for %s.", p.Path, of)
	case p.Shell:
		return fine("%s, on the PATH of your login shell alone, which Culvert asks; for %s.", p.Path, of)
	}
	return fine("%s; for %s.", p.Path, of)
}
