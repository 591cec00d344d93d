package cli

import (
	"fmt"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/spf13/cobra"
)

// group is a heading in the help with the verbs below it.
type group struct {
	id, title string
	verbs     []string
}

// groups are the headings in the help. Verbs that none has are below the last one.
func groups() []group {
	return []group{
		{"tunnels", "Tunnels:", []string{"forward", "up", "down", "restart", "list", "status", "open", "profiles", "import", "export"}},
		{"clusters", "Clusters:", []string{"targets", "namespaces", "access", "contexts", "login", "logout"}},
		{"automation", "Automation:", []string{"run", "wait", "ports", "completion"}},
		{"other", "Other:", nil},
	}
}

// arrange puts the verbs of root below their headings.
func arrange(root *cobra.Command) {
	all := groups()
	for _, g := range all {
		root.AddGroup(&cobra.Group{ID: g.id, Title: g.title})
	}
	last := all[len(all)-1].id
	root.SetHelpCommandGroupID(last)
	for _, verb := range root.Commands() {
		verb.GroupID = last
		for _, g := range all {
			if slices.Contains(g.verbs, verb.Name()) {
				verb.GroupID = g.id
			}
		}
	}
}

// calling is how the program is called.
type calling struct {
	file  string // as which it is started
	words string // what the user types
}

// callingOf returns how the program is called whose first argument is given: as
// kubectl-culvert or oc-culvert it is a plugin, and the user types `kubectl culvert`.
func callingOf(arg0 string) calling {
	base := strings.TrimSuffix(strings.ToLower(filepath.Base(arg0)), ".exe")
	for _, of := range []string{"kubectl", "oc"} {
		if base == of+"-culvert" {
			return calling{base, of + " culvert"}
		}
	}
	return calling{"culvert", "culvert"}
}

// ourName is where a text has our command, and not our name.
var ourName = regexp.MustCompile("(^|\n|[`'(]|\n? {2}|[|&;] )culvert ")

// in returns a text in which our command is called as it is here.
func (c calling) in(text string) string {
	if c.words == "culvert" {
		return text
	}
	return ourName.ReplaceAllString(text, "${1}"+c.words+" ")
}

// rename makes the texts of a command, and of all below, those of how it is called.
func (c calling) rename(cmd *cobra.Command) {
	cmd.Short, cmd.Long, cmd.Example = c.in(cmd.Short), c.in(cmd.Long), c.in(cmd.Example)
	for _, sub := range cmd.Commands() {
		c.rename(sub)
	}
}

// unknownVerb says that a word is no verb, and which are near.
func unknownVerb(cmd *cobra.Command, word string) error {
	err := fmt.Errorf("unknown command %q for %q", word, cmd.CommandPath())
	if near := cmd.SuggestionsFor(word); len(near) > 0 {
		err = fmt.Errorf("%w; did you mean %s?", err, strings.Join(near, " or "))
	}
	return err
}
