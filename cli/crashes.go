package cli

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/spf13/cobra"

	"culvert/tunnels"
	"culvert/tunnels/crash"
)

// keepers are the verbs whose process keeps tunnels or shows them for long; the root's own
// is the window.
var keepers = []string{"window", "demo", "forward", keepVerb, "run", "up"}

// withCrashes returns d with what contains panics in this process and reports them, if it
// has none.
func (d Deps) withCrashes() Deps {
	if d.Crashes == nil {
		d.Crashes = crash.New(crash.Options{Folder: d.CrashFolder, Version: d.Version, Role: "command line"})
		d.Crashes.Hear(func(p *crash.Panic) { d.warn(tunnels.PanicError(p)) })
	}
	return d
}

// watchCrashes has the end of this process reported if it is a keeper's, and says how
// others have ended. The returned function ends that.
func (d Deps) watchCrashes(cmd *cobra.Command) (end func()) {
	role := cmd.Name()
	if !cmd.HasParent() {
		role = "window"
	}
	if d.CrashFolder == "" || !slices.Contains(keepers, role) {
		return func() {}
	}
	for _, r := range d.collectCrashes() {
		d.warn(errors.New(endedText(r)))
	}
	end, err := d.Crashes.Watch(role)
	if err != nil {
		d.warn(fmt.Errorf("the end of this process would not be reported: %w", err))
	}
	return end
}

// collectCrashes makes reports of how processes have ended.
func (d Deps) collectCrashes() []crash.Report {
	made, err := d.Crashes.Collect()
	if err != nil {
		d.warn(fmt.Errorf("crash reports: %w", err))
	}
	return made
}

func endedText(r crash.Report) string {
	return fmt.Sprintf("Culvert ended unexpectedly at %s; a report without secrets is in %s", r.Time.Local().Format(time.DateTime), r.Path)
}
