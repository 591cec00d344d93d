package cli

import (
	"context"
	"path/filepath"
	"time"

	"culvert/tunnels/crash"
)

// crashCheck names the crash reports.
func crashCheck(p probes) func(context.Context) []finding {
	return func(context.Context) []finding {
		all, err := p.crashes()
		switch {
		case err != nil:
			return []finding{failed(err, "Give yourself the right to read that folder.")}
		case len(all) == 0:
			return []finding{fine("Culvert has not failed, or its reports were removed.")}
		}
		last, dir := all[0], filepath.Dir(all[0].Path)
		what := "a part of Culvert failed and the rest went on"
		if last.Ended {
			what = "Culvert ended unexpectedly"
		}
		remedy := "Read it, and please send it to those who make Culvert. To remove all: `rm " + shellWord(dir) + "/crash-*.txt`."
		if p.system == "windows" {
			remedy = `Read it, and please send it to those who make Culvert. To remove all: ` + "`del \"" + dir + `\crash-*.txt"` + "`."
		}
		return []finding{noted(remedy, "There is %s; at %s %s: %s.", counted(len(all), "crash report"), last.Time.Local().Format(time.DateTime), what, last.Path)}
	}
}

// readCrashes returns the crash reports, with those of processes that have ended since.
func (d Deps) readCrashes() ([]crash.Report, error) {
	if d.CrashFolder == "" {
		return nil, nil
	}
	d.collectCrashes()
	return crash.Reports(d.CrashFolder)
}
