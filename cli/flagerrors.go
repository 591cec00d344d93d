package cli

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"culvert/tunnels/profiles"
)

// wrongFlag says what is wrong with a flag in the user's words: which are near to one
// that there is not, and how a time is written.
func wrongFlag(cmd *cobra.Command, err error) error {
	if unknown, ok := errors.AsType[*pflag.NotExistError](err); ok && len(unknown.GetSpecifiedName()) > 1 {
		if near := nearFlags(cmd, unknown.GetSpecifiedName()); len(near) > 0 {
			return fmt.Errorf("%w; did you mean %s?", err, strings.Join(near, " or "))
		}
	}
	if wrong, ok := errors.AsType[*pflag.InvalidValueError](err); ok && wrong.GetFlag().Value.Type() == "duration" {
		return fmt.Errorf("--%s %q is no time: write it with its unit, as 30s or 2m", wrong.GetFlag().Name, wrong.GetValue())
	}
	return err
}

// nearFlags returns the flags of a verb that are written nearly so.
func nearFlags(cmd *cobra.Command, name string) []string {
	var names, out []string
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if !f.Hidden {
			names = append(names, f.Name)
		}
	})
	for _, n := range profiles.Nearest(name, names) {
		out = append(out, "--"+n)
	}
	return out
}

// timeAsWord says that a word is the time that belongs to --wait, which takes it with
// an equals sign alone; nil where it is not.
func timeAsWord(args []string) error {
	for _, a := range args {
		if _, err := time.ParseDuration(a); err == nil && a != "0" {
			return fmt.Errorf("%q is no profile and no tunnel: with a time it is --wait=%s", a, a)
		}
	}
	return nil
}
