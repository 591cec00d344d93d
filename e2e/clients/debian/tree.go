package debian

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// Unpack makes a folder of a layer. It is there with all its files or not at all.
func Unpack(layer io.Reader, dir string) error {
	if err := os.MkdirAll(filepath.Dir(dir), 0o755); err != nil {
		return err
	}
	tmp, err := os.MkdirTemp(filepath.Dir(dir), filepath.Base(dir)+".new-")
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(tmp) }() // gone already when all went well
	root, err := os.OpenRoot(tmp)
	if err != nil {
		return err
	}
	err = unpack(tar.NewReader(layer), root)
	if cerr := root.Close(); err == nil {
		err = cerr
	}
	if err != nil {
		return err
	}
	if err := os.Chmod(tmp, 0o755); err != nil {
		return err
	}
	return os.Rename(tmp, dir)
}

func unpack(from *tar.Reader, to *os.Root) error {
	for {
		h, err := from.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err == nil {
			err = unpackOne(h, from, to)
		}
		if err != nil {
			return fmt.Errorf("unpack: %w", err)
		}
	}
}

// unpackOne makes one file. Owners and the bits that give rights stay behind:
// what is there is for whoever has unpacked it.
func unpackOne(h *tar.Header, content io.Reader, to *os.Root) error {
	name := filepath.Clean(h.Name)
	mode := h.FileInfo().Mode().Perm()
	switch h.Typeflag {
	case tar.TypeDir:
		if err := to.Mkdir(name, mode|0o700); err != nil && !errors.Is(err, fs.ErrExist) {
			return err
		}
		return nil
	case tar.TypeSymlink:
		return to.Symlink(h.Linkname, name)
	case tar.TypeLink:
		return to.Link(filepath.Clean(h.Linkname), name)
	case tar.TypeReg:
	default:
		return fmt.Errorf("%s is of the kind %q, which is not understood", h.Name, h.Typeflag)
	}
	f, err := to.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, mode)
	if err != nil {
		return err
	}
	_, err = io.Copy(f, content)
	if cerr := f.Close(); err == nil {
		err = cerr
	}
	return err
}
