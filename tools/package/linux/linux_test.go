package linux

import (
	"bytes"
	"encoding/xml"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"culvert/tools/package/facts"
)

// program returns an ELF program of this machine, to be packaged.
func program(t *testing.T) []byte {
	t.Helper()
	for _, path := range []string{"/bin/sh", "/bin/true"} {
		data, err := os.ReadFile(path)
		if err != nil {
			continue
		}
		if n, err := ReadNeeds(bytes.NewReader(data)); err == nil {
			if _, err := n.Deb(); err == nil {
				return data
			}
		}
	}
	t.Skip("there is no ELF program here that needs the C library alone")
	return nil
}

func contents(t *testing.T) Contents {
	t.Helper()
	f, err := facts.Read("../../..")
	if err != nil {
		t.Fatal(err)
	}
	v, err := facts.VersionOf("a229217", f.Version, time.Unix(1_800_000_000, 0))
	if err != nil {
		t.Fatal(err)
	}
	return Contents{
		Facts: f, Version: v, Program: []byte("program"),
		Pages:       map[string][]byte{"culvert.1": []byte("page"), "culvert-up.1": []byte("page of up"), "culvert-completion-kubectl.1": []byte("page of it")},
		Completions: map[string][]byte{"bash": []byte("b"), "zsh": []byte("z"), "fish": []byte("f"), "kubectl": []byte("#!/bin/sh\n")},
		Icons:       map[int][]byte{16: []byte("16"), 512: []byte("512")}, Icon: []byte("<svg/>"),
		Licence: []byte("licence"), Notices: []byte("notices"), Changelog: []byte("changes"),
	}
}

func TestTree(t *testing.T) {
	c := contents(t)
	for name, want := range map[string]struct {
		kind  kind
		files []string
	}{
		"unpacked": {treeKind, []string{
			"INSTALL", "bin/culvert", "bin/kubectl-culvert", "bin/kubectl_complete-culvert", "share/applications/io.culvert.Culvert.desktop", "share/bash-completion/completions/culvert",
			"share/doc/culvert/LICENSE", "share/doc/culvert/NOTICES", "share/doc/culvert/changelog", "share/fish/vendor_completions.d/culvert.fish",
			"share/icons/hicolor/16x16/apps/io.culvert.Culvert.png", "share/icons/hicolor/512x512/apps/io.culvert.Culvert.png",
			"share/icons/hicolor/scalable/apps/io.culvert.Culvert.svg", "share/man/man1/culvert-completion-kubectl.1", "share/man/man1/culvert-up.1",
			"share/man/man1/culvert.1", "share/man/man1/kubectl-culvert.1", "share/man/man1/kubectl_complete-culvert.1", "share/metainfo/io.culvert.Culvert.metainfo.xml", "share/zsh/site-functions/_culvert",
		}},
		"deb": {debKind, []string{
			"bin/culvert", "bin/kubectl-culvert", "bin/kubectl_complete-culvert", "share/applications/io.culvert.Culvert.desktop", "share/bash-completion/completions/culvert",
			"share/doc/culvert/NOTICES.gz", "share/doc/culvert/changelog.Debian.gz", "share/doc/culvert/changelog.gz", "share/doc/culvert/copyright",
			"share/fish/vendor_completions.d/culvert.fish", "share/icons/hicolor/16x16/apps/io.culvert.Culvert.png",
			"share/icons/hicolor/512x512/apps/io.culvert.Culvert.png", "share/icons/hicolor/scalable/apps/io.culvert.Culvert.svg",
			"share/lintian/overrides/culvert", "share/man/man1/culvert-completion-kubectl.1.gz", "share/man/man1/culvert-up.1.gz", "share/man/man1/culvert.1.gz",
			"share/man/man1/kubectl-culvert.1.gz", "share/man/man1/kubectl_complete-culvert.1.gz", "share/metainfo/io.culvert.Culvert.metainfo.xml",
			"share/zsh/vendor-completions/_culvert",
		}},
	} {
		files, err := c.tree(want.kind)
		if err != nil {
			t.Fatal(err)
		}
		var got []string
		for _, f := range files {
			got = append(got, f.Name)
			if f.Runs != strings.HasPrefix(f.Name, "bin/") && f.Link == "" {
				t.Errorf("%s may be executed: %t", f.Name, f.Runs)
			}
		}
		if !slices.Equal(got, want.files) {
			t.Errorf("%s: the files are\n%s\nwant\n%s", name, strings.Join(got, "\n"), strings.Join(want.files, "\n"))
		}
	}
}

