package debian

import (
	"archive/tar"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os/exec"
	"path"
	"strings"
)

// merged are the folders that are links to those of the same name in /usr, as on
// every Debian since 12; packages still bring files by the old paths.
var merged = [...]string{"bin", "lib", "lib32", "lib64", "libx32", "sbin"}

// unread are folders that no program needs.
var unread = [...]string{
	"usr/share/bash-completion/", "usr/share/doc/", "usr/share/doc-base/", "usr/share/info/", "usr/share/lintian/",
	"usr/share/locale/", "usr/share/man/",
}

// WriteLayer writes the files of all packages as one archive: the layer of a
// container's image. Of documentation and translations there is none in it.
func WriteLayer(ctx context.Context, to io.Writer, packages []Package) error {
	l := layer{out: tar.NewWriter(to), seen: make(map[string]bool)}
	if err := l.begin(); err != nil {
		return err
	}
	for _, p := range packages {
		if err := l.addPackage(ctx, p); err != nil {
			return fmt.Errorf("unpack %s: %w", p, err)
		}
	}
	return l.out.Close()
}

// layer is an archive that is being written.
type layer struct {
	out  *tar.Writer
	seen map[string]bool
}

// begin writes the links of the merged folders.
func (l *layer) begin() error {
	if err := l.put(&tar.Header{Typeflag: tar.TypeDir, Name: "usr/", Mode: 0o755}, nil); err != nil {
		return err
	}
	for _, dir := range merged {
		if err := l.put(&tar.Header{Typeflag: tar.TypeDir, Name: "usr/" + dir + "/", Mode: 0o755}, nil); err != nil {
			return err
		}
		if err := l.put(&tar.Header{Typeflag: tar.TypeSymlink, Name: dir, Linkname: "usr/" + dir, Mode: 0o777}, nil); err != nil {
			return err
		}
	}
	return nil
}

func (l *layer) addPackage(ctx context.Context, p Package) error {
	cmd := exec.CommandContext(ctx, "dpkg-deb", "--fsys-tarfile", p.Path)
	var said bytes.Buffer
	cmd.Stderr = &said
	out, err := cmd.StdoutPipe()
	if err != nil {
		return err
	}
	if err := cmd.Start(); err != nil {
		return err
	}
	err = l.add(tar.NewReader(out))
	_, rerr := io.Copy(io.Discard, out) // so that it can end
	if werr := cmd.Wait(); werr != nil {
		return fmt.Errorf("dpkg-deb: %w: %s", werr, said.String())
	}
	return errors.Join(err, rerr)
}

// add adds what an archive of a package's files holds.
func (l *layer) add(from *tar.Reader) error {
	for {
		h, err := from.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name, ok := place(h.Name)
		if !ok {
			continue
		}
		h.Name = name
		if h.Typeflag == tar.TypeDir {
			h.Name += "/"
		}
		if h.Typeflag == tar.TypeLink {
			if h.Linkname, ok = place(h.Linkname); !ok {
				return fmt.Errorf("%s is a link to a file that is left out", name)
			}
		}
		if err := l.put(h, from); err != nil {
			return err
		}
	}
}

// put writes one entry, unless there is one of the name.
func (l *layer) put(h *tar.Header, content io.Reader) error {
	if l.seen[h.Name] {
		return nil
	}
	l.seen[h.Name] = true
	h.Format = tar.FormatUnknown // a long name may need another than the package's
	if err := l.out.WriteHeader(h); err != nil {
		return err
	}
	if h.Typeflag != tar.TypeReg {
		return nil
	}
	_, err := io.Copy(l.out, content)
	return err
}

// place returns where a package's file goes, without a slash at either end. It is
// false for what is left out, and for the root itself.
func place(name string) (string, bool) {
	name = strings.TrimPrefix(path.Clean("/"+name), "/")
	top, _, _ := strings.Cut(name, "/")
	for _, dir := range merged {
		if top == dir {
			name = "usr/" + name
			break
		}
	}
	for _, dir := range unread {
		if strings.HasPrefix(name+"/", dir) {
			return "", false
		}
	}
	return name, name != ""
}
