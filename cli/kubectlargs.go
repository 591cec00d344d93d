package cli

import (
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// portForward is what kubectl and oc call forward.
const portForward = "port-forward"

// mostVerbose is the greatest number that is taken for that of a -v before it: kubectl
// has none above, and the port of a pod is greater.
const mostVerbose = 10

// asOurs returns a command line as cobra reads it. What kubectl takes and cobra would
// not: a level apart from its -v, or close to it, and flags before the verb that have no
// value.
func asOurs(root *cobra.Command, args []string) []string {
	forward := at(root, args)
	if forward == nil {
		return joinLevels(args, false)
	}
	return verbFirst(forward, joinLevels(args, true))
}

// at returns forward if that is the verb of the command line, else nil.
func at(root *cobra.Command, args []string) *cobra.Command {
	i := slices.IndexFunc(root.Commands(), func(c *cobra.Command) bool { return c.Name() == "forward" })
	if i < 0 {
		return nil
	}
	forward := root.Commands()[i]
	if v := verbAt(forward, args); v >= 0 && (args[v] == forward.Name() || forward.HasAlias(args[v])) {
		return forward
	}
	return nil
}

// verbAt returns the index of the first word that is neither a flag of cmd nor a flag's
// value; -1 when there is none.
func verbAt(cmd *cobra.Command, args []string) int {
	for i := 0; i < len(args); i++ {
		switch {
		case args[i] == "--":
			return -1
		case !strings.HasPrefix(args[i], "-") || args[i] == "-":
			return i
		case takesNext(cmd, args[i]) || isVerbose(args[i]) && i+1 < len(args) && isLevel(args[i+1]):
			i++
		}
	}
	return -1
}

// takesNext says whether the value of a flag of cmd is the word behind it.
func takesNext(cmd *cobra.Command, arg string) bool {
	if strings.Contains(arg, "=") {
		return false
	}
	var f *pflag.Flag
	if long, ok := strings.CutPrefix(arg, "--"); ok {
		if f = cmd.Flags().Lookup(long); f == nil {
			f = cmd.InheritedFlags().Lookup(long)
		}
	} else if len(arg) == 2 {
		if f = cmd.Flags().ShorthandLookup(arg[1:]); f == nil {
			f = cmd.InheritedFlags().ShorthandLookup(arg[1:])
		}
	}
	return f != nil && f.NoOptDefVal == ""
}

// verbFirst puts the flags before the verb behind it.
func verbFirst(cmd *cobra.Command, args []string) []string {
	v := verbAt(cmd, args)
	if v <= 0 {
		return args
	}
	return slices.Concat([]string{args[v]}, args[:v], args[v+1:])
}

// joinLevels writes -v6 and, if apart, -v 6 as -v=6.
func joinLevels(args []string, apart bool) []string {
	var out []string
	for i := 0; i < len(args); i++ {
		arg := args[i]
		rest, short := strings.CutPrefix(arg, "-v")
		switch {
		case arg == "--":
			return append(out, args[i:]...)
		case short && isLevel(rest):
			arg = "-v=" + rest
		case apart && isVerbose(arg) && i+1 < len(args) && isLevel(args[i+1]):
			i++
			arg += "=" + args[i]
		}
		out = append(out, arg)
	}
	return out
}

func isVerbose(arg string) bool {
	return slices.Contains([]string{"-v", "--v", "--verbose", "--loglevel"}, arg)
}

// isLevel says whether a word can be the number of a -v.
func isLevel(s string) bool {
	n, err := strconv.ParseUint(s, 10, 8)
	return err == nil && n <= mostVerbose
}
