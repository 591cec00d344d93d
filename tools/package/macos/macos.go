// Package macos makes an application bundle for macOS.
package macos

import (
	"bytes"
	"debug/macho"
	_ "embed"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"strings"
	"text/template"

	"culvert/tools/package/archive"
	"culvert/tools/package/facts"
)

//go:embed plist.tmpl
var plistText string

// Contents is what is in the bundle.
type Contents struct {
	Facts   facts.Facts
	Version facts.Version
	Program []byte
	Icon    []byte // .icns
	Licence []byte
	Notices []byte
}

// Bundle returns the bundle's files.
func (c Contents) Bundle() ([]archive.File, error) {
	info, err := Plist(c.Facts, c.Version)
	if err != nil {
		return nil, err
	}
	return archive.Below(c.Facts.Name+".app/Contents", []archive.File{
		{Name: "Info.plist", Data: info},
		{Name: "PkgInfo", Data: []byte("APPL????")},
		{Name: "MacOS/" + c.Facts.Package, Data: c.Program, Runs: true},
		{Name: "Resources/" + c.Facts.Package + ".icns", Data: c.Icon},
		{Name: "Resources/LICENSE.txt", Data: c.Licence},
		{Name: "Resources/NOTICES.txt", Data: c.Notices},
	}), nil
}

// Plist returns what the bundle says of itself.
func Plist(f facts.Facts, v facts.Version) ([]byte, error) {
	t, err := template.New("plist").Funcs(template.FuncMap{"xml": func(text string) (string, error) {
		var b strings.Builder
		err := xml.EscapeText(&b, []byte(text))
		return b.String(), err
	}}).Parse(plistText)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, map[string]any{"Facts": f, "Version": v}); err != nil {
		return nil, fmt.Errorf("write Info.plist: %w", err)
	}
	return out.Bytes(), nil
}

// CheckLibraries fails for a program that needs a library that is not macOS's.
func CheckLibraries(r io.ReaderAt) error {
	f, err := macho.NewFile(r)
	if err != nil {
		return fmt.Errorf("read the program: %w", err)
	}
	libraries, err := f.ImportedLibraries()
	if err != nil {
		return fmt.Errorf("read what the program is linked with: %w", err)
	}
	return unknown(libraries)
}

func unknown(libraries []string) error {
	var errs []error
	for _, lib := range libraries {
		if !strings.HasPrefix(lib, "/usr/lib/") && !strings.HasPrefix(lib, "/System/Library/") {
			errs = append(errs, fmt.Errorf("the program needs %s, which macOS does not have", lib))
		}
	}
	return errors.Join(errs...)
}
