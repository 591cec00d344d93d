package facts

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// root is the product's folder.
const root = "../../.."

func TestFacts(t *testing.T) {
	f, err := Read(root)
	if err != nil {
		t.Fatal(err)
	}
	if f.Name != "Culvert" || f.Address() == "" || len(f.Description) == 0 {
		t.Errorf("the facts are %+v", f)
	}
	// The window names itself to desktops as the packages do.
	program, err := os.ReadFile(filepath.Join(root, "main_window.go"))
	if err != nil {
		t.Fatal(err)
	}
	id := regexp.MustCompile(`const appID = "([^"]+)"`).FindSubmatch(program)
	if id == nil || string(id[1]) != f.ID {
		t.Errorf("the window's ID is %q, FyneApp.toml has %q", id, f.ID)
	}
	title, err := os.ReadFile(filepath.Join(root, "ui", "app.go"))
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(string(title), `const Title = "`+f.WindowClass+`"`) { // GLFW takes the class from the title
		t.Errorf("the window's title is not %q", f.WindowClass)
	}
	license, err := os.ReadFile(filepath.Join(root, "LICENSE"))
	if err != nil {
		t.Fatal(err)
	}
	if f.Licence != "Apache-2.0" || !strings.Contains(string(license), "Apache License") {
		t.Errorf("the licence is %s, and LICENSE begins %.40s", f.Licence, license)
	}
}

// TestPlaceholders: an address that leads nowhere is told, wherever it stands.
func TestPlaceholders(t *testing.T) {
	good := Facts{Homepage: "https://culvert.test", Downloads: "https://culvert.test/{tag}", Maintainer: "Kim <kim@culvert.test>"}
	for name, change := range map[string]func(*Facts){
		"homepage":   func(f *Facts) { f.Homepage = "https://culvert.example" },
		"downloads":  func(f *Facts) { f.Downloads = "https://get.culvert.example/{tag}" },
		"maintainer": func(f *Facts) { f.Maintainer = "Kim <kim@example>" },
	} {
		f := good
		if got := f.Placeholders(); len(got) > 0 {
			t.Errorf("%v are placeholders", got)
		}
		change(&f)
		if got := f.Placeholders(); !slices.Equal(got, []string{name}) {
			t.Errorf("%v are placeholders, want %s", got, name)
		}
	}
}

func TestWrongFacts(t *testing.T) {
	for name, change := range map[string]func(*Facts){
		"no package":         func(f *Facts) { f.Package = "Culvert" },
		"no ID":              func(f *Facts) { f.ID = "culvert" },
		"a version with v":   func(f *Facts) { f.Version = "v1.2.3" },
		"no summary":         func(f *Facts) { f.Summary = "" },
		"a long summary":     func(f *Facts) { f.Summary = strings.Repeat("long ", 20) },
		"a full stop":        func(f *Facts) { f.Summary = "Keeps tunnels." },
		"no address":         func(f *Facts) { f.Maintainer = "Kim" },
		"no name":            func(f *Facts) { f.Maintainer = "kim@culvert.test" },
		"plain http":         func(f *Facts) { f.Homepage = "http://culvert.test" },
		"a slash at the end": func(f *Facts) { f.Downloads += "/" },
		"lines":              func(f *Facts) { f.Copyright = "Kim\nAlex" },
	} {
		f, err := Read(root)
		if err != nil {
			t.Fatal(err)
		}
		change(&f)
		if f.check() == nil {
			t.Errorf("%s passes", name)
		}
	}
	if _, err := parse([]byte("summery: Keep\n")); err == nil {
		t.Error("an unknown field passes")
	}
	if _, err := Read(t.TempDir()); err == nil {
		t.Error("it is read without FyneApp.toml")
	}
}

func TestVersion(t *testing.T) {
	at := time.Date(2026, 11, 23, 3, 43, 52, 0, time.FixedZone("", 3600))
	for describe, want := range map[string]struct {
		version, system string
		tagged          bool
	}{
		"v1.2.3":                 {"1.2.3", "1.2.3", true},
		"v1.2.3-rc.1":            {"1.2.3-rc.1", "1.2.3~rc.1", true},
		"v1.2.3-dirty":           {"1.2.3-dev.20261123024352.dirty", "1.2.3~dev.20261123024352.dirty", false},
		"v1.2.2-5-gabcdef0":      {"1.2.3-dev.20261123024352.gabcdef0", "1.2.3~dev.20261123024352.gabcdef0", false},
		"v1.2.2-rc.1-5-gabcdef0": {"1.2.3-dev.20261123024352.gabcdef0", "1.2.3~dev.20261123024352.gabcdef0", false},
		"a229217":                {"1.2.3-dev.20261123024352.ga229217", "1.2.3~dev.20261123024352.ga229217", false},
		"a229217-dirty":          {"1.2.3-dev.20261123024352.ga229217.dirty", "1.2.3~dev.20261123024352.ga229217.dirty", false},
		"development":            {"1.2.3-dev.20261123024352", "1.2.3~dev.20261123024352", false},
	} {
		got, err := VersionOf(describe, "1.2.3", at)
		if err != nil || got.String() != want.version || got.System() != want.system || got.Tagged != want.tagged || got.Tag() != "v"+want.version || got.Date() != "2026-11-23" {
			t.Errorf("%s is %+v, %v, want %+v", describe, got, err, want)
		}
	}
	if _, err := VersionOf("v2.0.0", "1.2.3", at); err == nil {
		t.Error("a tag of another version passes")
	}
}
