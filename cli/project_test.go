//go:build unix

package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"culvert/tunnels/workspace"
)

func TestFindProject(t *testing.T) {
	tests := map[string]struct {
		files map[string]string
		home  string // below the folder
		want  string // the file, or empty for none
	}{
		"here":                         {files: map[string]string{"a/b/" + projectFile: aProject}, want: "a/b/" + projectFile},
		"above":                        {files: map[string]string{"a/b/": "", "a/" + projectFile: aProject}, want: "a/" + projectFile},
		"the nearest":                  {files: map[string]string{"a/b/" + projectFile: aProject, projectFile: aProject}, want: "a/b/" + projectFile},
		"at the root of a repository":  {files: map[string]string{"a/b/": "", "a/.git/": "", "a/" + projectFile: aProject}, want: "a/" + projectFile},
		"above a repository":           {files: map[string]string{"a/b/": "", "a/.git/": "", projectFile: aProject}, home: "."},
		"above a worktree":             {files: map[string]string{"a/b/.git": "gitdir: x", projectFile: aProject}, home: "."},
		"at home":                      {files: map[string]string{"a/b/": "", "a/" + projectFile: aProject}, home: "a", want: "a/" + projectFile},
		"above home":                   {files: map[string]string{"a/b/": "", projectFile: aProject}, home: "a"},
		"the name of the other ending": {files: map[string]string{"a/b/.culvert.yml": aProject}, home: "a"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := layout(t, tt.files)
			home := tt.home
			if home == "" {
				home = "none"
			}
			t.Setenv("HOME", filepath.Join(dir, home))
			folder, err := projectOf(filepath.Join(dir, "a", "b"))
			g := workspace.Guests{}
			if err == nil {
				g, err = readProject(Deps{}, folder)
			}
			if tt.want == "" {
				if !errors.Is(err, errNoProject) {
					t.Errorf("found %s, %v", g.Path, err)
				}
				return
			}
			if err != nil || g.Path != filepath.Join(dir, tt.want) || len(g.Tunnels) != 1 {
				t.Errorf("found %+v, %v", g, err)
			}
			if want := filepath.Base(filepath.Dir(g.Path)); g.Name != want {
				t.Errorf("it is called %q, want %q", g.Name, want)
			}
		})
	}
}

// TestProjectFilesOfOthers: what somebody else could have put there, or could change,
// is not used.
func TestProjectFilesOfOthers(t *testing.T) {
	chmod := func(name string, mode os.FileMode) func(*testing.T, string) {
		return func(t *testing.T, dir string) {
			if err := os.Chmod(filepath.Join(dir, name), mode); err != nil {
				t.Fatal(err)
			}
		}
	}
	tests := map[string]struct {
		change func(t *testing.T, dir string)
		says   []string
	}{
		"as it should be":              {chmod(projectFile, 0o600), nil},
		"a file that all may change":   {chmod(projectFile, 0o666), []string{"other users", "0666", "chmod go-w", "-f "}},
		"a folder that all may change": {chmod(".", 0o777), []string{"other users", "chmod go-w"}},
		"a sticky folder, as for all":  {chmod(".", 0o777|os.ModeSticky), []string{"other users"}},
		"a folder, called as the file": {func(t *testing.T, dir string) { replace(t, dir, func(p string) error { return os.Mkdir(p, 0o755) }) }, []string{"not a file"}},
		"a pipe, which is not waited for": {func(t *testing.T, dir string) {
			replace(t, dir, func(p string) error { return syscall.Mkfifo(p, 0o600) })
		}, []string{"not a file"}},
		"a link, also to one's own": {func(t *testing.T, dir string) {
			replace(t, dir, func(p string) error { return os.Symlink("other", p) })
		}, []string{"symbolic link"}},
		"a file that is larger than any": {func(t *testing.T, dir string) { grow(t, filepath.Join(dir, projectFile)) }, []string{"1 MiB"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			dir := layout(t, map[string]string{projectFile: aProject, "other": aProject})
			tt.change(t, dir)
			_, err := readProject(Deps{}, dir)
			checkError(t, err, tt.says)
		})
	}
}

func replace(t *testing.T, dir string, by func(path string) error) {
	t.Helper()
	path := filepath.Join(dir, projectFile)
	if err := errors.Join(os.Remove(path), by(path)); err != nil {
		t.Fatal(err)
	}
}

func grow(t *testing.T, path string) {
	t.Helper()
	if err := os.WriteFile(path, []byte(aProject+strings.Repeat("# more\n", 1<<18)), 0o644); err != nil {
		t.Fatal(err)
	}
}

