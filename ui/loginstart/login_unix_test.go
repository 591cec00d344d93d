//go:build !windows && !darwin

package loginstart

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
)

func TestSet(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	path := filepath.Join(dir, "autostart", "io.culvert.Culvert.desktop")
	e := entry("/opt/culvert/culvert", "--hidden")
	want := func(when string, on bool) {
		t.Helper()
		if got, err := e.Enabled(); got != on || err != nil {
			t.Errorf("%s it is %t, %v", when, got, err)
		}
	}
	want("at first", false)
	if err := e.Set(false); err != nil {
		t.Error(err)
	}
	for range 2 {
		if err := e.Set(true); err != nil {
			t.Fatal(err)
		}
		want("set", true)
	}
	if info, err := os.Stat(path); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("the file is %v, %v", info, err)
	}
	moved := entry("/new/culvert", "--hidden")
	var elsewhere *ElsewhereError
	if on, err := moved.Enabled(); !on || !errors.As(err, &elsewhere) || elsewhere.Program != "/opt/culvert/culvert" {
		t.Errorf("of a program that was moved it is %t, %v", on, err)
	}
	if err := moved.Set(true); err != nil {
		t.Error(err)
	}
	if on, err := moved.Enabled(); !on || err != nil {
		t.Errorf("mended it is %t, %v", on, err)
	}
	if err := moved.Set(false); err != nil {
		t.Error(err)
	}
	want("taken away", false)
	if _, err := os.Stat(path); !errors.Is(err, fs.ErrNotExist) {
		t.Error("the file is there still")
	}
	if left, err := os.ReadDir(filepath.Dir(path)); err != nil || len(left) != 0 {
		t.Errorf("%v is left, %v", left, err)
	}
}

func TestALinkStaysALink(t *testing.T) {
	dir := t.TempDir()
	t.Setenv("XDG_CONFIG_HOME", dir)
	kept := filepath.Join(dir, "kept.desktop")
	link := filepath.Join(dir, "autostart", "io.culvert.Culvert.desktop")
	if err := errors.Join(os.WriteFile(kept, nil, 0o600), os.Mkdir(filepath.Dir(link), 0o700), os.Symlink(kept, link)); err != nil {
		t.Fatal(err)
	}
	e := entry("/usr/bin/culvert", "--hidden")
	if err := e.Set(true); err != nil {
		t.Fatal(err)
	}
	if on, err := e.Enabled(); !on || err != nil {
		t.Errorf("it is %t, %v", on, err)
	}
	if info, err := os.Lstat(link); err != nil || info.Mode().Type() != fs.ModeSymlink {
		t.Errorf("the link is %v, %v", info, err)
	}
}

func TestSetWithoutAProgram(t *testing.T) {
	t.Setenv("XDG_CONFIG_HOME", t.TempDir())
	if err := entry("").Set(true); err == nil {
		t.Error("a program that is not known starts at login")
	}
}
