package main

import (
	"bytes"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"culvert/tools/audit/licences"

	"culvert/tools/package/artifacts"
)

const epoch = "1800000000"

// here are settings for a release that is made in a folder of the test.
func here(t *testing.T, describe string) (settings, *bytes.Buffer) {
	t.Helper()
	s, err := settingsOf("../..", t.TempDir(), describe, epoch)
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	s.out = &out
	return s, &out
}

func TestParts(t *testing.T) {
	for _, tt := range []struct {
		named, system string
		want          []string // nil for an error
	}{
		{"", "linux", []string{"cli", "linux", "windows", "sbom"}},
		{"", "darwin", []string{"macos"}},
		{"", "windows", []string{"cli"}},
		{"cli, linux", "linux", []string{"cli", "linux"}},
		{"cli sbom", "darwin", []string{"cli", "sbom"}},
		{"linux", "darwin", nil},
		{"windows", "darwin", nil},
		{"macos", "linux", nil},
		{"lunix", "linux", nil},
	} {
		got, err := partsOf(tt.named, tt.system)
		if !slices.Equal(got, tt.want) || (err == nil) != (tt.want != nil) {
			t.Errorf("%q on %s is %q, %v, want %q", tt.named, tt.system, got, err, tt.want)
		}
	}
}

func TestSettings(t *testing.T) {
	for _, epoch := range []string{"", "now"} {
		if _, err := settingsOf("../..", t.TempDir(), "a229217", epoch); err == nil || !strings.Contains(err.Error(), "SOURCE_DATE_EPOCH") {
			t.Errorf("the time %q gives %v", epoch, err)
		}
	}
	if _, err := settingsOf("../..", t.TempDir(), "v99.0.0", epoch); err == nil || !strings.Contains(err.Error(), "FyneApp.toml") {
		t.Errorf("another version gives %v", err)
	}
	t.Setenv("SOURCE_DATE_EPOCH", epoch)
	for _, args := range [][]string{{""}, {"publish"}, {"index", "more"}, {"make", "-parts", "all"}} {
		all := append([]string{args[0], "-root", "../..", "-dist", t.TempDir()}, args[1:]...)
		if err := run(t.Context(), all, &bytes.Buffer{}); err == nil {
			t.Errorf("%q is no error", args)
		}
	}
}

// TestArchivesTwice: the same programs and texts give the same bytes in every archive.
func TestArchivesTwice(t *testing.T) {
	some := func() texts {
		return texts{
			licence: []byte("licence"), notices: []byte("notices"), changelog: []byte("changes"), pages: map[string][]byte{"culvert.1": []byte("1"), "culvert-up.1": []byte("2")},
			completions: map[string][]byte{"bash": []byte("b"), "zsh": []byte("z"), "fish": []byte("f"), "powershell": []byte("p"), "kubectl": []byte("k")},
		}
	}
	one, _ := here(t, "a229217")
	two, _ := here(t, "a229217")
	for _, p := range artifacts.CLIPlatforms {
		var all [2][]byte
		for i, s := range []settings{one, two} {
			if err := s.writeArchive(s.CLI(p), s.cliFiles(p.System, []byte("program"), some())); err != nil {
				t.Fatal(err)
			}
			var err error
			if all[i], err = os.ReadFile(filepath.Join(s.dist, s.CLI(p))); err != nil {
				t.Fatal(err)
			}
		}
		if !bytes.Equal(all[0], all[1]) || len(all[0]) == 0 {
			t.Errorf("%s: the second has other bytes", p)
		}
	}
	if left, err := filepath.Glob(filepath.Join(one.dist, ".new-*")); err != nil || len(left) > 0 {
		t.Errorf("left are %q, %v", left, err)
	}
}

