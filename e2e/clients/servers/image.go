package servers

import (
	"archive/tar"
	"bytes"
	"context"
	"crypto/sha256"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"

	"culvert/e2e/clients/debian"
)

// imageRef names the image of all servers.
const imageRef = "culvert.test/servers:1"

// packages are what the image is made of. Left out is what only maintainer
// scripts, boot and documentation need, and the compiler that PostgreSQL would
// speed up long queries with.
func packages() debian.Set {
	return debian.Set{
		Packages: []string{
			"bash", "coreutils", "dash", "fcgiwrap", "git", "nginx", "nginx-light", "openssh-server", "openssh-sftp-server",
			"postgresql", "redis-server",
		},
		Without: []string{
			"adduser", "debconf", "dmsetup", "dpkg", "git-man", "iproute2", "libbpf*", "libc-l10n", "libcryptsetup*", "libdevmapper*", "libfdisk*",
			"libllvm*", "libperl*", "libz3-*", "locales", "lsb-base", "mount", "perl", "perl-*", "postgresql-common", "procps", "ssl-cert",
			"systemd", "tar", "ucf", "usrmerge",
		},
	}
}

//go:embed files
var files embed.FS

// layer returns the path of the layer with the packages, which it makes unless
// it is in the cache.
func layer(ctx context.Context, cache string, all []debian.Package) (string, error) {
	to := filepath.Join(cache, "servers-"+Digest(all)+".tar")
	if _, err := os.Stat(to); !errors.Is(err, fs.ErrNotExist) {
		return to, err
	}
	f, err := os.CreateTemp(cache, "servers-*.new")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.Remove(f.Name()) }()
	err = debian.WriteLayer(ctx, f, all)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return "", err
	}
	return to, os.Rename(f.Name(), to)
}

// Digest names a list of packages with their versions.
func Digest(all []debian.Package) string {
	h := sha256.New()
	for _, p := range all {
		fmt.Fprintln(h, p)
	}
	return fmt.Sprintf("%x", h.Sum(nil)[:8])
}

// writeOwnLayer writes what is ours in the image. Program is the path of the
// built package server.
func writeOwnLayer(to io.Writer, program string) error {
	w := tar.NewWriter(to)
	// The runtime makes no mount points in an image, and servers want these.
	for _, dir := range []string{"data", "dev", "etc", "etc/culvert", "home", "proc", "root", "run", "secrets", "sys", "var/lib/nginx", "var/log/nginx"} {
		if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755}); err != nil {
			return err
		}
	}
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: "tmp/", Mode: 0o1777}); err != nil {
		return err
	}
	// A maintainer script would have made it.
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeSymlink, Name: "usr/bin/sh", Linkname: "dash", Mode: 0o777}); err != nil {
		return err
	}
	content, err := os.ReadFile(program)
	if err != nil {
		return err
	}
	if err := putFile(w, "server", 0o755, content); err != nil {
		return err
	}
	err = fs.WalkDir(files, "files", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		content, err := files.ReadFile(name)
		if err != nil {
			return err
		}
		return putFile(w, inImage(path.Base(name)), 0o755, content)
	})
	if err != nil {
		return err
	}
	return w.Close()
}

// inImage returns where a file of this package lies in the image.
func inImage(name string) string {
	switch name {
	case "passwd", "group", "nsswitch.conf":
		return "etc/" + name
	}
	return "etc/culvert/" + name
}

func putFile(w *tar.Writer, name string, mode int64, content []byte) error {
	if err := w.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: name, Mode: mode, Size: int64(len(content))}); err != nil {
		return err
	}
	_, err := io.Copy(w, bytes.NewReader(content))
	return err
}
