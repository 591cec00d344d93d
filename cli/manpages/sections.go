package main

import (
	"strings"

	"github.com/spf13/cobra"

	"culvert/cli"
)

// entry is one thing in a section, and what it is.
type entry struct{ name, text string }

// sections are those that cobra does not make.
func sections(cmd *cobra.Command) string {
	return section("EXIT STATUS", statuses(cmd)) + section("ENVIRONMENT", variables(cmd)) + section("FILES", files())
}

func section(title string, entries []entry) string {
	var b strings.Builder
	b.WriteString(".SH " + title + "\n")
	for _, e := range entries {
		b.WriteString(".TP\n\\fB" + roff(e.name) + "\\fP\n" + roff(e.text) + "\n")
	}
	return b.String()
}

// roff returns a text that roff prints as it is.
func roff(text string) string {
	text = strings.ReplaceAll(text, `\`, `\\`)
	return strings.NewReplacer("-", `\-`, "\n.", "\n\\&.", "'", `\(aq`).Replace(text)
}

func statuses(cmd *cobra.Command) []entry {
	out := make([]entry, 0, 6)
	for _, s := range cli.Statuses() {
		out = append(out, entry{s.Number, s.Meaning})
	}
	if cmd.Name() == "run" {
		out = append(out, entry{"other", "That of the command that was run; 128 and the signal's number if one has ended it, 126 if it cannot be run, 127 if it is not there."})
	}
	return out
}

func variables(cmd *cobra.Command) []entry {
	out := []entry{
		{"KUBECONFIG", "The kubeconfig files, which are merged as kubectl does; ~/.kube/config if it is not set."},
		{"HTTPS_PROXY, HTTP_PROXY, NO_PROXY", "The proxy to API servers."},
		{"NO_COLOR", "If it is set and not empty, there are no colours."},
		{"XDG_CONFIG_HOME, XDG_STATE_HOME, XDG_RUNTIME_DIR", "Where the files below are, on Linux."},
	}
	if cmd.Name() == "run" || cmd.Name() == "ports" {
		out = append(out, entry{"CULVERT_NAME_ADDR, CULVERT_NAME_HOST, CULVERT_NAME_PORT", "Where the tunnel NAME is reached: given to what is run, and printed."})
	}
	return out
}

func files() []entry {
	return []entry{
		{"~/.kube/config", "The kubeconfig. It is never written."},
		{"~/.config/culvert/profiles/*.yaml", "The profiles."},
		{"~/.config/culvert/contexts.yaml, clusters.yaml, settings.yaml", "What is said of contexts, clusters that were signed in to, and the settings. Tokens are in the keyring."},
		{".culvert.yaml", "The tunnels of a project, in its folder or one above the working folder."},
		{"~/.local/state/culvert/state.json", "What runs, and on which random ports."},
		{"~/.local/state/culvert/culvert.log", "The log, with culvert.log.1 and culvert.log.2 that are older."},
	}
}
