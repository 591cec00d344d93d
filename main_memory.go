//go:build !nogui

package main

import (
	"os"
	"path/filepath"
)

// windowMemory is the file in which the window keeps how it was left. The
// toolkit's own preferences would do, but Fyne 2.8.1 writes them anew at each
// end, reads them back meanwhile and complains about half a file. The empty one
// keeps nothing.
type windowMemory string

// Load implements [ui.Memory].
func (m windowMemory) Load() string {
	if m == "" {
		return ""
	}
	text, err := os.ReadFile(string(m))
	if err != nil { // at first there is none, and what is lost is only how large the window was
		return ""
	}
	return string(text)
}

// Save implements [ui.Memory]. The file is replaced at once or not at all.
func (m windowMemory) Save(text string) error {
	if m == "" {
		return nil
	}
	dir := filepath.Dir(string(m))
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return err
	}
	tmp, err := os.CreateTemp(dir, ".window.*")
	if err != nil {
		return err
	}
	_, err = tmp.WriteString(text)
	if e := tmp.Close(); err == nil {
		err = e
	}
	if err == nil {
		err = os.Rename(tmp.Name(), string(m))
	}
	if err != nil {
		_ = os.Remove(tmp.Name()) // the first error is told
	}
	return err
}
