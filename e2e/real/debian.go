package real

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
)

// packages are the Debian packages whose programs are used, and debianPrograms
// where those are inside them. Names and places are the same from Debian 11 on.
var (
	packages       = [...]string{"containerd", "runc", "containernetworking-plugins"}
	debianPrograms = [...]string{
		"usr/bin/containerd", "usr/bin/containerd-shim-runc-v2", "usr/bin/ctr", "usr/sbin/runc",
		"usr/lib/cni/ptp", "usr/lib/cni/host-local", "usr/lib/cni/loopback",
	}
)

// fetchRuntime puts the container runtime's programs into bin, unless they are
// there. Nothing is installed; the machine's lists of packages are read, and
// when they do not do, fresh ones are kept below cache.
func fetchRuntime(cache, bin string) error {
	missing := false
	for _, p := range debianPrograms {
		if _, err := os.Stat(filepath.Join(bin, filepath.Base(p))); errors.Is(err, fs.ErrNotExist) {
			missing = true
		} else if err != nil {
			return err
		}
	}
	if !missing {
		return nil
	}
	tmp, err := os.MkdirTemp(cache, "debian-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }()
	if err := download(tmp, nil); err != nil {
		own := []string{
			"-o", "Dir::State::lists=" + filepath.Join(tmp, "lists"),
			"-o", "Dir::Cache=" + filepath.Join(tmp, "cache"),
		}
		for _, dir := range []string{"lists/partial", "cache/archives/partial"} {
			if err := os.MkdirAll(filepath.Join(tmp, dir), 0o755); err != nil {
				return err
			}
		}
		if err := command(tmp, "apt-get", append(own, "-o", "APT::Sandbox::User=root", "-qq", "update")...); err != nil {
			return err
		}
		if err := download(tmp, own); err != nil {
			return err
		}
	}
	debs, err := filepath.Glob(filepath.Join(tmp, "*.deb"))
	if err != nil {
		return err
	}
	root := filepath.Join(tmp, "root")
	for _, deb := range debs {
		if err := command(tmp, "dpkg-deb", "-x", deb, root); err != nil {
			return err
		}
	}
	for _, p := range debianPrograms {
		if err := copyProgram(filepath.Join(root, p), filepath.Join(bin, filepath.Base(p))); err != nil {
			return err
		}
	}
	return nil
}

func download(dir string, options []string) error {
	args := slices.Concat(options, []string{"-o", "APT::Sandbox::User=root", "-qq", "download"}, packages[:])
	return command(dir, "apt-get", args...)
}

func command(dir, name string, args ...string) error {
	cmd := exec.CommandContext(context.Background(), name, args...)
	cmd.Dir = dir
	if printed, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", name, err, printed)
	}
	return nil
}

// copyProgram writes to at once or not at all: an interrupted run leaves no half
// of a program.
func copyProgram(from, to string) error {
	src, err := os.Open(from)
	if err != nil {
		return err
	}
	defer func() { _ = src.Close() }()
	dst, err := os.OpenFile(to+".new", os.O_CREATE|os.O_TRUNC|os.O_WRONLY, 0o755)
	if err != nil {
		return err
	}
	_, err = io.Copy(dst, src)
	if cerr := dst.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	return os.Rename(to+".new", to)
}
