package exchange

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"culvert/tunnels"
)

// Bounds of what is read of a folder.
const (
	MaxFiles      = 200
	maxFolderSize = 16 << 20
)

// subfolder is the one that is looked into besides the folder itself.
const subfolder = ".culvert"

// endings are those of the files of a folder that may have tunnels.
var endings = []string{".yaml", ".yml", ".json", ".sh"}

// ReadPaths reads files, and of folders the files that may have tunnels. Files that
// were named and cannot be read are in the result with their Err; those of a folder
// that are something else are left out. The error, an *tunnels.Error, says that there
// is nothing at all; where one thing was named, the result then has its name. It blocks for the disk, until ctx is done.
func ReadPaths(ctx context.Context, paths []string) ([]Found, error) {
	var out []Found
	for _, path := range paths[:min(len(paths), MaxFiles)] {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		info, err := os.Stat(path)
		if err == nil && info.IsDir() {
			found, err := ReadFolder(ctx, path)
			if err != nil {
				out = append(out, Found{Name: shownName(filepath.Base(path)), Err: tunnels.AsError(err)})
			}
			out = append(out, found...)
			continue
		}
		f, err := ReadFile(path)
		if err != nil {
			f = Found{Name: shownName(filepath.Base(path)), Err: tunnels.AsError(err)}
		}
		out = append(out, f)
	}
	if len(out) == 0 {
		return nil, refuse(understood, "there is no file")
	}
	bound(out)
	if !slices.ContainsFunc(out, func(f Found) bool { return f.Err == nil }) && len(out) == 1 {
		return out, out[0].Err
	}
	return out, nil
}

// bound leaves as many proposals of all files together as one may have.
func bound(all []Found) {
	left := MaxProposals
	for i := range all {
		f := &all[i]
		if n := len(f.Proposals); n > left {
			f.Notes = append(f.Notes, fmt.Sprintf("There is more in the files: the first %d tunnels are read.", MaxProposals))
			f.Proposals = f.Proposals[:left]
		}
		left -= len(f.Proposals)
	}
}

// ReadFile reads one file. What is no file, as a device or a pipe, is not opened.
func ReadFile(path string) (Found, error) {
	info, err := os.Stat(path)
	if err != nil {
		return Found{}, unreadable(err)
	}
	if !info.Mode().IsRegular() {
		return Found{}, refuse(understood, "this is no file")
	}
	f, err := os.Open(path)
	if err != nil {
		return Found{}, unreadable(err)
	}
	defer func() { _ = f.Close() }() // it was only read
	return readFrom(path, f)
}

func readFrom(path string, r io.Reader) (Found, error) {
	data, err := io.ReadAll(io.LimitReader(r, MaxSize+1))
	if err != nil {
		return Found{}, unreadable(err)
	}
	return Read(path, data)
}

// unreadable is the error of a file, without its path: the user knows it.
func unreadable(err error) error {
	var path *os.PathError
	if errors.As(err, &path) {
		err = path.Err
	}
	if errors.Is(err, os.ErrNotExist) {
		return refuse("Choose it again.", "there is no such file")
	}
	return refuse("Check its rights, or copy it to another place.", "it cannot be read: %v", err)
}

// ReadFolder reads the files of a folder that may have tunnels, and those of
// .culvert in it: *.yaml, *.json, *.sh. Links that lead out of the folder are not
// followed. Files that are something else, or broken, are no error; a folder with
// nothing is one.
func ReadFolder(ctx context.Context, path string) ([]Found, error) {
	root, err := os.OpenRoot(path)
	if err != nil {
		return nil, unreadable(err)
	}
	defer func() { _ = root.Close() }()
	var out []Found
	size := int64(0)
	for _, name := range candidates(root) {
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
		info, err := root.Stat(name)
		if err != nil || !info.Mode().IsRegular() || size+info.Size() > maxFolderSize {
			continue
		}
		size += info.Size()
		file, err := root.Open(name)
		if err != nil {
			continue // gone, or not ours to read: other files of the folder are
		}
		f, err := readFrom(name, file)
		_ = file.Close() // it was only read
		if err == nil {
			out = append(out, f)
		} else if profileName(name) {
			out = append(out, Found{Name: shownName(filepath.Base(name)), Err: tunnels.AsError(err)})
		}
	}
	if !slices.ContainsFunc(out, func(f Found) bool { return f.Err == nil }) {
		if len(out) > 0 {
			return out, nil
		}
		return nil, refuse("Choose a folder with *.yaml, *.json or *.sh files that have tunnels.", "nothing in this folder, or in %s in it, is known to be a port-forward", subfolder)
	}
	return out, nil
}

// profileName says whether a file is there for Culvert, so that it matters when it is
// broken.
func profileName(name string) bool {
	return strings.HasPrefix(name, subfolder) || strings.HasSuffix(name, ".culvert.yaml")
}

// candidates are the names of the files that may have tunnels, sorted; those for
// Culvert come first.
func candidates(root *os.Root) []string {
	var out []string
	for _, dir := range []string{subfolder, "."} {
		d, err := root.Open(dir)
		if err != nil {
			continue
		}
		entries, err := d.ReadDir(10 * MaxFiles)
		_ = d.Close()
		if err != nil && !errors.Is(err, io.EOF) {
			continue
		}
		var names []string
		for _, e := range entries {
			if slices.Contains(endings, strings.ToLower(filepath.Ext(e.Name()))) {
				names = append(names, filepath.Join(dir, e.Name()))
			}
		}
		slices.Sort(names)
		out = append(out, names...)
	}
	return out[:min(len(out), MaxFiles)]
}
