package stores

import (
	"maps"
	"path"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"go.yaml.in/yaml/v3"

	"culvert/tools/package/artifacts"
	"culvert/tools/package/facts"
)

// whole is a release with all its files.
func whole(t *testing.T) Release {
	t.Helper()
	f, err := facts.Read("../../..")
	if err != nil {
		t.Fatal(err)
	}
	r := Release{
		Release: artifacts.Release{Facts: f, Version: facts.Version{Number: "1.2.3", Changed: time.Unix(1_800_000_000, 0).UTC()}}, Sums: make(map[string]string),
	}
	for i, name := range r.All() {
		r.Sums[name] = strings.Repeat(string("0123456789abcdef"[i%16]), 64)
	}
	return r
}

func made(t *testing.T, r Release) (map[string]string, []Missing) {
	t.Helper()
	all, missing, err := r.Manifests()
	if err != nil {
		t.Fatal(err)
	}
	texts := make(map[string]string)
	for _, m := range all {
		texts[m.Name] = string(m.Data)
	}
	return texts, missing
}

func TestNames(t *testing.T) {
	texts, missing := made(t, whole(t))
	want := []string{
		"flatpak/io.culvert.Culvert.yml", "homebrew/culvert.rb", "krew/culvert.yaml", "winget/Culvert.Culvert.installer.yaml", "winget/Culvert.Culvert.locale.en-US.yaml",
		"winget/Culvert.Culvert.yaml",
	}
	if got := slices.Sorted(maps.Keys(texts)); !slices.Equal(got, want) || len(missing) > 0 {
		t.Errorf("made are %q, and missing %v", got, missing)
	}
}

// TestPlaceholders: each file says that it was made with placeholders, and none that was not.
func TestPlaceholders(t *testing.T) {
	r := whole(t)
	submitted := r
	submitted.Facts.Homepage, submitted.Facts.Downloads, submitted.Facts.Maintainer = "https://culvert.test", "https://culvert.test/{tag}", "Kim <kim@culvert.test>"
	for _, tt := range []struct {
		release Release
		want    bool
	}{{r, len(r.Facts.Placeholders()) > 0}, {submitted, false}} {
		texts, _ := made(t, tt.release)
		for name, text := range texts {
			if got := strings.Contains(text, "# NOT TO BE SUBMITTED: "); got != tt.want {
				t.Errorf("%s says that it is not to be submitted: %t, want %t", name, got, tt.want)
			}
		}
	}
}

func TestKrew(t *testing.T) {
	r := whole(t)
	texts, _ := made(t, r)
	var got struct {
		Kind     string
		Metadata struct{ Name string }
		Spec     struct {
			Version, Homepage, ShortDescription, Description string
			Platforms                                        []struct {
				Selector struct {
					MatchLabels map[string]string `yaml:"matchLabels"`
				}
				URI, SHA256, Bin string
				Files            []struct{ From, To string }
			}
		}
	}
	if err := yaml.Unmarshal([]byte(texts["krew/culvert.yaml"]), &got); err != nil {
		t.Fatal(err)
	}
	if got.Kind != "Plugin" || got.Metadata.Name != "culvert" || got.Spec.Version != "v1.2.3" || got.Spec.Homepage != r.Facts.Homepage ||
		got.Spec.Description != strings.Join(r.Facts.Description, "\n\n")+"\n" || len(got.Spec.Platforms) != len(artifacts.CLIPlatforms) {
		t.Errorf("it says %+v", got)
	}
	for i, p := range got.Spec.Platforms {
		want := artifacts.CLIPlatforms[i]
		name := path.Base(p.URI)
		if !reflect.DeepEqual(p.Selector.MatchLabels, map[string]string{"os": want.System, "arch": want.Arch}) || name != r.CLI(want) || p.SHA256 != r.Sums[name] ||
			p.Bin != artifacts.Program("kubectl-culvert", want.System) || p.Files[0].From != artifacts.Folder(name)+"/"+p.Bin {
			t.Errorf("of %s it says %+v", want, p)
		}
	}
}