// TestWriteWhole: what fails leaves nothing, and what was there stays.
func TestWriteWhole(t *testing.T) {
	s, _ := here(t, "a229217")
	name := s.CLI(artifacts.CLIPlatforms[0])
	if err := os.WriteFile(filepath.Join(s.dist, name), []byte("old"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := s.writeArchive(name, s.cliFiles("linux", nil, texts{pages: map[string][]byte{"../up": nil, "../../up": nil, "/": nil}})); err == nil {
		t.Error("a wrong name is written")
	}
	entries, err := os.ReadDir(s.dist)
	if err != nil || len(entries) != 1 {
		t.Errorf("there are %v, %v", entries, err)
	}
	if data, _ := os.ReadFile(filepath.Join(s.dist, name)); string(data) != "old" {
		t.Errorf("it has %q", data)
	}
}

func TestIndex(t *testing.T) {
	s, out := here(t, "a229217")
	if err := s.index(); err == nil {
		t.Error("nothing is a release")
	}
	cli := s.CLI(artifacts.Platform{System: "linux", Arch: "amd64"})
	for _, name := range []string{cli, s.SBOM(), "culvert-0.0.1-linux-amd64.deb"} {
		if err := os.WriteFile(filepath.Join(s.dist, name), []byte("abc"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	stale := filepath.Join(s.dist, manifestsDir, "stale")
	if err := os.MkdirAll(stale, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := s.index(); err != nil {
		t.Fatal(err)
	}
	const sum = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
	sums, err := os.ReadFile(filepath.Join(s.dist, sumsFile))
	if want := sum + "  " + s.SBOM() + "\n" + sum + "  " + cli + "\n"; err != nil || string(sums) != want {
		t.Errorf("the sums are %q, %v, want %q", sums, err, want)
	}
	if _, err := os.Stat(stale); err == nil {
		t.Error("old manifests are still there")
	}
	krew, err := os.ReadFile(filepath.Join(s.dist, manifestsDir, "krew", "culvert.yaml"))
	if err != nil || !strings.Contains(string(krew), sum) {
		t.Errorf("krew is told %s, %v", krew, err)
	}
	for _, want := range []string{
		"culvert-0.0.1-linux-amd64.deb is not of the version", "manifests/winget/Culvert.Culvert.yaml was not made: ", "THIS IS NO RELEASE: ", s.Version.String(),
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("%q is not told:\n%s", want, out)
		}
	}
	if told := strings.Contains(out.String(), "MUST NOT BE SUBMITTED"); told != (len(s.Facts.Placeholders()) > 0) {
		t.Errorf("of %q it is told: %t", s.Facts.Placeholders(), told)
	}
	s, out = here(t, "a229217")
	s.Version.Tagged = true
	s.Facts.Homepage, s.Facts.Downloads, s.Facts.Maintainer = "https://culvert.test", "https://culvert.test/{tag}", "Kim <kim@culvert.test>"
	if s.status(nil); out.Len() > 0 {
		t.Errorf("it tells %s", out)
	}
}

func TestNotes(t *testing.T) {
	root := t.TempDir()
	if err := os.WriteFile(filepath.Join(root, "CHANGELOG.md"), []byte("# Changelog\n\n## Unreleased\n\n- To come.\n\n## 1.2.3\n\n- One\n  thing.\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		number, pre string
		tagged      bool
		want        string // empty for an error
	}{
		{"1.2.4", "dev.1", false, "- To come.\n"},
		{"1.2.3", "", true, "- One thing.\n"},
		{"1.2.3", "rc.1", true, "- One thing.\n"},
		{"1.2.4", "", true, ""},
		{"1.2.4", "rc.1", true, ""},
	} {
		s, out := here(t, "a229217")
		s.root, s.Version.Number, s.Version.Pre, s.Version.Tagged = root, tt.number, tt.pre, tt.tagged
		if err := s.notes(); (err == nil) != (tt.want != "") || out.String() != tt.want {
			t.Errorf("of %s they are %q, %v, want %q", s.Version, out, err, tt.want)
		}
	}
}

func TestNotices(t *testing.T) {
	modules := []*licences.Module{
		{Path: product, Files: []licences.File{{Name: "LICENSE", Text: "ours", Licences: []string{"Apache-2.0"}}, {Name: "fonts/OFL.txt", Text: "the fonts'", Licences: []string{"OFL-1.1"}}}},
		{Path: "test.invalid/a", Version: "v1.0.0", Files: []licences.File{{Name: "LICENSE", Text: "the same\r\ntext\n", Licences: []string{"MIT"}}}, Notices: []licences.File{{Name: "NOTICE", Text: "by us"}}},
		{Path: "test.invalid/b", Version: "v2.0.0", Files: []licences.File{{Name: "COPYING", Text: "the same\ntext", Licences: []string{"MIT"}}}},
	}
	text := string(notices(modules))
	for _, want := range []string{"culvert fonts/OFL.txt\n", "test.invalid/a v1.0.0, LICENSE\ntest.invalid/b v2.0.0, COPYING\n", "\n\nthe same\ntext\n", "\n\nby us\n", "\n\nthe fonts'\n"} {
		if strings.Count(text, want) != 1 {
			t.Errorf("%q is there %d times:\n%s", want, strings.Count(text, want), text)
		}
	}
	if strings.Contains(text, "ours") {
		t.Errorf("our own licence is there:\n%s", text)
	}
	if got := expression(modules); got != "Apache-2.0 AND MIT AND OFL-1.1" {
		t.Errorf("the licences are %s", got)
	}
}

// TestBuilds: what is built depends on no setting of who builds it, and has the tags that
// the Makefile has.
func TestBuilds(t *testing.T) {
	makefile, err := os.ReadFile("../../Makefile")
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"\nTAGS    := " + windowTags + "\n", "-tags " + cliTags + " -ldflags"} {
		if !strings.Contains(string(makefile), want) {
			t.Errorf("the Makefile has no %q", want)
		}
	}
	b := build{Platform: artifacts.Platform{System: "windows", Arch: "amd64"}, window: true, cc: mingw, flags: "-H windowsgui"}
	args, env := strings.Join(b.args("1.2.3", "out"), " "), b.env()
	for _, want := range []string{"-trimpath", "-buildvcs=false", "-buildid=", "main.version=1.2.3", "-H windowsgui", windowTags, "-o out"} {
		if !strings.Contains(args, want) {
			t.Errorf("%q is missing: %s", want, args)
		}
	}
	for _, want := range []string{"GOOS=windows", "GOARCH=amd64", "GOFLAGS=", "CGO_ENABLED=1", "CC=" + mingw} {
		if !slices.Contains(env, want) {
			t.Errorf("%q is missing: %q", want, env)
		}
	}
}

// TestHard: the window for Linux is built as distributions build theirs, and no other is.
func TestHard(t *testing.T) {
	for _, hard := range []bool{true, false} {
		b := build{Platform: artifacts.Platform{System: "linux", Arch: "amd64"}, window: true, hard: hard}
		args, env := strings.Join(b.args("1.2.3", "out"), " "), b.env()
		if strings.Contains(args, "-buildmode=pie") != hard || strings.Contains(args, "-z,now") != hard ||
			slices.Contains(env, "CGO_CFLAGS=-O2 -D_FORTIFY_SOURCE=2 -fstack-protector-strong") != hard || slices.Contains(env, "CGO_CFLAGS=-O2") == hard {
			t.Errorf("%t: it is built with %s and %q", hard, args, env)
		}
	}
}

// TestResourcesGo: what Go links for Windows is not there for the next build.
func TestResourcesGo(t *testing.T) {
	s, _ := here(t, "a229217")
	s.root = t.TempDir()
	ico := []byte{0, 0, 1, 0, 0, 0} // of no pictures
	err := s.withResources("amd64", ico, func() error {
		if _, err := os.Stat(filepath.Join(s.root, "resource_windows_amd64.syso")); err != nil {
			t.Error(err)
		}
		return os.ErrDeadlineExceeded
	})
	if err == nil {
		t.Error("the mistake is gone")
	}
	if entries, err := os.ReadDir(s.root); err != nil || len(entries) > 0 {
		t.Errorf("left are %v, %v", entries, err)
	}
}

var (
	isPinned = regexp.MustCompile(`^[a-z-]+/[a-z-]+@[0-9a-f]{40} # v[0-9]+\.[0-9]+\.[0-9]+$`)
	isMake   = regexp.MustCompile(`^(?:sudo -E env "PATH=\$PATH" )?make [a-z0-9-]+(?: [A-Z]+=\S+| [A-Z]+='[a-z ]+')*$`)
)

// TestWorkflows: every action that is not the project's own is pinned to a commit, with its
// version beside it; what is run are targets of make; rights are named by each job.
func TestWorkflows(t *testing.T) {
	files, err := filepath.Glob("../../.github/workflows/*.yml")
	if err != nil || len(files) == 0 {
		t.Fatalf("there are no workflows: %v", err)
	}
	for _, file := range files {
		data, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for line := range strings.Lines(string(data)) {
			if _, used, ok := strings.Cut(line, "uses: "); ok && !strings.HasPrefix(used, "./.github/workflows/") && !isPinned.MatchString(strings.TrimSpace(used)) {
				t.Errorf("%s: %s is not pinned", filepath.Base(file), strings.TrimSpace(used))
			}
			if _, script, ok := strings.Cut(line, "run: "); ok && !isMake.MatchString(strings.TrimSpace(script)) {
				t.Errorf("%s: %q is no target of make", filepath.Base(file), strings.TrimSpace(script))
			}
		}
		if !strings.Contains(string(data), "\npermissions: {}\n") {
			t.Errorf("%s: jobs have rights that they do not name", filepath.Base(file))
		}
	}
}