func TestWhoIsTrusted(t *testing.T) {
	const uid, gid = 1000, 1000
	tests := map[string]struct {
		file standingOf
		gid  int
		says []string
	}{
		"one's own":                          {standingOf{uid, gid, 0o600}, gid, nil},
		"root's":                             {standingOf{0, 0, 0o644}, gid, nil},
		"root's, for its group":              {standingOf{0, 0, 0o664}, gid, nil},
		"another user's":                     {standingOf{1001, gid, 0o600}, gid, []string{"it belongs to another user"}},
		"for all":                            {standingOf{uid, gid, 0o602}, gid, []string{"other users", "0602"}},
		"for a group of one's own":           {standingOf{uid, gid, 0o664}, gid, nil},
		"for a group of several":             {standingOf{uid, 100, 0o664}, 100, []string{"other users"}},
		"for a group that one is not in":     {standingOf{uid, 100, 0o660}, gid, []string{"other users"}},
		"that a group of several may read":   {standingOf{uid, 100, 0o640}, 100, nil},
		"that others own but nobody changes": {standingOf{1001, 1001, 0o444}, gid, []string{"another user"}},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) { checkError(t, tt.file.trusted("it", uid, tt.gid), tt.says) })
	}
}

func TestReadGuests(t *testing.T) {
	dir := layout(t, map[string]string{
		"dev.yaml":               aProject,
		"named.yaml":             "version: 1\nname: The shop\ntunnels:\n- {target: svc/web, ports: 80, autostart: true}\n",
		"broken.yaml":            "version: 1\ntunnels:\n- target: svc/web\n  ports: [80a:b_c]\n",
		"syntax.yaml":            "version: 1\ntunnels: [}\n",
		"empty.yaml":             "",
		"none.yaml":              "version: 1\ntunnels: []\n",
		"project/" + projectFile: aProject,
	})
	if err := syscall.Mkfifo(filepath.Join(dir, "pipe"), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	tests := []struct {
		name, path string
		in         io.Reader
		wantPath   string
		wantName   string
		says       []string
	}{
		{name: "a file", path: "dev.yaml", wantPath: "dev.yaml", wantName: "dev"},
		{name: "its own name", path: "named.yaml", wantPath: "named.yaml", wantName: "The shop"},
		{name: "a folder", path: "project", wantPath: "project/" + projectFile, wantName: "project"},
		{name: "standard input", path: "-", in: strings.NewReader(aProject), wantName: "standard input"},
		{name: "standard input, closed", path: "-", says: []string{"standard input", "closed"}},
		{name: "standard input, broken", path: "-", in: strings.NewReader("nonsense"), says: []string{"standard input, line 1"}},
		{name: "an address", path: "https://example.org/x.yaml", says: []string{"https://example.org", "-f -"}},
		{name: "nothing", path: "missing.yaml", says: []string{"missing.yaml", "no such file"}},
		{name: "a pipe", path: "pipe", says: []string{"not a file"}},
		{name: "a device", path: "/dev/zero", says: []string{"not a file"}},
		{name: "a wrong port", path: "broken.yaml", says: []string{"broken.yaml, line 4, column 11", "80a:b_c", "Nothing was started"}},
		{name: "wrong YAML", path: "syntax.yaml", says: []string{"syntax.yaml, line 2"}},
		{name: "an empty file", path: "empty.yaml", says: []string{"empty.yaml, line 1", "version: 1"}},
		{name: "no tunnels", path: "none.yaml", says: []string{"none.yaml", "no tunnel"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			g, err := readGuests(t.Context(), Deps{In: tt.in}, tt.path)
			checkError(t, err, tt.says)
			if err != nil {
				return
			}
			want := tt.wantPath
			if want != "" {
				want = filepath.Join(dir, want)
			}
			if g.Path != want || g.Name != tt.wantName || len(g.Tunnels) != 1 {
				t.Errorf("got %+v", g)
			}
			if s := g.Tunnels[0]; s.ID != "" || s.Profile != "" || s.AutoStart {
				t.Errorf("its tunnel is %+v", s)
			}
		})
	}
}

func TestFieldsWithoutEffectAreWarnedOf(t *testing.T) {
	var errs strings.Builder
	in := strings.NewReader("version: 1\nkubeconfig: /x\ntunnels:\n  - {name: web, target: svc/web, ports: ':80', polcy: newest}\n")
	g, err := readGuests(t.Context(), Deps{In: in, Err: &errs}, standardInput)
	if err != nil || len(g.Tunnels) != 1 {
		t.Fatalf("it has %d tunnels, %v", len(g.Tunnels), err)
	}
	const want = "culvert: standard input, line 2, column 1: the field \"kubeconfig\" is not known, and has no effect\n" +
		"culvert: standard input, line 4, column 48: the field \"polcy\" is not known, and has no effect: do you mean policy?\n"
	if errs.String() != want {
		t.Errorf("it says %q, want %q", errs.String(), want)
	}
}
