package licences

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	classifier "github.com/google/licenseclassifier/v2"
	"github.com/google/licenseclassifier/v2/assets"
)

// TestLicencesOfTheProduct fails for a dependency whose licence is not known or not
// allowed, and for fonts and icons likewise.
func TestLicencesOfTheProduct(t *testing.T) {
	all, err := Read(t.Context(), "../../..")
	if err != nil {
		t.Fatal(err)
	}
	if err := Check(all); err != nil {
		t.Error(err)
	}
	const table = "../../../assets/licences.txt"
	if listed, err := os.ReadFile(table); err != nil || string(listed) != string(Table(all)) {
		t.Errorf("assets/licences.txt is not what is linked in (%v): run make licences", err)
	}
	have, noticed := make(map[string][]string), 0
	for _, m := range all {
		noticed += len(m.Notices)
		for _, f := range m.Files {
			have[m.Path+"/"+f.Name] = f.Licences
		}
	}
	if noticed == 0 { // several have some, go.yaml.in/yaml among them
		t.Error("no notice is found")
	}
	for file, licence := range map[string]string{
		"culvert/LICENSE": "Apache-2.0", "culvert/assets/icons/LICENSE.txt": "ISC", "culvert/assets/fonts/Inter-OFL.txt": "OFL-1.1", "culvert/assets/fonts/JetBrainsMono-OFL.txt": "OFL-1.1",
		"std/LICENSE": "BSD-3-Clause", "fyne.io/fyne/v2/LICENSE": "BSD-3-Clause", "github.com/go-gl/glfw/v3.4/glfw/glfw/LICENSE.md": "Zlib",
		"github.com/Microsoft/go-winio/LICENSE": "MIT", // of Windows alone
		"k8s.io/client-go/LICENSE":              "Apache-2.0", "k8s.io/apimachinery/third_party/forked/golang/LICENSE": "BSD-3-Clause",
	} {
		if !slices.Contains(have[file], licence) {
			t.Errorf("%s has %v, want %s", file, have[file], licence)
		}
	}
}

// TestNotices: they are found beside licences and in packages that are linked, whole.
func TestNotices(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"LICENSE": "MIT", "NOTICE": "Made by us.", "pkg/NOTICE.txt": "Made by others.", "pkg/notice.go": "package pkg", "other/NOTICE": "Not linked.", "noticed": "No notice.",
	} {
		path := filepath.Join(dir, name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	m := &Module{Path: "test.invalid/m", dir: dir, dirs: map[string]bool{filepath.Join(dir, "pkg"): true}}
	if err := m.read(classifier.NewClassifier(least)); err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, n := range m.Notices {
		got = append(got, n.Name+": "+n.Text)
	}
	if want := []string{"NOTICE: Made by us.", "pkg/NOTICE.txt: Made by others."}; !slices.Equal(got, want) || len(m.Files) != 1 {
		t.Errorf("the notices are %q, want %q; the licences %+v", got, want, m.Files)
	}
}

// TestCheck: what is not allowed, not known or missing is named.
func TestCheck(t *testing.T) {
	known := classifier.NewClassifier(least)
	text := func(licence string) string {
		b, err := assets.ReadLicenseFile("License/" + licence)
		if err != nil {
			t.Fatal(err)
		}
		name, variant, _ := strings.Cut(licence, "/")
		known.AddContent("License", name, variant, b)
		return string(b)
	}
	tests := map[string]struct {
		files map[string]string
		says  []string // none for all is well
	}{
		"allowed":                  {files: map[string]string{"LICENSE": text("MIT/pristine.txt"), "NOTICE": "Made by us."}},
		"allowed, in a package":    {files: map[string]string{"COPYING": text("ISC/license.txt"), "pkg/LICENSE": text("BSD-3-Clause/pristine.txt")}},
		"of a package that is not": {files: map[string]string{"LICENSE": text("MIT/pristine.txt"), "other/LICENSE": text("AGPL-3.0/license.txt")}},
		"not allowed":              {files: map[string]string{"LICENSE.md": text("AGPL-3.0/license.txt")}, says: []string{"test.invalid/m v1.2.3", "AGPL-3.0", "LICENSE.md"}},
		"not allowed, in a package": {
			files: map[string]string{"LICENSE": text("MIT/pristine.txt"), "pkg/LICENSE": text("SSPL-1.0/license.txt")}, says: []string{"SSPL-1.0", "pkg/LICENSE"},
		},
		"a second one in the file": {files: map[string]string{"LICENSE": text("MIT/pristine.txt") + "\n\n" + text("GPL-2.0/license.txt")}, says: []string{"GPL-2.0"}},
		"not known":                {files: map[string]string{"LICENSE": "You may look at this on Sundays, and at nothing else on other days."}, says: []string{"test.invalid/m v1.2.3", "known", "LICENSE"}},
		"one that is not known":    {files: map[string]string{"LICENSE": text("MIT/pristine.txt"), "pkg/LICENCE": "Only on Sundays."}, says: []string{"pkg/LICENCE", "not known"}},
		"none":                     {files: map[string]string{"README": "MIT"}, says: []string{"test.invalid/m v1.2.3", "no file"}},
		"one that is source":       {files: map[string]string{"license.go": "package m // MIT"}, says: []string{"no file"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := t.TempDir()
			for _, d := range []string{"pkg", "other"} {
				if err := os.Mkdir(filepath.Join(dir, d), 0o700); err != nil {
					t.Fatal(err)
				}
			}
			for name, text := range tt.files {
				if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			m := &Module{Path: "test.invalid/m", Version: "v1.2.3", dir: dir, dirs: map[string]bool{filepath.Join(dir, "pkg"): true}}
			if err := m.read(known); err != nil {
				t.Fatal(err)
			}
			err := Check([]*Module{m})
			if (err == nil) != (len(tt.says) == 0) {
				t.Fatalf("got %v of %+v", err, m.Names())
			}
			for _, s := range tt.says {
				if !strings.Contains(err.Error(), s) {
					t.Errorf("%q lacks %q", err, s)
				}
			}
		})
	}
}
