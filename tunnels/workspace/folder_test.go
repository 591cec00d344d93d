package workspace

import (
	"path/filepath"
	"testing"
)

func TestStateFolder(t *testing.T) {
	abs := func(path ...string) string { // on the system that the test runs on
		return filepath.Join(append([]string{t.TempDir()}, path...)...)
	}
	home, state := abs("home"), abs("state")
	tests := map[string]struct {
		system, home string
		env          map[string]string
		want         string
	}{
		"linux":                        {"linux", home, nil, filepath.Join(home, ".local", "state", "culvert")},
		"linux with a folder of XDG":   {"linux", home, map[string]string{"XDG_STATE_HOME": state}, filepath.Join(state, "culvert")},
		"linux with a relative folder": {"linux", home, map[string]string{"XDG_STATE_HOME": "state"}, filepath.Join(home, ".local", "state", "culvert")},
		"XDG without a home":           {"freebsd", "", map[string]string{"XDG_STATE_HOME": state}, filepath.Join(state, "culvert")},
		"linux without a home":         {"linux", "", nil, ""},
		"windows":                      {"windows", home, map[string]string{"LocalAppData": state, "XDG_STATE_HOME": home}, filepath.Join(state, "culvert")},
		"windows without one":          {"windows", home, nil, ""},
		"macOS":                        {"darwin", home, map[string]string{"XDG_STATE_HOME": state}, filepath.Join(home, "Library", "Application Support", "culvert")},
		"macOS without a home":         {"darwin", "", nil, ""},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if got := stateFolder(tt.system, func(k string) string { return tt.env[k] }, tt.home); got != tt.want {
				t.Errorf("the folder is %q, want %q", got, tt.want)
			}
		})
	}
}

func TestStateFolderOfThisSystem(t *testing.T) {
	t.Setenv("HOME", t.TempDir())
	t.Setenv("LocalAppData", t.TempDir())
	if dir, err := StateFolder(); err != nil || !filepath.IsAbs(dir) || filepath.Base(dir) != "culvert" {
		t.Errorf("the folder is %q, %v", dir, err)
	}
}
