package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"culvert/tools/package/stores"
)

const (
	sumsFile     = "SHA256SUMS"
	manifestsDir = "manifests"
)

// index writes the sums of all files that there are of the version, and what stores are
// told of them.
func (s settings) index() error {
	sums, err := s.sums()
	if err != nil {
		return err
	}
	if len(sums) == 0 {
		return fmt.Errorf("%s has no file of the version %s", s.dist, s.Version)
	}
	var text strings.Builder
	for _, name := range slices.Sorted(maps.Keys(sums)) {
		text.WriteString(sums[name] + "  " + name + "\n")
	}
	if err := os.WriteFile(filepath.Join(s.dist, sumsFile), []byte(text.String()), 0o644); err != nil { //nolint:gosec // everybody may read it
		return err
	}
	s.say("%s", strings.TrimSuffix(text.String(), "\n"))
	if err := s.others(sums); err != nil {
		return err
	}
	missing, err := s.manifests(sums)
	if err != nil {
		return err
	}
	s.status(missing)
	return nil
}

// sums are those of the version's files that there are, by name.
func (s settings) sums() (map[string]string, error) {
	sums := make(map[string]string)
	for _, name := range s.All() {
		sum, err := sumOf(filepath.Join(s.dist, name))
		if errors.Is(err, fs.ErrNotExist) {
			continue
		}
		if err != nil {
			return nil, err
		}
		sums[name] = sum
	}
	return sums, nil
}

func sumOf(path string) (sum string, err error) {
	f, err := os.Open(path)
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	if _, err := io.Copy(h, f); err != nil {
		return "", err
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}

// others tells of files that do not belong to the version.
func (s settings) others(sums map[string]string) error {
	entries, err := os.ReadDir(s.dist)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if _, ours := sums[e.Name()]; !ours && e.Name() != sumsFile && e.Name() != manifestsDir {
			s.say("%s is not of the version %s, and not in %s.", e.Name(), s.Version, sumsFile)
		}
	}
	return nil
}

// manifests writes what stores are told, and returns what could not be made.
func (s settings) manifests(sums map[string]string) ([]stores.Missing, error) {
	dir := filepath.Join(s.dist, manifestsDir)
	if err := os.RemoveAll(dir); err != nil {
		return nil, err
	}
	all, missing, err := stores.Release{Release: s.Release, Sums: sums}.Manifests()
	if err != nil {
		return nil, err
	}
	for _, m := range all {
		path := filepath.Join(dir, filepath.FromSlash(m.Name))
		if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil { //nolint:gosec // everybody may read it
			return nil, err
		}
		if err := os.WriteFile(path, m.Data, 0o644); err != nil { //nolint:gosec // likewise
			return nil, err
		}
	}
	return missing, nil
}

// status tells what is not as it is to be in a release.
func (s settings) status(missing []stores.Missing) {
	for _, m := range missing {
		s.say("%s/%s.", manifestsDir, m)
	}
	if !s.Version.Tagged {
		s.say("THIS IS NO RELEASE: the commit has no tag, or what is built was changed since. The version is %s.", s.Version)
	}
	if names := s.Facts.Placeholders(); len(names) > 0 {
		s.say("THE FILES IN %s MUST NOT BE SUBMITTED: they are made with placeholders for %s. Set them in tools/package/facts/facts.yaml.", manifestsDir, strings.Join(names, ", "))
	}
}
