package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strings"

	"culvert/e2e/clients/debian"
	"culvert/e2e/clients/servers"
)

// clientPackages are the clients. The C library is the machine's own: the others
// are of the same release, from the machine's own lists.
func clientPackages() debian.Set {
	return debian.Set{
		Packages: []string{"git", "openssh-client", "postgresql-client", "redis-tools", "wrk"},
		Without: []string{
			"adduser", "debconf", "dpkg", "gcc-*-base", "git-man", "libc6", "libc-bin", "libperl*", "libpam*", "netbase", "passwd", "perl", "perl-*",
			"sensible-utils", "tar",
		},
	}
}

// fetchClients unpacks the clients into the cache, unless they are there.
func (t *trial) fetchClients(ctx context.Context, cache string) ([]debian.Package, error) {
	set := clientPackages()
	all, err := debian.Fetch(ctx, cache, set)
	if err != nil {
		return nil, fmt.Errorf("the clients' packages: %w", err)
	}
	t.tree = filepath.Join(cache, "clients-"+servers.Digest(all))
	if _, err := os.Stat(t.tree); !errors.Is(err, fs.ErrNotExist) {
		return set.Named(all), err
	}
	r, w := io.Pipe()
	go func() { w.CloseWithError(debian.WriteLayer(ctx, w, all)) }() // ends when the reader closes
	err = debian.Unpack(r, t.tree)
	_ = r.CloseWithError(err)
	return set.Named(all), err
}

// program returns the path of a client.
func (t *trial) program(name string) (string, error) {
	for _, pattern := range []string{"usr/lib/postgresql/*/bin", "usr/bin"} {
		found, err := filepath.Glob(filepath.Join(t.tree, pattern, name))
		if err != nil {
			return "", err
		}
		if len(found) > 0 {
			return found[len(found)-1], nil
		}
	}
	return "", fmt.Errorf("no package has brought the program %s", name)
}

// environment is that of the clients: they find their own libraries and each
// other, and none of the user's settings.
func (t *trial) environment() ([]string, error) {
	libraries, err := filepath.Glob(filepath.Join(t.tree, "usr/lib/*-linux-gnu*"))
	if err != nil {
		return nil, err
	}
	return []string{
		"PATH=" + filepath.Join(t.tree, "usr/bin") + ":/usr/bin:/bin", "HOME=" + t.dir, "LC_ALL=C.UTF-8",
		"LD_LIBRARY_PATH=" + strings.Join(libraries, ":"),
		"PGPASSFILE=" + filepath.Join(t.dir, passFile),
		"GIT_EXEC_PATH=" + filepath.Join(t.tree, "usr/lib/git-core"), "GIT_TEMPLATE_DIR=" + filepath.Join(t.tree, "usr/share/git-core/templates"),
		"GIT_CONFIG_NOSYSTEM=1", "GIT_CONFIG_GLOBAL=/dev/null", "GIT_TERMINAL_PROMPT=0",
		"GIT_AUTHOR_NAME=Culvert", "GIT_AUTHOR_EMAIL=culvert@culvert.test", "GIT_COMMITTER_NAME=Culvert", "GIT_COMMITTER_EMAIL=culvert@culvert.test",
	}, nil
}

// command is a client in the cluster's network. It is killed when ctx is done,
// once started with start.
func (t *trial) command(program string, args ...string) (*exec.Cmd, error) {
	path, err := t.program(program)
	if err != nil {
		return nil, err
	}
	cmd := t.c.Command(path, args...)
	cmd.Env, err = t.environment()
	return cmd, err
}

// call is a client that runs to its end.
type call struct {
	program string
	args    []string
	in      io.Reader // nil for none
	out     io.Writer // nil for the answer of do
}

// errStatus says that a client has ended with a status that is not 0.
var errStatus = errors.New("ends with")

// do runs a client and returns what it has printed on standard output. It is an
// error, too, when it had something to say on standard error.
func (t *trial) do(ctx context.Context, c call) (string, error) {
	cmd, err := t.command(c.program, c.args...)
	if err != nil {
		return "", err
	}
	var out, said bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = c.in, c.out, &said
	if c.out == nil {
		cmd.Stdout = &out
	}
	if err := cmd.Start(); err != nil {
		return "", err
	}
	stop := context.AfterFunc(ctx, func() { _ = cmd.Process.Kill() })
	err = cmd.Wait()
	stop()
	words := strings.TrimSpace(said.String())
	switch {
	case ctx.Err() != nil:
		return "", fmt.Errorf("%s: %w: %s", c.program, context.Cause(ctx), words)
	case err != nil:
		return "", fmt.Errorf("%s %w %w: %s", c.program, errStatus, err, words)
	case words != "":
		return "", fmt.Errorf("%s says: %s", c.program, words)
	}
	return out.String(), nil
}
