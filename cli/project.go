package cli

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"culvert/tunnels"
	"culvert/tunnels/durable"
	"culvert/tunnels/profiles"
	"culvert/tunnels/workspace"
)

// projectFile is what a project's own tunnels are written in, found as an editor
// finds its settings.
const projectFile = ".culvert.yaml"

// maxGuests bounds a file that tunnels are read from, in bytes: what is longer is no
// profile, as profiles.Parse says.
const maxGuests = 1<<20 + 1

// standardInput is how a file is called that comes from there.
const standardInput = "-"

// readGuests reads the tunnels of a file that the user has named; a folder stands
// for the project's file in it.
func readGuests(ctx context.Context, d Deps, path string) (workspace.Guests, error) {
	switch {
	case strings.Contains(path, "://"):
		return workspace.Guests{}, &tunnels.Error{
			Err:  fmt.Errorf("%s is an address, and tunnels are only taken from files", path),
			Hint: "Download it, look at it, and name the file. Or pipe it in: `curl … | culvert up -f -`.",
		}
	case path == standardInput:
		text, err := interruptible(ctx, func() (string, error) {
			b, err := readBounded(d.In)
			return string(b), err
		})
		if err != nil {
			return workspace.Guests{}, unreadableFile("standard input", err)
		}
		return parseGuests(d, "", "standard input", []byte(text))
	}
	path = absolute(path)
	if info, err := os.Stat(path); err == nil && info.IsDir() {
		return readProject(d, leadsTo(path))
	}
	data, err := durable.Read(path, maxGuests)
	if err != nil {
		return workspace.Guests{}, unreadableFile(path, err)
	}
	return parseGuests(d, path, path, data)
}

func readBounded(r io.Reader) ([]byte, error) {
	if r == nil {
		return nil, errors.New("it is closed")
	}
	return io.ReadAll(io.LimitReader(r, maxGuests))
}

// parseGuests reads tunnels; shown is how errors call their file. What is not the
// file's to say is left out: when they start. Fields without effect are warned of.
func parseGuests(d Deps, path, shown string, data []byte) (workspace.Guests, error) {
	p, err := profiles.Parse(nameOf(path), data)
	if err != nil {
		return workspace.Guests{}, brokenFile(shown, err)
	}
	for _, at := range profiles.Unknown(data) {
		d.warn(fmt.Errorf("%s, line %d, column %d: %w", shown, at.Line, at.Column, &at))
	}
	g := workspace.Guests{Path: path, Name: p.Name}
	for _, s := range p.Tunnels {
		s.ID, s.Profile, s.AutoStart = "", "", false
		g.Tunnels = append(g.Tunnels, s)
	}
	if len(g.Tunnels) == 0 {
		return g, &tunnels.Error{
			Op: shown, Err: errors.New("there is no tunnel in it"), Cause: tunnels.CauseInvalid, Permanent: true,
			Hint: "Write one below tunnels:, as `- {target: svc/web, ports: [8080]}`.",
		}
	}
	return g, nil
}

// nameOf is how tunnels of a file are called together that has no name for them: as
// the file, or as the project's folder.
func nameOf(path string) string {
	base := filepath.Base(path)
	switch {
	case path == "":
		return "standard input"
	case base == projectFile:
		if dir := filepath.Base(filepath.Dir(path)); dir != string(filepath.Separator) && dir != "." {
			return dir
		}
		return "project"
	}
	return strings.TrimSuffix(base, filepath.Ext(base))
}

// brokenFile says where a file is wrong, and what.
func brokenFile(shown string, err error) error {
	e := *tunnels.AsError(err)
	e.Op, e.Hint = shown, "Correct the file. Nothing was started."
	var at *profiles.Position
	if errors.As(err, &at) {
		e.Err = at.Err
		if at.Line > 0 {
			e.Op += fmt.Sprintf(", line %d", at.Line)
		}
		if at.Column > 0 {
			e.Op += fmt.Sprintf(", column %d", at.Column)
		}
	}
	return &e
}

func unreadableFile(shown string, err error) *tunnels.Error {
	return &tunnels.Error{
		Op: "read " + shown, Err: durable.Reason(err), Cause: tunnels.CauseInvalid, Permanent: true,
		Hint: "Name a file of yours that can be read, or - for standard input.",
	}
}

// errNoProject means that there is no project's file.
var errNoProject = errors.New("there is no " + projectFile + " here, nor in a folder above up to the project's root")

// projectOf returns the folder with the project's file: a folder itself, or the
// nearest above, up to the root of the repository, the user's home or the end of the
// file system. The file is not looked into.
func projectOf(dir string) (string, error) {
	if real, err := filepath.EvalSymlinks(dir); err == nil {
		dir = real
	}
	home, _ := os.UserHomeDir() // without one it is no border
	if real, err := filepath.EvalSymlinks(home); err == nil {
		home = real
	}
	for {
		if _, err := os.Lstat(filepath.Join(dir, projectFile)); err == nil {
			return dir, nil
		}
		_, err := os.Lstat(filepath.Join(dir, ".git"))
		above := filepath.Dir(dir)
		if err == nil || dir == home || above == dir || !sameFileSystem(dir, above) {
			return "", errNoProject
		}
		dir = above
	}
}

// readProject reads the project's file in a folder, which may have come with
// somebody else's work: both have to be the user's, and nobody else's to change.
func readProject(d Deps, dir string) (workspace.Guests, error) {
	path := filepath.Join(dir, projectFile)
	file, err := openOwned(dir, projectFile)
	if err != nil {
		e := unreadableFile(path, err)
		if theirs, ok := errors.AsType[*notOurs](err); ok {
			e.Hint = theirs.hint + fmt.Sprintf(" If you trust it, name it: `culvert up -f %s`.", path)
		}
		return workspace.Guests{}, e
	}
	defer file.Close() //nolint:errcheck // it was only read
	data, err := readBounded(file)
	if err != nil {
		return workspace.Guests{}, unreadableFile(path, err)
	}
	return parseGuests(d, path, path, data)
}

// notOurs is why a file that was found is not used.
type notOurs struct{ why, hint string } //nolint:errname // it is a reason among others

func (n *notOurs) Error() string { return n.why }
