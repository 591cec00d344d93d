package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"culvert/tunnels/profiles"
)

// words are kinds of arguments that a shell completes.
type words uint8

const (
	profilesAndTunnels words = 1 << iota // the names of both
	tunnelsOnly                          // the names of tunnels
	files                                // as well
	once                                 // no second argument
)

// wordsWithin bounds how long a shell waits for the names of tunnels.
const wordsWithin = time.Second

// completeWords completes the arguments of a verb from what there is. What goes wrong
// is not told: somebody is typing.
func completeWords(d Deps, w words) cobra.CompletionFunc {
	return func(cmd *cobra.Command, args []string, typed string) ([]cobra.Completion, cobra.ShellCompDirective) {
		directive := cobra.ShellCompDirectiveNoFileComp
		if w&files != 0 {
			directive = cobra.ShellCompDirectiveDefault
		}
		if w&once != 0 && len(args) > 0 {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx := cmd.Context()
		if ctx == nil {
			ctx = context.Background()
		}
		ctx, cancel := context.WithTimeout(ctx, wordsWithin)
		defer cancel()
		all := whatThereIs(ctx, d)
		var out []cobra.Completion
		add := func(name, about string) {
			name = plain(name)
			if strings.HasPrefix(name, typed) && !slices.Contains(args, name) {
				out = append(out, cobra.CompletionWithDesc(name, about))
			}
		}
		if w&profilesAndTunnels != 0 {
			for _, p := range all.profiles {
				add(typedName(p), "profile")
			}
		}
		for _, st := range all.tunnels {
			add(st.Spec.Title(), plain(targetText(st.Spec))+" in "+plain(profileName(st.Spec.Profile, all.profiles)))
		}
		return out, directive
	}
}

// typedName is what a profile is called on a command line: its name, or its ID where
// that is easier to type.
func typedName(p profiles.Profile) string {
	if p.Name == "" || strings.ContainsAny(p.Name, " ,'\"\\$") {
		return p.ID
	}
	return p.Name
}

// whatThereIs returns the tunnels of the Culvert that runs or, without one, those that
// are kept; nothing where that cannot be had in time.
func whatThereIs(ctx context.Context, d Deps) kept {
	k, err := openKeeper(ctx, d)
	if err != nil {
		return kept{}
	}
	defer k.Close()
	all, err := k.Kept(ctx)
	if err != nil {
		return kept{}
	}
	return all
}

// mustComplete completes the value of a flag of the command from a few words.
func mustComplete(cmd *cobra.Command, flag string, words ...cobra.Completion) {
	complete := cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp)
	if err := cmd.RegisterFlagCompletionFunc(flag, complete); err != nil {
		panic(err) // there is no such flag
	}
}
