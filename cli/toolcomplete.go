package cli

import (
	"context"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"
)

// keptWithin is how long the shell waits for what is kept.
const keptWithin = 2 * time.Second

// completion is what cobra asks for the words that may come next.
type completion = func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective)

// completeKept offers what words returns of the profiles and tunnels that there are;
// most bounds how many arguments there may be, 0 for any number.
func completeKept(d Deps, most int, words func(kept) []string) completion {
	return func(cmd *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if most > 0 && len(args) >= most {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		ctx, cancel := context.WithTimeout(cmd.Context(), keptWithin)
		defer cancel()
		k, err := openKeeper(ctx, d)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		defer k.Close()
		all, err := k.Kept(ctx)
		if err != nil {
			return nil, cobra.ShellCompDirectiveNoFileComp
		}
		return offered(words(all), args, word), cobra.ShellCompDirectiveNoFileComp
	}
}

// offered are the words that begin as the one that is typed, without those that are
// there and those that hold what a shell would act on.
func offered(words, args []string, begin string) []string {
	var out []string
	for _, w := range words {
		if strings.HasPrefix(w, begin) && !slices.Contains(args, w) && !slices.Contains(out, w) && printable(w) == w {
			out = append(out, w)
		}
	}
	return out
}
