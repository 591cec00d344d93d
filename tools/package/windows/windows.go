// Package windows makes what is special to programs for Windows.
package windows

import (
	"debug/pe"
	_ "embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/josephspurrier/goversioninfo"

	"culvert/tools/package/facts"
)

//go:embed app.manifest
var manifest []byte

// WriteResources writes a file that Go links into a program of an architecture: its icon,
// its version, and what it says to Windows of itself.
func WriteResources(path string, f facts.Facts, v facts.Version, icon []byte, arch string) (err error) {
	dir, err := os.MkdirTemp("", "culvert-resources-")
	if err != nil {
		return err
	}
	defer func() {
		if e := os.RemoveAll(dir); err == nil {
			err = e
		}
	}()
	iconFile, manifestFile := filepath.Join(dir, "app.ico"), filepath.Join(dir, "app.manifest")
	if err := errors.Join(os.WriteFile(iconFile, icon, 0o600), os.WriteFile(manifestFile, manifest, 0o600)); err != nil {
		return err
	}
	number, err := numberOf(v)
	if err != nil {
		return err
	}
	info := &goversioninfo.VersionInfo{
		FixedFileInfo: goversioninfo.FixedFileInfo{FileVersion: number, ProductVersion: number, FileFlagsMask: "3f", FileFlags: "00", FileOS: "040004", FileType: "01", FileSubType: "00"},
		StringFileInfo: goversioninfo.StringFileInfo{
			CompanyName: f.Publisher, FileDescription: f.Name, FileVersion: v.String(), InternalName: f.Package, LegalCopyright: f.Copyright, ProductName: f.Name, ProductVersion: v.String(),
		},
		VarFileInfo: goversioninfo.VarFileInfo{Translation: goversioninfo.Translation{LangID: 0x0409, CharsetID: goversioninfo.CsUnicode}},
		IconPath:    iconFile, ManifestPath: manifestFile,
	}
	info.Build()
	info.Walk()
	if err := info.WriteSyso(path, arch); err != nil {
		return fmt.Errorf("write the resources: %w", err)
	}
	return nil
}

// numberOf is the version as Windows compares them.
func numberOf(v facts.Version) (goversioninfo.FileVersion, error) {
	var n [3]int
	parts := strings.Split(v.Number, ".")
	if len(parts) != len(n) {
		return goversioninfo.FileVersion{}, fmt.Errorf("the version %s has not three numbers", v.Number)
	}
	for i, p := range parts {
		number, err := strconv.ParseUint(p, 10, 16)
		if err != nil {
			return goversioninfo.FileVersion{}, fmt.Errorf("the version %s is none for Windows: %w", v.Number, err)
		}
		n[i] = int(number)
	}
	return goversioninfo.FileVersion{Major: n[0], Minor: n[1], Patch: n[2]}, nil
}

// ofSystem are the libraries that Windows 10 has.
var ofSystem = []string{
	"advapi32.dll", "bcrypt.dll", "bcryptprimitives.dll", "combase.dll", "comctl32.dll", "comdlg32.dll", "crypt32.dll", "dwmapi.dll", "gdi32.dll", "imm32.dll", "iphlpapi.dll",
	"kernel32.dll", "msvcrt.dll", "ntdll.dll", "ole32.dll", "oleaut32.dll", "opengl32.dll", "powrprof.dll", "secur32.dll", "setupapi.dll", "shcore.dll", "shell32.dll", "shlwapi.dll",
	"ucrtbase.dll", "uiautomationcore.dll", "user32.dll", "userenv.dll", "uxtheme.dll", "version.dll", "winmm.dll", "winspool.drv", "ws2_32.dll",
}

// CheckLibraries fails for a program that needs a library that Windows does not have, as
// one of the compiler that it was built with.
func CheckLibraries(r io.ReaderAt) error {
	f, err := pe.NewFile(r)
	if err != nil {
		return fmt.Errorf("read the program: %w", err)
	}
	symbols, err := f.ImportedSymbols()
	if err != nil {
		return fmt.Errorf("read what the program is linked with: %w", err)
	}
	return unknown(symbols)
}

// unknown fails for symbols, as name:library, of a library that is not the system's.
func unknown(symbols []string) error {
	others := make(map[string]bool)
	for _, s := range symbols {
		_, lib, _ := strings.Cut(s, ":")
		lib = strings.ToLower(lib)
		if !strings.HasPrefix(lib, "api-ms-win-") && !slices.Contains(ofSystem, lib) {
			others[lib] = true
		}
	}
	if len(others) == 0 {
		return nil
	}
	return fmt.Errorf("the program needs %s, which Windows does not have: link it statically", strings.Join(slices.Sorted(maps.Keys(others)), ", "))
}