// TestMissing: what was not made is an error, and not a file of no bytes.
func TestMissing(t *testing.T) {
	for name, change := range map[string]func(*Contents){
		"program": func(c *Contents) { c.Program = nil },
		"page":    func(c *Contents) { delete(c.Pages, "culvert.1") },
		"another": func(c *Contents) { delete(c.Pages, "culvert-completion-kubectl.1") },
		"bash":    func(c *Contents) { delete(c.Completions, "bash") },
		"notices": func(c *Contents) { c.Notices = nil },
		"icon":    func(c *Contents) { c.Icons[16] = nil },
	} {
		for _, k := range []kind{treeKind, rpmKind, debKind} {
			c := contents(t)
			change(&c)
			if _, err := c.tree(k); err == nil {
				t.Errorf("without %s it is made, %+v", name, k)
			}
		}
	}
}

func TestDesktop(t *testing.T) {
	f := contents(t).Facts
	text, err := Desktop(f)
	if err != nil {
		t.Fatal(err)
	}
	keys := make(map[string]string)
	for i, line := range strings.Split(strings.TrimSuffix(string(text), "\n"), "\n") {
		if i == 0 {
			if line != "[Desktop Entry]" {
				t.Errorf("it begins %q", line)
			}
			continue
		}
		key, value, ok := strings.Cut(line, "=")
		if _, twice := keys[key]; !ok || twice || value == "" {
			t.Errorf("the line %q", line)
		}
		keys[key] = value
	}
	for key, want := range map[string]string{
		"Type": "Application", "Name": f.Name, "Comment": f.Summary, "Exec": "culvert %F", "Icon": f.ID, "Terminal": "false", "StartupWMClass": f.WindowClass,
	} {
		if keys[key] != want {
			t.Errorf("%s is %q, want %q", key, keys[key], want)
		}
	}
	for _, key := range []string{"Categories", "Keywords"} {
		if !strings.HasSuffix(keys[key], ";") {
			t.Errorf("%s is %q", key, keys[key])
		}
	}
	validated(t, "io.culvert.Culvert.desktop", text, "desktop-file-validate")
}

func TestMetainfo(t *testing.T) {
	c := contents(t)
	text, err := Metainfo(c.Facts, c.Version)
	if err != nil {
		t.Fatal(err)
	}
	var got struct {
		ID       string `xml:"id"`
		Summary  string `xml:"summary"`
		Launches string `xml:"launchable"`
		Release  struct {
			Version string `xml:"version,attr"`
			Type    string `xml:"type,attr"`
			Date    string `xml:"date,attr"`
		} `xml:"releases>release"`
		Paragraphs []string `xml:"description>p"`
	}
	if err := xml.Unmarshal(text, &got); err != nil {
		t.Fatal(err)
	}
	if got.ID != c.Facts.ID || got.Summary != c.Facts.Summary || got.Launches != c.Facts.ID+".desktop" || len(got.Paragraphs) != len(c.Facts.Description) ||
		got.Release.Version != c.Version.String() || got.Release.Type != "development" || got.Release.Date != c.Version.Date() {
		t.Errorf("it says %+v", got)
	}
	f := c.Facts
	f.Summary = "Keep <this> & that"
	if text, err = Metainfo(f, c.Version); err != nil || xml.Unmarshal(text, &got) != nil || got.Summary != f.Summary {
		t.Errorf("the summary is %q, %v", got.Summary, err)
	}
	text, err = Metainfo(c.Facts, c.Version)
	if err != nil {
		t.Fatal(err)
	}
	validated(t, "io.culvert.Culvert.metainfo.xml", text, "appstreamcli", "validate", "--no-net")
}

// validated has a program look at a file, where there is that program.
func validated(t *testing.T, name string, text []byte, command ...string) {
	t.Helper()
	if _, err := exec.LookPath(command[0]); err != nil {
		t.Logf("there is no %s here", command[0])
		return
	}
	path := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(path, text, 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), command[0], append(command[1:], path)...).CombinedOutput()
	if err != nil {
		t.Errorf("%s: %v\n%s", command[0], err, out)
	}
}

