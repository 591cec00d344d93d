package linux

import (
	"os"
	"slices"
	"strings"
	"testing"
)

func someNeeds() Needs {
	return Needs{
		Libraries: []string{"libGL.so.1", "libX11.so.6", "libc.so.6", "libm.so.6"}, Wide: true,
		Versions: map[string][]string{"libc.so.6": {"GLIBC_2.14", "GLIBC_2.2.5", "GLIBC_2.34"}, "libm.so.6": {"GLIBC_2.29"}},
	}
}

func TestDepends(t *testing.T) {
	got, err := someNeeds().Deb()
	if want := []string{"libc6 (>= 2.34)", "libgl1", "libx11-6"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("it depends on %q, %v, want %q", got, err, want)
	}
	want := []string{
		"libGL.so.1()(64bit)", "libX11.so.6()(64bit)", "libc.so.6()(64bit)", "libc.so.6(GLIBC_2.14)(64bit)", "libc.so.6(GLIBC_2.2.5)(64bit)", "libc.so.6(GLIBC_2.34)(64bit)",
		"libm.so.6()(64bit)", "libm.so.6(GLIBC_2.29)(64bit)",
	}
	if got := someNeeds().RPM(); !slices.Equal(got, want) {
		t.Errorf("it requires %q, want %q", got, want)
	}
}

// TestLoads: what the program opens by itself is depended upon like what it is linked with.
func TestLoads(t *testing.T) {
	n := someNeeds()
	n.Loads = []string{"libXi.so.6", "libxkbcommon.so.0"}
	got, err := n.Deb()
	if want := []string{"libc6 (>= 2.34)", "libgl1", "libx11-6", "libxi6", "libxkbcommon0"}; err != nil || !slices.Equal(got, want) {
		t.Errorf("it depends on %q, %v, want %q", got, err, want)
	}
	if got := n.RPM(); !slices.Contains(got, "libXi.so.6()(64bit)") || !slices.Contains(got, "libxkbcommon.so.0()(64bit)") {
		t.Errorf("it requires %q", got)
	}
	for _, lib := range loaded {
		if debOf[lib] == "" {
			t.Errorf("%s is in no package", lib)
		}
	}
}

// TestUnknownLibrary: what nobody has looked up is an error that names it.
func TestUnknownLibrary(t *testing.T) {
	n := someNeeds()
	n.Libraries = append(n.Libraries, "libnew.so.7")
	if got, err := n.Deb(); err == nil || !strings.Contains(err.Error(), "libnew.so.7") {
		t.Errorf("got %q, %v", got, err)
	}
	n = someNeeds()
	n.Versions["libc.so.6"] = []string{"GLIBC_PRIVATE"}
	if got, err := n.Deb(); err == nil || !strings.Contains(err.Error(), "GLIBC_PRIVATE") {
		t.Errorf("got %q, %v", got, err)
	}
}

func TestReadNeeds(t *testing.T) {
	if _, err := ReadNeeds(strings.NewReader("#!/bin/sh\n")); err == nil {
		t.Error("a script passes for a program")
	}
	f, err := os.Open("/bin/sh")
	if err != nil {
		t.Skip("there is no /bin/sh")
	}
	defer f.Close()
	n, err := ReadNeeds(f)
	if err != nil {
		t.Skipf("/bin/sh: %v", err) // of another system
	}
	if len(n.Libraries) > 0 && !slices.ContainsFunc(n.Libraries, func(lib string) bool { return strings.HasPrefix(lib, "libc.") }) {
		t.Errorf("/bin/sh is linked with %q", n.Libraries)
	}
}
