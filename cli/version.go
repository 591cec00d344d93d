package cli

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"culvert/tunnels/build"
	"culvert/tunnels/control"
)

// buildJSON is what `culvert version -o json` prints.
type buildJSON struct {
	Version  string       `json:"version"`
	Commit   string       `json:"commit,omitempty"` // with "+" behind it where files were changed
	Built    string       `json:"committed,omitempty"`
	Go       string       `json:"go"`
	OS       string       `json:"os"`
	Arch     string       `json:"arch"`
	Window   bool         `json:"window"` // this build has one
	ClientGo string       `json:"clientGo,omitempty"`
	Running  *runningJSON `json:"running,omitempty"`
}

// runningJSON is the Culvert that runs.
type runningJSON struct {
	Version string    `json:"version"`
	PID     int       `json:"pid"`
	Kind    string    `json:"kind,omitempty"` // "window" or "background"
	Started time.Time `json:"started,omitzero"`
}

// buildOf tells what this program was built from.
func buildOf(d Deps) buildJSON {
	b := build.Of(d.Version)
	return buildJSON{
		Version: b.Version, Commit: b.Commit, Built: b.Committed, Go: b.Go, OS: b.OS, Arch: b.Arch, Window: d.Window != nil,
		ClientGo: b.ModuleVersion("k8s.io/client-go"),
	}
}

func (b buildJSON) shortCommit() string { return build.Info{Commit: b.Commit}.ShortCommit() }

func (b buildJSON) windowWord() string {
	if b.Window {
		return "with a window"
	}
	return "without a window"
}

func newVersion(d Deps) *cobra.Command {
	var output string
	cmd := &cobra.Command{
		Use:   "version",
		Short: "Show which Culvert this is, and which one runs",
		Long: "Shows the version of this program and what it was built from, and of the Culvert that runs, where it is another\n" +
			"one.\n\n" +
			"With -o json one object comes, with the fields version, commit, committed, go, os, arch, window, clientGo, and\n" +
			"running, which has version, pid, kind (\"window\" or \"background\") and started.",
		Example: "  culvert version\n" +
			"  culvert version -o json | jq -r .commit",
		Args:              wrongUsage(cobra.NoArgs),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, _ []string) error {
			asJSON, err := parseOutput(output)
			if err != nil {
				return &usageError{err, cmd.CommandPath()}
			}
			return version(cmd.Context(), d, asJSON)
		},
	}
	cmd.Flags().StringVarP(&output, "output", "o", "", "\"json\" prints one JSON object")
	return cmd
}

// version prints what this program is, and who runs. That nobody can be asked is
// told on stderr alone.
func version(ctx context.Context, d Deps, asJSON bool) error {
	b := buildOf(d)
	v, err := d.about(ctx)
	if err != nil {
		printError(d.Err, err)
	}
	if asJSON {
		if v != nil {
			b.Running = &runningJSON{v.Version, v.PID, v.Kind, v.Started}
		}
		return writeDocument(d.Out, b)
	}
	_, err = fmt.Fprint(d.Out, b.text()+runningText(b, v))
	return err
}

func (b buildJSON) text() string {
	var s strings.Builder
	fmt.Fprintf(&s, "culvert %s\n", b.Version)
	if b.Commit != "" {
		fmt.Fprintf(&s, "  commit     %s\n", strings.TrimSuffix(b.shortCommit(), "+")+changedWord(b.Commit))
	}
	fmt.Fprintf(&s, "  go         %s\n  system     %s/%s\n  build      %s\n", b.Go, b.OS, b.Arch, b.windowWord())
	if b.ClientGo != "" {
		fmt.Fprintf(&s, "  client-go  %s\n", b.ClientGo)
	}
	return s.String()
}

func changedWord(commit string) string {
	if strings.HasSuffix(commit, "+") {
		return ", and files were changed"
	}
	return ""
}

// runningText tells of another version that runs.
func runningText(b buildJSON, v *control.Version) string {
	if v == nil || v.Version == b.Version {
		return ""
	}
	return fmt.Sprintf("Another version runs, as process %d: %s. Quit it and start it again, so that both are the same.\n", v.PID, printable(v.Version))
}
