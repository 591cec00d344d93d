package windows

import (
	"bytes"
	"debug/pe"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"unicode/utf16"

	"culvert/tools/package/facts"
	"culvert/tools/package/icons"
)

// TestResources: what is linked has the version in it, is of the architecture, and is the
// same again.
func TestResources(t *testing.T) {
	f, err := facts.Read("../../..")
	if err != nil {
		t.Fatal(err)
	}
	v := facts.Version{Number: "1.2.3", Pre: "rc.1"}
	svg, err := os.ReadFile("../../../assets/app/culvert-small.svg")
	if err != nil {
		t.Fatal(err)
	}
	icon, err := icons.Icon{Small: svg, Large: svg}.ICO()
	if err != nil {
		t.Fatal(err)
	}
	for arch, machine := range map[string]uint16{"amd64": pe.IMAGE_FILE_MACHINE_AMD64, "arm64": pe.IMAGE_FILE_MACHINE_ARM64} {
		var all [2][]byte
		for i := range all {
			path := filepath.Join(t.TempDir(), "resource.syso")
			if err := WriteResources(path, f, v, icon, arch); err != nil {
				t.Fatal(err)
			}
			if all[i], err = os.ReadFile(path); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(all[0], all[1]) {
			t.Errorf("%s: the second has other bytes", arch)
		}
		file, err := pe.NewFile(bytes.NewReader(all[0]))
		if err != nil {
			t.Fatal(err)
		}
		if file.Machine != machine || file.Section(".rsrc") == nil {
			t.Errorf("%s: it is of %x, and has the sections %v", arch, file.Machine, file.Sections)
		}
		for _, text := range []string{"1.2.3-rc.1", f.Name, f.Copyright} {
			if !bytes.Contains(all[0], wide(text)) {
				t.Errorf("%s: it lacks %q", arch, text)
			}
		}
		if !bytes.Contains(all[0], manifest) {
			t.Errorf("%s: it lacks the manifest", arch)
		}
	}
}

func wide(text string) []byte {
	var out []byte
	for _, c := range utf16.Encode([]rune(text)) {
		out = append(out, byte(c), byte(c>>8))
	}
	return out
}

func TestManifest(t *testing.T) {
	for d := xml.NewDecoder(bytes.NewReader(manifest)); ; {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestWrongVersions(t *testing.T) {
	for _, number := range []string{"1.2", "1.2.x", "1.2.70000", ""} {
		if got, err := numberOf(facts.Version{Number: number}); err == nil {
			t.Errorf("%q is %+v", number, got)
		}
	}
}

func TestLibraries(t *testing.T) {
	if err := unknown([]string{"CreateFileW:KERNEL32.dll", "glClear:opengl32.dll", "malloc:api-ms-win-crt-heap-l1-1-0.dll"}); err != nil {
		t.Error(err)
	}
	if err := unknown([]string{"pthread_create:libwinpthread-1.dll"}); err == nil || !strings.Contains(err.Error(), "libwinpthread-1.dll") {
		t.Errorf("got %v", err)
	}
	if err := CheckLibraries(strings.NewReader("MZ")); err == nil {
		t.Error("what is no program passes")
	}
}