func TestWinget(t *testing.T) {
	r := whole(t)
	texts, _ := made(t, r)
	for name, text := range texts {
		if !strings.HasPrefix(name, "winget/") {
			continue
		}
		var common struct {
			PackageIdentifier string `yaml:"PackageIdentifier"`
			PackageVersion    string `yaml:"PackageVersion"`
			ManifestVersion   string `yaml:"ManifestVersion"`
		}
		if err := yaml.Unmarshal([]byte(text), &common); err != nil {
			t.Fatal(err)
		}
		if common.PackageIdentifier != r.Facts.PublisherID || common.PackageVersion != "1.2.3" || common.ManifestVersion != "1.12.0" {
			t.Errorf("%s says %+v", name, common)
		}
	}
	name := r.Window(artifacts.Platform{System: "windows", Arch: "amd64"})[0]
	installer := texts["winget/Culvert.Culvert.installer.yaml"]
	for _, want := range []string{
		"RelativeFilePath: '" + artifacts.Folder(name) + `\culvert.exe'`, "RelativeFilePath: '" + artifacts.Folder(name) + `\kubectl-culvert.exe'`, "Architecture: x64\n",
		"InstallerSha256: " + strings.ToUpper(r.Sums[name]) + "\n", "/v1.2.3/" + name + "'\n", "ReleaseDate: 2027-01-15\n",
	} {
		if !strings.Contains(installer, want) {
			t.Errorf("it lacks %q:\n%s", want, installer)
		}
	}
}

func TestFlatpak(t *testing.T) {
	r := whole(t)
	texts, _ := made(t, r)
	var got struct {
		ID, Command string
		Modules     []struct {
			Sources []struct {
				Type   string
				Arches []string `yaml:"only-arches"`
				URL    string
				SHA256 string
			}
		}
	}
	if err := yaml.Unmarshal([]byte(texts["flatpak/io.culvert.Culvert.yml"]), &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != r.Facts.ID || got.Command != "culvert" || len(got.Modules) != 1 || len(got.Modules[0].Sources) != 2 {
		t.Fatalf("it says %+v", got)
	}
	for i, arch := range []string{"x86_64", "aarch64"} {
		s := got.Modules[0].Sources[i]
		if !slices.Equal(s.Arches, []string{arch}) || s.SHA256 != r.Sums[path.Base(s.URL)] || !strings.HasSuffix(s.URL, ".tar.xz") {
			t.Errorf("of %s it says %+v", arch, s)
		}
	}
}

func TestBrew(t *testing.T) {
	r := whole(t)
	texts, _ := made(t, r)
	text := texts["homebrew/culvert.rb"]
	if opened, ended := strings.Count(text, " do\n")+strings.Count(text, "def ")+strings.Count(text, "class "), strings.Count(text, "end\n"); opened != ended {
		t.Errorf("%d blocks are opened, and %d ended:\n%s", opened, ended, text)
	}
	for _, p := range artifacts.CLIPlatforms {
		name := r.CLI(p)
		want := "url \"" + r.Facts.DownloadsOf(r.Version) + "/" + name + "\"\n      sha256 \"" + r.Sums[name] + "\"\n"
		if strings.Contains(text, want) == (p.System == "windows") {
			t.Errorf("%s is in it: %t\n%s", p, strings.Contains(text, want), text)
		}
	}
}

// TestMissing: what there are no files for is not made, and is told.
func TestMissing(t *testing.T) {
	r := whole(t)
	for name := range r.Sums {
		if !strings.HasPrefix(name, "kubectl-culvert-1.2.3-windows-") {
			delete(r.Sums, name)
		}
	}
	texts, missing := made(t, r)
	if got := slices.Collect(maps.Keys(texts)); !slices.Equal(got, []string{"krew/culvert.yaml"}) || len(missing) != 5 || !strings.Contains(missing[0].String(), "homebrew/culvert.rb was not made: ") {
		t.Errorf("made are %q, and missing %v", got, missing)
	}
	if n := strings.Count(texts["krew/culvert.yaml"], "- selector:"); n != 2 {
		t.Errorf("it has %d platforms", n)
	}
}

func TestQuoted(t *testing.T) {
	if got := scalar("it's # a: \n text"); got != "'it''s # a: text'" {
		t.Errorf("got %s", got)
	}
	if got := ruby(`a "b" #{c} \`); got != `"a \"b\" \#{c} \\"` {
		t.Errorf("got %s", got)
	}
}