// TestInstall: what INSTALL says to be done, done in a shell, puts all files below the
// prefix, and takes them away again, but for what was there before.
func TestInstall(t *testing.T) {
	c := contents(t)
	tree, err := c.Tree()
	if err != nil {
		t.Fatal(err)
	}
	dir, home := t.TempDir(), t.TempDir()
	var do, undo []string
	for _, f := range tree {
		path := filepath.Join(dir, f.Name)
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if f.Link != "" {
			err = os.Symlink(f.Link, path)
		} else {
			err = os.WriteFile(path, f.Data, f.Mode())
		}
		if err != nil {
			t.Fatal(err)
		}
		if f.Name != "INSTALL" {
			continue
		}
		for line := range strings.Lines(string(f.Data)) {
			if len(strings.TrimSuffix(line, "\n")) > 82 {
				t.Errorf("a long line: %s", line)
			}
			command, ok := strings.CutPrefix(line, "  ")
			if ok && strings.HasPrefix(command, "cp ") {
				do = append(do, command)
			} else if ok {
				undo = append(undo, command)
			}
		}
	}
	other := filepath.Join(home, ".local", "share", "man", "man1", "other.1")
	if err := os.MkdirAll(filepath.Dir(other), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(other, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		commands []string
		want     int // files in the home
	}{{do, len(tree)}, {undo, 1}} {
		cmd := exec.CommandContext(t.Context(), "sh", "-eu", "-c", strings.Join(tt.commands, ""))
		cmd.Dir, cmd.Env = dir, append(os.Environ(), "HOME="+home)
		if out, err := cmd.CombinedOutput(); err != nil || len(tt.commands) == 0 {
			t.Fatalf("%q: %v\n%s", tt.commands, err, out)
		}
		got := 0
		if err := filepath.WalkDir(home, func(_ string, d os.DirEntry, err error) error {
			if err == nil && !d.IsDir() {
				got++
			}
			return err
		}); err != nil || got != tt.want {
			t.Errorf("behind %q there are %d files, %v, want %d", tt.commands, got, err, tt.want)
		}
	}
	if _, err := os.Stat(filepath.Join(home, ".local", "share", "doc", "culvert")); err == nil {
		t.Error("its own folder is left")
	}
}

func TestCopyright(t *testing.T) {
	f := contents(t).Facts
	text, err := Copyright(f, contents(t).Version)
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"Format: https://www.debian.org/", "Files: *\nCopyright: 2027 " + f.Copyright + "\nLicense: " + f.Licence, "/usr/share/common-licenses/Apache-2.0"} {
		if !strings.Contains(string(text), want) {
			t.Errorf("it lacks %q:\n%s", want, text)
		}
	}
	if changes := string(debianChangelog(f, contents(t).Version)); !strings.HasPrefix(changes, "culvert (0.1.0~dev.20270115080000.ga229217-1) unstable; urgency=medium\n\n  * ") ||
		!strings.HasSuffix(changes, "\n\n -- "+f.Maintainer+"  Fri, 15 Jan 2027 08:00:00 +0000\n") {
		t.Errorf("the changelog is\n%s", changes)
	}
}

// TestPackagesTwice: the same files give the same bytes, also at another time and place.
func TestPackagesTwice(t *testing.T) {
	c := contents(t)
	c.Program = program(t)
	for name, write := range map[string]func(Contents, io.Writer) error{
		"deb": func(c Contents, w io.Writer) error { return c.WriteDeb(w, "amd64") },
		"rpm": func(c Contents, w io.Writer) error { return c.WriteRPM(w, "amd64", "Apache-2.0 AND MIT") },
	} {
		t.Run(name, func(t *testing.T) {
			var one, two bytes.Buffer
			if err := write(c, &one); err != nil {
				t.Fatal(err)
			}
			time.Sleep(1100 * time.Millisecond) // a clock of seconds shows another one
			t.Setenv("TMPDIR", t.TempDir())
			if err := write(c, &two); err != nil {
				t.Fatal(err)
			}
			if !bytes.Equal(one.Bytes(), two.Bytes()) {
				t.Error("the second has other bytes")
			}
		})
	}
}

// TestDebIsRead: where there is dpkg-deb, it reads what was meant.
func TestDebIsRead(t *testing.T) {
	if _, err := exec.LookPath("dpkg-deb"); err != nil {
		t.Skip("there is no dpkg-deb here")
	}
	c := contents(t)
	c.Program = program(t)
	path := filepath.Join(t.TempDir(), "culvert.deb")
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.WriteDeb(f, "amd64"); err != nil {
		t.Fatal(err)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "dpkg-deb", "-f", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{
		"Package: culvert\n", "Version: 0.1.0~dev.20270115080000.ga229217-1\n", "Architecture: amd64\n", "Section: net\n", "Priority: optional\n", "Maintainer: " + c.Facts.Maintainer + "\n",
		"Depends: libc6 (>= ", "Recommends: libegl1, ", "Homepage: " + c.Facts.Homepage + "\n", "Description: " + c.Facts.Summary + "\n ",
	} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it lacks %q:\n%s", want, out)
		}
	}
	out, err = exec.CommandContext(t.Context(), "dpkg-deb", "-c", path).CombinedOutput()
	if err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	for _, want := range []string{"-rwxr-xr-x root/root", " ./usr/bin/kubectl-culvert -> culvert\n", " ./usr/share/man/man1/kubectl-culvert.1.gz -> culvert.1.gz\n", "2027-01-15"} {
		if !strings.Contains(string(out), want) {
			t.Errorf("it lacks %q:\n%s", want, out)
		}
	}
}

func TestWrapped(t *testing.T) {
	for text, want := range map[string]string{"": "", "one": "one", "one two": "one two", "one two three": "one two\nthree", "muchtoolong two": "muchtoolong\ntwo"} {
		if got := wrapped(text, 8); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
