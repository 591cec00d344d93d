//go:build !nogui

package main

import (
	"os"
	"path/filepath"
	"testing"
)

// TestNewAppLeavesNothing: a start of the window leaves no folder in the user's cache.
func TestNewAppLeavesNothing(t *testing.T) {
	home := t.TempDir()
	for _, name := range []string{"HOME", "XDG_CACHE_HOME", "LocalAppData"} {
		t.Setenv(name, home)
	}
	makeCacheDir()
	newApp()
	dir, err := os.UserCacheDir()
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir(filepath.Join(dir, "fyne")) // the toolkit's own, which stays
	if err != nil || len(entries) > 0 {
		t.Errorf("left are %v, %v", entries, err)
	}
}
