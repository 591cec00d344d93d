// Command package makes what is released: packages for Linux, archives for all systems,
// an application for macOS, and what package managers are told. Run it with `make
// package`; docs/packaging.md tells more.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"time"

	"culvert/tools/package/artifacts"
	"culvert/tools/package/changelog"
	"culvert/tools/package/facts"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:], os.Stdout)
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "package:", err)
		os.Exit(1)
	}
}

// settings are what all of it is made from.
type settings struct {
	artifacts.Release
	root, dist string // absolute
	out        io.Writer
}

func run(ctx context.Context, args []string, out io.Writer) error {
	what := ""
	if len(args) > 0 {
		what, args = args[0], args[1:]
	}
	flags := flag.NewFlagSet("package make|index|notes", flag.ContinueOnError)
	root := flags.String("root", "../..", "the product's `folder`")
	dist := flags.String("dist", "../../dist", "the `folder` for what is made")
	describe := flags.String("describe", "", "what git describe --tags --always --dirty says of the `commit`")
	downloads := flags.String("downloads", "", "the `address` below which the release's files are found; the facts' without one")
	wanted := flags.String("parts", "", "what to make, of "+strings.Join(parts, ", ")+"; without any all that this system can")
	if err := flags.Parse(args); err != nil {
		return err
	}
	if flags.NArg() > 0 {
		return fmt.Errorf("%q is too much", flags.Args())
	}
	s, err := settingsOf(*root, *dist, *describe, os.Getenv("SOURCE_DATE_EPOCH"))
	if err != nil {
		return err
	}
	s.out = out
	if *downloads != "" {
		s.Facts.Downloads = strings.TrimSuffix(*downloads, "/")
	}
	switch what {
	case "make":
		chosen, err := partsOf(*wanted, runtime.GOOS)
		if err != nil {
			return err
		}
		return s.makeParts(ctx, chosen)
	case "index":
		return s.index()
	case "notes":
		return s.notes()
	}
	return fmt.Errorf("%q is none of make, index and notes", what)
}

func settingsOf(root, dist, describe, epoch string) (settings, error) {
	var s settings
	seconds, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return s, fmt.Errorf("SOURCE_DATE_EPOCH is %q: give seconds since 1970, as the commit's time", epoch)
	}
	if s.root, err = filepath.Abs(root); err != nil {
		return s, err
	}
	if s.dist, err = filepath.Abs(dist); err != nil {
		return s, err
	}
	if s.Facts, err = facts.Read(s.root); err != nil {
		return s, err
	}
	s.Version, err = facts.VersionOf(describe, s.Facts.Version, time.Unix(seconds, 0))
	return s, err
}

// parts are what can be made.
var parts = []string{"cli", "linux", "windows", "macos", "sbom"}

// partsOf returns what is to be made: what is named, or all that a system can.
func partsOf(named, system string) ([]string, error) {
	chosen := strings.Fields(strings.ReplaceAll(named, ",", " "))
	for _, p := range chosen {
		if !slices.Contains(parts, p) {
			return nil, fmt.Errorf("%q is none of the parts %s", p, strings.Join(parts, ", "))
		}
		if p == "linux" && system != "linux" || p == "macos" && system != "darwin" || p == "windows" && system != "linux" {
			return nil, fmt.Errorf("the part %s cannot be made here: docs/packaging.md tells where", p)
		}
	}
	switch {
	case len(chosen) > 0:
		return chosen, nil
	case system == "linux":
		return []string{"cli", "linux", "windows", "sbom"}, nil
	case system == "darwin":
		return []string{"macos"}, nil
	}
	return []string{"cli"}, nil
}

// notes prints what has changed in the version, for the page of its release.
func (s settings) notes() error {
	text, err := s.changes()
	if err != nil {
		return err
	}
	_, err = io.WriteString(s.out, changelog.Unwrapped(text))
	return err
}

// changes is the section of CHANGELOG.md that the version has. What comes before a
// release may be told of in its section.
func (s settings) changes() (string, error) {
	text, err := facts.ReadFile(s.root, "CHANGELOG.md")
	if err != nil {
		return "", err
	}
	if !s.Version.Tagged {
		return changelog.Section(string(text), changelog.Unreleased)
	}
	section, err := changelog.Section(string(text), s.Version.String())
	if err != nil && s.Version.Pre != "" {
		if of, e := changelog.Section(string(text), s.Version.Number); e == nil {
			return of, nil
		}
	}
	return section, err
}

func (s settings) say(format string, args ...any) { fmt.Fprintf(s.out, format+"\n", args...) }
