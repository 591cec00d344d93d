package profiles

import (
	"io/fs"
	"path/filepath"
	"strings"
)

// DeletedFile is what a [Deleted] holds besides its profile, for who gives it to
// another process.
type DeletedFile struct {
	Base string // its name, without a folder
	Data []byte
	Link string // where it led, if it was a link
	Mode fs.FileMode
}

// File returns the file that was deleted. It is empty for what was never one.
func (d Deleted) File() DeletedFile {
	return DeletedFile{Base: d.base, Data: d.data, Link: d.was.link, Mode: d.was.mode}
}

// DeletedOf is the reverse of [Deleted.File]. The error means that no profile can
// have had such a file.
func DeletedOf(p Profile, f DeletedFile) (Deleted, error) {
	d := Deleted{Profile: p, base: f.Base, data: f.Data, was: bygone{link: f.Link, mode: f.Mode}}
	if f.Base == "" && len(f.Data) == 0 && f.Link == "" && f.Mode == 0 {
		return d, nil
	}
	switch _, ok := idOf(f.Base); {
	case !ok || filepath.Base(f.Base) != f.Base || strings.ContainsAny(f.Base, `/\`):
		return Deleted{}, refused("profile", "", "%q is no name of a profile's file", clean(f.Base))
	case len(f.Data) > maxSize:
		return Deleted{}, refused("profile "+clean(p.ID), "", "%w", errTooLarge)
	case f.Mode&^fs.ModePerm != 0:
		return Deleted{}, refused("profile "+clean(p.ID), "", "%v is no mode of a profile's file", f.Mode)
	}
	return d, nil
}
