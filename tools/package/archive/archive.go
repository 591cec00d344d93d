// Package archive writes archives whose bytes depend on nothing but what is in them:
// names are sorted, owners and modes fixed, and there is one time for all.
package archive

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/flate"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/ulikunitz/xz"
)

// File is one file in an archive.
type File struct {
	Name string // with slashes, relative
	Data []byte
	Link string // what a symbolic link leads to; empty for a file
	Runs bool   // it may be executed
}

// Mode returns the permissions of a file.
func (f File) Mode() fs.FileMode {
	switch {
	case f.Link != "":
		return fs.ModeSymlink | 0o777
	case f.Runs:
		return 0o755
	}
	return 0o644
}

// Sorted returns files by name. It fails for a name that stands twice, is not relative,
// or leads out of the archive.
func Sorted(files []File) ([]File, error) {
	files = slices.Clone(files)
	slices.SortFunc(files, func(a, b File) int { return strings.Compare(a.Name, b.Name) })
	for i, f := range files {
		if !fs.ValidPath(f.Name) || f.Name == "." || strings.Contains(f.Name, `\`) {
			return nil, fmt.Errorf("%q is no name for a file in an archive", f.Name)
		}
		if i > 0 && files[i-1].Name == f.Name {
			return nil, fmt.Errorf("%s is there twice", f.Name)
		}
	}
	return files, nil
}

// Below returns files in a folder.
func Below(dir string, files []File) []File {
	files = slices.Clone(files)
	for i := range files {
		files[i].Name = dir + "/" + files[i].Name
	}
	return files
}

// TarXZ writes a .tar.xz.
func TarXZ(w io.Writer, files []File, at time.Time) error {
	x, err := xz.WriterConfig{DictCap: 32 << 20, CheckSum: xz.CRC64}.NewWriter(w)
	if err != nil {
		return err
	}
	return errors.Join(writeTar(x, files, at), x.Close())
}

// TarGZ writes a .tar.gz.
func TarGZ(w io.Writer, files []File, at time.Time) error {
	z, err := gzip.NewWriterLevel(w, gzip.BestCompression)
	if err != nil {
		return err
	}
	return errors.Join(writeTar(z, files, at), z.Close())
}

func writeTar(w io.Writer, files []File, at time.Time) error {
	files, err := Sorted(files)
	if err != nil {
		return err
	}
	t := tar.NewWriter(w)
	for _, dir := range folders(files) {
		if err := t.WriteHeader(&tar.Header{Typeflag: tar.TypeDir, Name: dir + "/", Mode: 0o755, ModTime: at, Uname: "root", Gname: "root", Format: tar.FormatUSTAR}); err != nil {
			return err
		}
	}
	for _, f := range files {
		h := &tar.Header{
			Typeflag: tar.TypeReg, Name: f.Name, Size: int64(len(f.Data)), Mode: int64(f.Mode().Perm()), ModTime: at, Uname: "root", Gname: "root", Format: tar.FormatUSTAR,
		}
		if f.Link != "" {
			h.Typeflag, h.Linkname, h.Size = tar.TypeSymlink, f.Link, 0
		}
		if err := t.WriteHeader(h); err != nil {
			return fmt.Errorf("write %s: %w", f.Name, err)
		}
		if f.Link != "" {
			continue
		}
		if _, err := t.Write(f.Data); err != nil {
			return fmt.Errorf("write %s: %w", f.Name, err)
		}
	}
	return t.Close()
}

// folders are those that files are in, each before those below it.
func folders(files []File) []string {
	all := make(map[string]bool)
	for _, f := range files {
		for dir := path.Dir(f.Name); dir != "."; dir = path.Dir(dir) {
			all[dir] = true
		}
	}
	return slices.Sorted(maps.Keys(all))
}

// Zip writes a .zip. It has no symbolic links: Windows could not unpack them.
func Zip(w io.Writer, files []File, at time.Time) error {
	files, err := Sorted(files)
	if err != nil {
		return err
	}
	z := zip.NewWriter(w)
	z.RegisterCompressor(zip.Deflate, func(w io.Writer) (io.WriteCloser, error) { return flate.NewWriter(w, flate.BestCompression) })
	for _, f := range files {
		if f.Link != "" {
			return fmt.Errorf("%s is a symbolic link", f.Name)
		}
		h := &zip.FileHeader{Name: f.Name, Method: zip.Deflate, Modified: at.UTC()}
		h.SetMode(f.Mode())
		part, err := z.CreateHeader(h)
		if err == nil {
			_, err = part.Write(f.Data)
		}
		if err != nil {
			return fmt.Errorf("write %s: %w", f.Name, err)
		}
	}
	return z.Close()
}

// GZ returns data as gzip -9n writes it.
func GZ(data []byte) ([]byte, error) {
	var out bytes.Buffer
	z, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := z.Write(data); err != nil {
		return nil, err
	}
	if err := z.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}
