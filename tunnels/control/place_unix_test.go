//go:build unix

package control

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestPlaces(t *testing.T) {
	tests := []struct {
		name string
		make func(t *testing.T, path string) string // returns the folder to claim in
		says string                                 // empty when it is fine
	}{
		{"missing", func(_ *testing.T, path string) string { return path }, ""},
		{"there", func(t *testing.T, path string) string { return mkdir(t, path, 0o700) }, ""},
		{"open to the group", func(t *testing.T, path string) string { return mkdir(t, path, 0o750) }, "0750 instead of 0700"},
		{"a file", func(t *testing.T, path string) string {
			if err := os.WriteFile(path, nil, 0o700); err != nil {
				t.Fatal(err)
			}
			return path
		}, "is not a folder"},
		{"a link", func(t *testing.T, path string) string {
			if err := os.Symlink(mkdir(t, path+"-real", 0o700), path); err != nil {
				t.Fatal(err)
			}
			return path
		}, "is a symbolic link"},
		{"in a folder that others change", func(t *testing.T, path string) string {
			return filepath.Join(mkdir(t, path, 0o777), "culvert")
		}, "other users can change"},
		{"in nothing", func(_ *testing.T, path string) string { return filepath.Join(path, "culvert") }, "no such file"},
		{"too long a path", func(_ *testing.T, path string) string { return path + strings.Repeat("x", longestSocket) }, "bytes"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, c, err := Claim(t.Context(), Options{Dir: tt.make(t, dir(t))})
			if s != nil {
				s.Close()
			}
			if c != nil || (s != nil) != (tt.says == "") || tt.says != "" && (!errors.Is(err, ErrNoPlace) || !strings.Contains(err.Error(), tt.says)) {
				t.Errorf("got %v, %v, %v", s, c, err)
			}
		})
	}
}

func mkdir(t *testing.T, path string, mode os.FileMode) string {
	t.Helper()
	if err := os.Mkdir(path, 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil { // whatever the umask is
		t.Fatal(err)
	}
	return path
}

func TestModes(t *testing.T) {
	d := dir(t)
	first(t, d, &answering{})
	for name, want := range map[string]os.FileMode{"": 0o700, "window.sock": 0o600, "window.lock": 0o600} {
		if info, err := os.Lstat(filepath.Join(d, name)); err != nil || info.Mode().Perm() != want {
			t.Errorf("%q: %v, %v", name, info, err)
		}
	}
}

func TestUserFolder(t *testing.T) {
	runtime, temp := mkdir(t, dir(t), 0o700), dir(t)
	shared := mkdir(t, dir(t), 0o777)
	file := filepath.Join(runtime, "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("TMPDIR", temp)
	for name, tt := range map[string]struct{ xdg, want string }{
		"ours":                 {runtime, runtime},
		"none":                 {"", temp},
		"relative":             {"run", temp},
		"missing":              {runtime + "-not", temp},
		"open to others":       {shared, temp},
		"a file and no folder": {file, temp},
	} {
		t.Run(name, func(t *testing.T) {
			t.Setenv("XDG_RUNTIME_DIR", tt.xdg)
			if got, err := userFolder(); err != nil || filepath.Dir(got) != tt.want {
				t.Errorf("it is %s, %v", got, err)
			}
		})
	}
}
