package linux

import (
	"bytes"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/goreleaser/nfpm/v2"
	"github.com/goreleaser/nfpm/v2/deb"
	"github.com/goreleaser/nfpm/v2/files"
	"github.com/goreleaser/nfpm/v2/rpm"

	"culvert/tools/package/facts"
)

// release is the packages' own: of each version one is made.
const release = "1"

// WriteDeb writes the .deb for a machine as Go calls it, as amd64.
func (c Contents) WriteDeb(w io.Writer, arch string) error {
	needs, err := ReadNeeds(bytes.NewReader(c.Program))
	if err != nil {
		return err
	}
	depends, err := needs.Deb()
	if err != nil {
		return err
	}
	info := c.info(arch)
	info.Section, info.Priority = c.Facts.Deb.Section, "optional"
	info.Depends, info.Recommends, info.Suggests = depends, c.Facts.Deb.Recommends, c.Facts.Deb.Suggests
	info.License = "" // no field of a .deb: the file copyright has it
	info.Deb.Compression = "xz"
	return c.write(w, deb.Default, info, debKind)
}

// WriteRPM writes the .rpm for a machine as Go calls it. licences are those of all that
// is in the program, as an SPDX expression.
func (c Contents) WriteRPM(w io.Writer, arch, licences string) error {
	needs, err := ReadNeeds(bytes.NewReader(c.Program))
	if err != nil {
		return err
	}
	info := c.info(arch)
	info.License, info.Vendor = licences, c.Facts.Publisher
	info.Depends, info.Recommends, info.Suggests = needs.RPM(), c.Facts.RPM.Recommends, c.Facts.RPM.Suggests
	info.RPM.Summary = c.Facts.Summary
	info.RPM.Compression = "xz"
	info.RPM.BuildHost = "localhost" // the same wherever it is built
	return c.write(w, rpm.DefaultRPM, info, rpmKind)
}

// info is what both formats say.
func (c Contents) info(arch string) *nfpm.Info {
	v := c.Version
	return nfpm.WithDefaults(&nfpm.Info{
		Name: c.Facts.Package, Arch: arch, Platform: "linux", Version: v.Number, VersionSchema: "none", Prerelease: v.Pre, Release: release,
		Maintainer: c.Facts.Maintainer, Homepage: c.Facts.Homepage, License: c.Facts.Licence,
		Description: c.Facts.Summary + "\n" + described(c.Facts), MTime: v.Changed, DisableGlobbing: true,
	})
}

// described is the description in lines of 78 characters.
func described(f facts.Facts) string {
	var parts []string
	for _, p := range f.Description {
		parts = append(parts, wrapped(p, 78))
	}
	return strings.Join(parts, "\n\n")
}

// wrapped breaks a paragraph into lines.
func wrapped(text string, width int) string {
	var b strings.Builder
	at := 0
	for i, word := range strings.Fields(text) {
		switch {
		case i == 0:
		case at+1+len(word) > width:
			b.WriteByte('\n')
			at = 0
		default:
			b.WriteByte(' ')
			at++
		}
		b.WriteString(word)
		at += len(word)
	}
	return b.String()
}

// write packs the tree below /usr. The library reads files, so that they are written to
// a folder first.
func (c Contents) write(w io.Writer, p nfpm.Packager, info *nfpm.Info, k kind) (err error) {
	tree, err := c.tree(k)
	if err != nil {
		return err
	}
	dir, err := os.MkdirTemp("", "culvert-package-")
	if err != nil {
		return err
	}
	defer func() {
		if e := os.RemoveAll(dir); err == nil {
			err = e
		}
	}()
	for i, f := range tree {
		content := &files.Content{
			Destination: path.Join("/usr", f.Name), Type: files.TypeFile,
			FileInfo: &files.ContentFileInfo{Owner: "root", Group: "root", Mode: f.Mode().Perm(), MTime: c.Version.Changed},
		}
		if f.Link != "" {
			content.Type, content.Source = files.TypeSymlink, f.Link
		} else {
			content.Source = filepath.Join(dir, strconv.Itoa(i))
			if err := os.WriteFile(content.Source, f.Data, 0o600); err != nil {
				return err
			}
			if doc, licence := isDoc(f.Name); licence && !k.debian {
				content.Type = files.TypeRPMLicense
			} else if doc && !k.debian {
				content.Type = files.TypeRPMDoc
			}
		}
		info.Contents = append(info.Contents, content)
	}
	if err := p.Package(info, w); err != nil {
		return fmt.Errorf("pack: %w", err)
	}
	return nil
}
