package debian

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

// Set is packages that are wanted together.
type Set struct {
	Packages []string
	// Without are packages that stay out although others depend on them. A name
	// that ends with a star stands for all that begin so.
	Without []string
}

// Fetch returns the packages of a set and all that they depend on, in the order
// in which apt would install them. What is missing is downloaded into cache.
func Fetch(ctx context.Context, cache string, s Set) ([]Package, error) {
	cache, err := filepath.Abs(cache)
	if err != nil {
		return nil, err
	}
	a := apt{dir: cache}
	for _, dir := range []string{"archives", "lists/partial", "apt/archives/partial"} {
		if err := os.MkdirAll(filepath.Join(cache, dir), 0o755); err != nil {
			return nil, err
		}
	}
	// An empty list of what is installed: the answer is the same on each machine.
	if err := os.WriteFile(a.status(), nil, 0o644); err != nil {
		return nil, err
	}
	all, err := a.fetch(ctx, s)
	if err == nil || ctx.Err() != nil {
		return all, err
	}
	// The machine's lists are missing or old.
	a.ownLists = true
	if _, uerr := a.run(ctx, "update"); uerr != nil {
		return nil, fmt.Errorf("%w; fresh lists of packages could not be had either, so look at the mirror in /etc/apt: %w", err, uerr)
	}
	return a.fetch(ctx, s)
}

// apt runs apt-get on a state of its own.
type apt struct {
	dir      string
	ownLists bool
}

func (a apt) status() string   { return filepath.Join(a.dir, "status") }
func (a apt) archives() string { return filepath.Join(a.dir, "archives") }

func (a apt) fetch(ctx context.Context, s Set) ([]Package, error) {
	printed, err := a.run(ctx, "install", append([]string{"--simulate"}, s.Packages...)...)
	if err != nil {
		return nil, fmt.Errorf("find the packages %s: %w", strings.Join(s.Packages, ", "), err)
	}
	all := parseSimulation(printed, s)
	if err := s.complete(all); err != nil {
		return nil, err
	}
	var missing []string
	for i := range all {
		all[i].Path = filepath.Join(a.archives(), all[i].file())
		switch _, err := os.Stat(all[i].Path); {
		case errors.Is(err, fs.ErrNotExist):
			missing = append(missing, all[i].Name+"="+all[i].Version)
		case err != nil:
			return nil, err
		}
	}
	if len(missing) == 0 {
		return all, nil
	}
	if _, err := a.run(ctx, "download", missing...); err != nil {
		return nil, fmt.Errorf("download %d packages: %w", len(missing), err)
	}
	for _, p := range all {
		if _, err := os.Stat(p.Path); err != nil {
			return nil, fmt.Errorf("apt-get has not downloaded %s %s: %w", p.Name, p.Version, err)
		}
	}
	return all, nil
}

// run runs apt-get and returns what it printed on standard output.
func (a apt) run(ctx context.Context, verb string, args ...string) ([]byte, error) {
	options := []string{
		"-qq", "-o", "Dir::State::status=" + a.status(), "-o", "Dir::Cache=" + filepath.Join(a.dir, "apt"), "-o", "APT::Sandbox::User=root",
		"-o", "APT::Install-Recommends=false", "-o", "pkgCacheGen::ForceEssential=none", "-o", "Debug::NoLocking=true",
	}
	if a.ownLists {
		options = append(options, "-o", "Dir::State::lists="+filepath.Join(a.dir, "lists"))
	}
	cmd := exec.CommandContext(ctx, "apt-get", slices.Concat(options, []string{verb}, args)...)
	cmd.Dir = a.archives()
	cmd.Env = append(os.Environ(), "LC_ALL=C")
	var out, said bytes.Buffer
	cmd.Stdout, cmd.Stderr = &out, &said
	if err := cmd.Run(); err != nil {
		return nil, fmt.Errorf("apt-get %s: %w: %s", verb, err, strings.TrimSpace(said.String()))
	}
	return out.Bytes(), nil
}
