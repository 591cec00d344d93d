package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/cobra/doc"
	"github.com/spf13/pflag"

	"culvert/cli/markdown"
)

// write writes the pages of a command and of all below it, but for hidden ones.
func write(cmd *cobra.Command, dir string, date time.Time) error {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // everybody may read manual pages
		return err
	}
	cmd.InitDefaultHelpCmd()
	cmd.InitDefaultVersionFlag()
	prepare(cmd)
	return writeAll(cmd, dir, date)
}

func writeAll(cmd *cobra.Command, dir string, date time.Time) error {
	text, err := page(cmd, date)
	if err == nil {
		name := strings.ReplaceAll(cmd.CommandPath(), " ", "-") + ".1"
		err = os.WriteFile(filepath.Join(dir, name), text, 0o644) //nolint:gosec // as above
	}
	if err != nil {
		return fmt.Errorf("write the page of %s: %w", cmd.CommandPath(), err)
	}
	for _, sub := range cmd.Commands() {
		if !sub.IsAvailableCommand() {
			continue
		}
		if err := writeAll(sub, dir, date); err != nil {
			return err
		}
	}
	return nil
}

// prepare makes the texts of a command, and of all below, Markdown that means what they
// say: they are for a terminal.
func prepare(cmd *cobra.Command) {
	cmd.DisableAutoGenTag = true
	cmd.Long = markdown.Escaped(cmd.Long)
	for _, sub := range cmd.Commands() {
		prepare(sub)
	}
}

// option is a flag as cobra writes it, with its meaning behind a tab.
var option = regexp.MustCompile(`(?m)^(?:\.PP\n)?(\\fB-.*)\n\t`)

// page returns one page: what cobra makes of the command, and what is the same for all
// before its references.
func page(cmd *cobra.Command, date time.Time) ([]byte, error) {
	cmd.Flags().VisitAll(func(f *pflag.Flag) {
		if f.NoOptDefVal != "" { // cobra shows what the flag is without, instead of what it means alone
			f.DefValue = f.NoOptDefVal
		}
	})
	var out bytes.Buffer
	header := &doc.GenManHeader{Section: "1", Date: &date, Source: "Culvert " + cmd.Root().Version, Manual: "Culvert's manual"}
	if err := doc.GenMan(cmd, header, &out); err != nil {
		return nil, err
	}
	before, refs, found := strings.Cut(out.String(), ".SH SEE ALSO\n")
	if !found {
		return nil, fmt.Errorf("it has no references")
	}
	before = strings.ReplaceAll(before, "\n.SH EXAMPLE\n", "\n.SH EXAMPLES\n")
	before = option.ReplaceAllString(before, ".TP\n$1\n")
	return []byte(before + sections(cmd) + ".SH SEE ALSO\n" + strings.TrimRight(refs, "\n") + ", \\fBkubectl(1)\\fP\n"), nil
}
