package main

import (
	"fmt"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"culvert/cli/markdown"
)

const intro = `# Commands

<!-- Written by make reference. The texts are those of the verbs' help: change them in the folder cli. -->

All verbs of ` + "`culvert`" + ` with all their flags, as ` + "`culvert VERB --help`" + ` tells them. [cli.md](cli.md) is the introduction, and has the
[exit statuses](cli.md#exit-statuses) and the [names in the environment](cli.md#names-in-the-environment); [kubectl.md](kubectl.md)
says what ` + "`culvert forward`" + ` takes of ` + "`kubectl port-forward`" + `. As a plugin of kubectl all of them begin with ` + "`kubectl culvert`" + `.
`

// commands returns the document of a command line, without what is hidden in it.
func commands(root *cobra.Command) string {
	root.InitDefaultHelpCmd()
	root.InitDefaultVersionFlag()
	var b strings.Builder
	b.WriteString(intro)
	for _, g := range root.Groups() {
		fmt.Fprintf(&b, "\n**%s**\n\n", strings.TrimSuffix(g.Title, ":"))
		for _, cmd := range verbs(root, g.ID) {
			for _, c := range append([]*cobra.Command{cmd}, shown(cmd)...) {
				fmt.Fprintf(&b, "- [%s](#%s): %s\n", c.CommandPath(), strings.ReplaceAll(c.CommandPath(), " ", "-"), markdown.Escaped(c.Short))
			}
		}
	}
	b.WriteString("\n## Flags of all verbs\n\nEvery verb takes them.\n\n")
	global := root.PersistentFlags()
	help := pflag.NewFlagSet("", pflag.ContinueOnError)
	help.BoolP("help", "h", false, "tell how a verb is used, and end")
	b.WriteString(flagTable(flagsOf(global), flagsOf(help)))
	b.WriteString("\n## culvert\n")
	section(&b, root, global)
	for _, g := range root.Groups() {
		fmt.Fprintf(&b, "\n## %s\n", strings.TrimSuffix(g.Title, ":"))
		for _, cmd := range verbs(root, g.ID) {
			fmt.Fprintf(&b, "\n### %s\n", cmd.CommandPath())
			section(&b, cmd, global)
			for _, sub := range shown(cmd) {
				fmt.Fprintf(&b, "\n#### %s\n", sub.CommandPath())
				section(&b, sub, global)
			}
		}
	}
	return b.String()
}

// verbs are the verbs of a group that are not hidden.
func verbs(root *cobra.Command, group string) []*cobra.Command {
	var out []*cobra.Command
	for _, cmd := range root.Commands() {
		if cmd.GroupID == group && listed(cmd) {
			out = append(out, cmd)
		}
	}
	return out
}

// shown are the verbs below a verb that are not hidden. None has others below it.
func shown(cmd *cobra.Command) []*cobra.Command {
	var out []*cobra.Command
	for _, sub := range cmd.Commands() {
		if listed(sub) {
			out = append(out, sub)
		}
	}
	return out
}

// listed says whether the help lists a verb. Cobra's own help is not available to it, but
// is listed.
func listed(cmd *cobra.Command) bool { return cmd.IsAvailableCommand() || cmd.Name() == "help" }

// section writes what is below a command's heading. The flags of all are left out.
func section(b *strings.Builder, cmd *cobra.Command, global *pflag.FlagSet) {
	cmd.InitDefaultHelpFlag() // its own line of usage names flags if there are any
	fmt.Fprintf(b, "\n%s.\n\n```text\n%s\n```\n", markdown.Escaped(cmd.Short), cmd.UseLine())
	if len(cmd.Aliases) > 0 {
		fmt.Fprintf(b, "\nAlso called `%s`.\n", strings.Join(cmd.Aliases, "`, `"))
	}
	if cmd.Long != "" {
		fmt.Fprintf(b, "\n%s\n", markdown.Escaped(cmd.Long))
	}
	if cmd.Example != "" {
		fmt.Fprintf(b, "\n```sh\n%s\n```\n", strings.ReplaceAll(strings.TrimPrefix(cmd.Example, "  "), "\n  ", "\n"))
	}
	own := func(f *pflag.Flag) bool { return global.Lookup(f.Name) != f && f.Name != "help" }
	if table := flagTable(keep(flagsOf(cmd.LocalFlags()), own), keep(flagsOf(cmd.InheritedFlags()), own)); table != "" {
		b.WriteString("\n" + table)
	}
}

// flagsOf are the flags of a set that are not hidden, in its order.
func flagsOf(set *pflag.FlagSet) []*pflag.Flag {
	var out []*pflag.Flag
	set.VisitAll(func(f *pflag.Flag) {
		if !f.Hidden && f.Deprecated == "" {
			out = append(out, f)
		}
	})
	return out
}

func keep(flags []*pflag.Flag, wanted func(*pflag.Flag) bool) []*pflag.Flag {
	var out []*pflag.Flag
	for _, f := range flags {
		if wanted(f) {
			out = append(out, f)
		}
	}
	return out
}

// flagTable is a table of flags; empty for none.
func flagTable(sets ...[]*pflag.Flag) string {
	var b strings.Builder
	for _, set := range sets {
		for _, f := range set {
			b.WriteString(row(flagCells(f)...))
		}
	}
	if b.Len() == 0 {
		return ""
	}
	return row("Flag", "Meaning", "Default") + row("---", "---", "---") + b.String()
}

// flagCells are how a flag is written, what it means, and what holds without it.
func flagCells(f *pflag.Flag) []string {
	value, usage := pflag.UnquoteUsage(f)
	written := "--" + f.Name
	if f.Shorthand != "" {
		written = "-" + f.Shorthand + ", " + written
	}
	usage = markdown.Escaped(usage)
	switch {
	case value == "":
	case f.NoOptDefVal != "":
		written += "[=" + value + "]"
		usage += fmt.Sprintf("; alone it means `%s`", f.NoOptDefVal)
	default:
		written += " " + value
	}
	without := ""
	if !isZero(f) {
		without = "`" + strings.Trim(f.DefValue, "[]") + "`"
	}
	return []string{"`" + written + "`", usage, without}
}

// isZero says whether a flag's default says nothing.
func isZero(f *pflag.Flag) bool {
	switch f.DefValue {
	case "", "false", "0s", "[]":
		return true
	case "0":
		return f.Value.Type() != "string"
	}
	return false
}

// row is a row of a table.
func row(cells ...string) string {
	var b strings.Builder
	for _, c := range cells {
		b.WriteString("| ")
		if c != "" {
			b.WriteString(strings.ReplaceAll(c, "|", `\|`) + " ")
		}
	}
	return b.String() + "|\n"
}
