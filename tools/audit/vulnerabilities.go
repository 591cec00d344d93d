package main

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"
)

// database is where govulncheck looks for what is known, unless GOVULNDB says
// otherwise.
const database = "https://vuln.go.dev"

// within is how long the database may take to say that it is there.
const within = 20 * time.Second

// errUnchecked means that nobody could look.
var errUnchecked = errors.New("could not be checked")

// checkVulnerabilities runs govulncheck on the product in root, for each of its builds
// that a machine without C can read, and reports on standard output. It wraps errUnchecked when the database cannot be
// reached.
func checkVulnerabilities(ctx context.Context, root string) error {
	at := os.Getenv("GOVULNDB")
	if at == "" {
		at = database
	}
	if err := reach(ctx, at); err != nil {
		return fmt.Errorf("%w: the database %s cannot be reached: %w", errUnchecked, at, err)
	}
	root, err := filepath.Abs(root)
	if err != nil {
		return err
	}
	program, err := builtTool(ctx)
	if err != nil {
		return err
	}
	var errs []error
	for _, b := range []struct{ system, tags string }{
		{"linux", "nogui"},
		{"windows", "nogui"},
		{"darwin", "nogui"},
		{"linux", "ci,migrated_fynedo,no_emoji"}, // Fyne's own tag for a window that is drawn without C
	} {
		fmt.Printf("Vulnerabilities of %s with the tags %s:\n", b.system, b.tags)
		cmd := exec.CommandContext(ctx, program, "-db", at, "-C", root, "-tags", b.tags, ".")
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+b.system)
		cmd.Stdout, cmd.Stderr = os.Stdout, os.Stderr
		if err := cmd.Run(); err != nil {
			errs = append(errs, fmt.Errorf("govulncheck for %s with the tags %s: %w", b.system, b.tags, err))
		}
	}
	return errors.Join(errs...)
}

// builtTool returns govulncheck, built for this machine.
func builtTool(ctx context.Context) (string, error) {
	out, err := exec.CommandContext(ctx, "go", "tool", "-n", "govulncheck").Output()
	if err != nil {
		return "", fmt.Errorf("build govulncheck: %w", err)
	}
	return strings.TrimSpace(string(out)), nil
}

// reach tells whether a database is there: its list of modules is what is read first.
func reach(ctx context.Context, at string) error {
	u, err := url.Parse(at)
	if err != nil {
		return err
	}
	if u.Scheme == "file" {
		_, err := os.Stat(filepath.Join(filepath.FromSlash(u.Path), "index", "db.json"))
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, within)
	defer cancel()
	req, err := http.NewRequestWithContext(ctx, http.MethodHead, strings.TrimSuffix(at, "/")+"/index/db.json", http.NoBody)
	if err != nil {
		return err
	}
	answer, err := http.DefaultClient.Do(req)
	if err != nil {
		return err
	}
	if err := answer.Body.Close(); err != nil {
		return err
	}
	if answer.StatusCode != http.StatusOK {
		return fmt.Errorf("it answers %s", answer.Status)
	}
	return nil
}
