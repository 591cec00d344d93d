// Package linux makes what Linux systems install: .deb, .rpm and a tree for a .tar.xz.
package linux

import (
	"bytes"
	"debug/elf"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Needs are the libraries that a program is linked with, and those that it loads.
type Needs struct {
	Libraries []string            // as libX11.so.6, sorted
	Versions  map[string][]string // of their symbols, as GLIBC_2.34, sorted; by library
	Loads     []string            // of loaded, sorted
	Wide      bool                // it is of 64 bits
}

// loaded are the libraries that GLFW opens by name while the program runs. Under Wayland
// it shows no window without those of Wayland and xkbcommon. Under X11 it has to be told
// of screens, mice and pointers by the others.
var loaded = []string{
	"libXcursor.so.1", "libXext.so.6", "libXi.so.6", "libXinerama.so.1", "libXrandr.so.2", "libXrender.so.1", "libwayland-client.so.0", "libwayland-cursor.so.0",
	"libwayland-egl.so.1", "libxkbcommon.so.0",
}

// ReadNeeds returns what an ELF program is linked with, and what it loads.
func ReadNeeds(r io.ReaderAt) (Needs, error) {
	f, err := elf.NewFile(r)
	if err != nil {
		return Needs{}, fmt.Errorf("read the program: %w", err)
	}
	n := Needs{Versions: make(map[string][]string), Wide: f.Class == elf.ELFCLASS64}
	if n.Libraries, err = f.ImportedLibraries(); err != nil {
		return Needs{}, fmt.Errorf("read what the program is linked with: %w", err)
	}
	slices.Sort(n.Libraries)
	if len(n.Libraries) == 0 {
		return n, nil
	}
	if s := f.Section(".rodata"); s != nil {
		text, err := s.Data()
		if err != nil {
			return Needs{}, fmt.Errorf("read the names in the program: %w", err)
		}
		for _, lib := range loaded {
			if !slices.Contains(n.Libraries, lib) && bytes.Contains(text, []byte(lib+"\x00")) {
				n.Loads = append(n.Loads, lib)
			}
		}
	}
	needs, err := f.DynamicVersionNeeds()
	if err != nil {
		return Needs{}, fmt.Errorf("read the versions of what the program is linked with: %w", err)
	}
	for _, need := range needs {
		for _, v := range need.Needs {
			n.Versions[need.Name] = append(n.Versions[need.Name], v.Dep)
		}
		slices.Sort(n.Versions[need.Name])
	}
	return n, nil
}

// debOf are the packages of Debian and Ubuntu that have a library. Who adds a line has
// looked it up for the oldest and the newest release that are supported.
var debOf = map[string]string{
	"libEGL.so.1":            "libegl1",
	"libGL.so.1":             "libgl1",
	"libGLX.so.0":            "libglx0",
	"libOpenGL.so.0":         "libopengl0",
	"libX11.so.6":            "libx11-6",
	"libX11-xcb.so.1":        "libx11-xcb1",
	"libXcursor.so.1":        "libxcursor1",
	"libXext.so.6":           "libxext6",
	"libXfixes.so.3":         "libxfixes3",
	"libXi.so.6":             "libxi6",
	"libXinerama.so.1":       "libxinerama1",
	"libXrandr.so.2":         "libxrandr2",
	"libXrender.so.1":        "libxrender1",
	"libXxf86vm.so.1":        "libxxf86vm1",
	"libwayland-client.so.0": "libwayland-client0",
	"libwayland-cursor.so.0": "libwayland-cursor0",
	"libwayland-egl.so.1":    "libwayland-egl1",
	"libxcb.so.1":            "libxcb1",
	"libxkbcommon.so.0":      "libxkbcommon0",
}

// cLibrary are the parts of the GNU C library, which is one package.
var cLibrary = []string{
	"ld-linux-aarch64.so.1", "ld-linux-x86-64.so.2", "libc.so.6", "libdl.so.2", "libm.so.6", "libpthread.so.0", "libresolv.so.2", "librt.so.1",
}

// Deb returns what a .deb depends on. It fails for a library whose package is not known.
func (n Needs) Deb() ([]string, error) {
	all := make(map[string]bool)
	var errs []error
	var least glibc
	for _, lib := range slices.Concat(n.Libraries, n.Loads) {
		if slices.Contains(cLibrary, lib) {
			for _, v := range n.Versions[lib] {
				g, err := glibcOf(v)
				errs = append(errs, err)
				least = least.orLater(g)
			}
			continue
		}
		p, ok := debOf[lib]
		if !ok {
			errs = append(errs, fmt.Errorf("the program needs %s, and the package that has it is not in debOf: look it up", lib))
			continue
		}
		all[p] = true
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	if least != (glibc{}) {
		all[fmt.Sprintf("libc6 (>= %d.%d)", least.major, least.minor)] = true
	} else if slices.ContainsFunc(n.Libraries, func(lib string) bool { return slices.Contains(cLibrary, lib) }) {
		all["libc6"] = true
	}
	return slices.Sorted(maps.Keys(all)), nil
}

// glibc is a version of the GNU C library.
type glibc struct{ major, minor int }

// glibcOf reads a version of symbols, as GLIBC_2.2.5 or GLIBC_2.34.
func glibcOf(version string) (glibc, error) {
	numbers, ok := strings.CutPrefix(version, "GLIBC_")
	parts := strings.Split(numbers, ".")
	if !ok || len(parts) < 2 {
		return glibc{}, fmt.Errorf("the program needs %s of the C library, which is none of its versions", version)
	}
	major, err := strconv.Atoi(parts[0])
	if err != nil {
		return glibc{}, fmt.Errorf("the version %s of the C library: %w", version, err)
	}
	minor, err := strconv.Atoi(parts[1])
	if err != nil {
		return glibc{}, fmt.Errorf("the version %s of the C library: %w", version, err)
	}
	return glibc{major, minor}, nil
}

func (g glibc) orLater(o glibc) glibc {
	if o.major > g.major || o.major == g.major && o.minor > g.minor {
		return o
	}
	return g
}

// RPM returns what an .rpm requires: libraries by their own names, which the packages of
// all distributions provide.
func (n Needs) RPM() []string {
	wide := ""
	if n.Wide {
		wide = "(64bit)"
	}
	var all []string
	for _, lib := range n.Libraries {
		if strings.HasPrefix(lib, "ld-linux") {
			continue // it comes with libc.so.6
		}
		all = append(all, lib+"()"+wide)
		for _, v := range n.Versions[lib] {
			all = append(all, lib+"("+v+")"+wide)
		}
	}
	for _, lib := range n.Loads {
		all = append(all, lib+"()"+wide)
	}
	return all
}
