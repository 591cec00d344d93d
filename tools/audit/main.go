// Command audit looks at what the product is made of: the licences of all that is
// linked into it, a bill of materials, and what is known of vulnerabilities. Run it
// with `make audit`; docs/supply-chain.md tells more.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"strconv"
	"strings"
	"time"

	"culvert/tools/audit/licences"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	err := run(ctx, os.Args[1:])
	stop()
	if err != nil && !errors.Is(err, flag.ErrHelp) {
		fmt.Fprintln(os.Stderr, "audit:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, args []string) error {
	flags := flag.NewFlagSet("audit", flag.ContinueOnError)
	root := flags.String("root", "../..", "the `folder` of the product's main package")
	sbom := flags.String("sbom", "", "the `file` for the bill of materials; none without one")
	table := flags.String("table", "", "the `file` for the list of licences that the window shows; none without one")
	version := flags.String("version", "development", "the product's `version`, for the bill of materials")
	vulnerabilities := flags.Bool("vulnerabilities", true, "look for what is known of them")
	if err := flags.Parse(args); err != nil {
		return err
	}
	at, err := built(os.Getenv("SOURCE_DATE_EPOCH"))
	if err != nil {
		return err
	}
	modules, err := licences.Read(ctx, *root)
	if err != nil {
		return err
	}
	for _, m := range modules {
		fmt.Printf("%-50s %-40s %s\n", m.Path, m.Version, strings.Join(m.Names(), ", "))
	}
	if err := licences.Check(modules); err != nil {
		return fmt.Errorf("licences: %w", err)
	}
	fmt.Printf("Licences: those of all %d modules are known and allowed.\n", len(modules))
	if *table != "" {
		if err := os.WriteFile(*table, licences.Table(modules), 0o644); err != nil {
			return err
		}
	}
	if *sbom != "" {
		if err := writeBOM(*sbom, modules, *version, at); err != nil {
			return err
		}
		fmt.Printf("Bill of materials: %s, of %s.\n", *sbom, at.UTC().Format(time.RFC3339))
	}
	if !*vulnerabilities {
		return nil
	}
	return told(checkVulnerabilities(ctx, *root), required())
}

// required are the parts that must not be left out, from AUDIT_REQUIRE.
func required() []string {
	return strings.Fields(strings.ReplaceAll(os.Getenv("AUDIT_REQUIRE"), ",", " "))
}

// told says what came of looking for vulnerabilities. That nobody could look is an
// error only where it was required.
func told(err error, required []string) error {
	switch {
	case err == nil:
		fmt.Println("Vulnerabilities: none is known in what is called.")
		return nil
	case !errors.Is(err, errUnchecked):
		return fmt.Errorf("vulnerabilities: %w", err)
	}
	for _, r := range required {
		if r == "vulnerabilities" {
			return fmt.Errorf("vulnerabilities: %w", err)
		}
	}
	fmt.Printf("VULNERABILITIES WERE NOT CHECKED: they %v.\n"+
		"Run `make audit` where it can be, or name a copy of it: GOVULNDB=file:///path or https://mirror. AUDIT_REQUIRE=vulnerabilities makes this an error.\n", err)
	return nil
}

// built returns the time that the bill of materials is of: seconds since 1970, or now.
func built(epoch string) (time.Time, error) {
	if epoch == "" {
		return time.Now(), nil
	}
	n, err := strconv.ParseInt(epoch, 10, 64)
	if err != nil {
		return time.Time{}, fmt.Errorf("SOURCE_DATE_EPOCH is %q: give seconds since 1970", epoch)
	}
	return time.Unix(n, 0), nil
}
