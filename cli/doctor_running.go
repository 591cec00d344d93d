package cli

import (
	"context"
	"errors"

	"culvert/tunnels/control"
)

// instanceCheck tells who keeps the tunnels of this user.
func instanceCheck(p probes, version string) func(context.Context) []finding {
	return func(ctx context.Context) []finding {
		v, err := p.running(ctx)
		switch {
		case errors.Is(err, control.ErrNoPlace):
			f := failed(err, "Set XDG_RUNTIME_DIR to a folder that belongs to you alone.")
			f.found = sentenceOf(err.Error()) + " The window, `culvert up` and others cannot find each other."
			return []finding{f}
		case err != nil:
			return []finding{failed(err, "End that process, and start Culvert again.")}
		case v == nil:
			return []finding{fine("No Culvert runs now.")}
		case v.Version != version:
			return []finding{noted("Quit the one that runs and start it again, so that both are the same.",
				"Culvert %s runs%s, as process %d, and this one is %s.", v.Version, kindWord(v.Kind), v.PID, version)}
		}
		return []finding{fine("Culvert %s runs%s, as process %d.", v.Version, kindWord(v.Kind), v.PID)}
	}
}

// kindWord says where a Culvert runs.
func kindWord(kind string) string {
	switch kind {
	case control.KindWindow:
		return " with a window"
	case control.KindBackground:
		return " in the background"
	}
	return ""
}

// whoRuns looks for the Culvert that keeps this user's tunnels; nil for nobody. The
// error wraps control.ErrNoPlace where nobody could be found.
func whoRuns(ctx context.Context, version string) (*control.Version, error) {
	client, err := control.Find(ctx, control.Options{Role: control.RoleTunnels, Version: version})
	switch {
	case errors.Is(err, control.ErrGone):
		return nil, nil //nolint:nilnil // that is the answer
	case err != nil:
		return nil, err
	}
	v := client.First()
	return &v, nil
}

// versionCheck says which program this is.
func versionCheck(d Deps) func(context.Context) []finding {
	return func(context.Context) []finding {
		b := buildOf(d)
		text := "Culvert " + b.Version
		if b.Commit != "" {
			text += " (" + b.shortCommit() + ")"
		}
		return []finding{fine("%s, %s, %s/%s, %s; client-go %s.", text, b.Go, b.OS, b.Arch, b.windowWord(), b.ClientGo)}
	}
}
