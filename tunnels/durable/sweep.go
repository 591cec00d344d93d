package durable

import (
	"os"
	"path/filepath"
	"strings"
	"time"
)

// tempMark stands in the names of files that are being written, between that of
// the file and a number.
const tempMark = ".culvert-"

// leftover is the age from which on nobody can still be writing a file.
const leftover = time.Hour

// IsTemp tells whether a file's base name is one that Write gives to a file
// which it has not finished.
func IsTemp(base string) bool {
	at := strings.LastIndex(base, tempMark)
	if at < 2 || base[0] != '.' {
		return false
	}
	number := base[at+len(tempMark):]
	return number != "" && strings.Trim(number, "0123456789") == ""
}

// Sweep removes from a folder what writers that were killed have left, if it has
// not been changed for at least that long. What cannot be removed stays.
func Sweep(dir string, age time.Duration) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return
	}
	for _, e := range entries {
		if !IsTemp(e.Name()) || !e.Type().IsRegular() {
			continue
		}
		info, err := e.Info()
		if err == nil && time.Since(info.ModTime()) >= age {
			_ = os.Remove(filepath.Join(dir, e.Name())) // another sweep may have been faster
		}
	}
}
