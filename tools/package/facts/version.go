package facts

import (
	"fmt"
	"regexp"
	"strings"
	"time"
)

// Version is the version of what is packaged.
type Version struct {
	Number  string // as 1.2.3
	Pre     string // what comes behind a hyphen, without it: dots, letters and digits; empty for a release
	Tagged  bool   // the commit has this version as its tag
	Changed time.Time
}

var (
	isTag    = regexp.MustCompile(`^v((?:0|[1-9][0-9]*)(?:\.(?:0|[1-9][0-9]*)){2})(?:-([0-9A-Za-z]+(?:\.[0-9A-Za-z]+)*))?$`)
	isCommit = regexp.MustCompile(`(?:^|-g)([0-9a-f]{7,64})$`)
)

// VersionOf returns the version of a commit, from what `git describe --tags --always
// --dirty` says of it and from when it was made. next is the version that FyneApp.toml
// has: a tag has to be of that one, and what has no tag comes before it.
func VersionOf(describe, next string, at time.Time) (Version, error) {
	clean, dirty := strings.CutSuffix(describe, "-dirty")
	if m := isTag.FindStringSubmatch(clean); m != nil && !dirty {
		if m[1] != next {
			return Version{}, fmt.Errorf("the tag %s is not of the version %s that FyneApp.toml has", describe, next)
		}
		return Version{Number: m[1], Pre: m[2], Tagged: true, Changed: at.UTC()}, nil
	}
	v := Version{Number: next, Pre: "dev." + at.UTC().Format("20060102150405"), Changed: at.UTC()}
	if m := isCommit.FindStringSubmatch(clean); m != nil {
		v.Pre += ".g" + m[1]
	}
	if dirty {
		v.Pre += ".dirty"
	}
	return v, nil
}

// String is the version as semver.org has it, and in names of files.
func (v Version) String() string {
	if v.Pre == "" {
		return v.Number
	}
	return v.Number + "-" + v.Pre
}

// Tag is the tag of such a version.
func (v Version) Tag() string { return "v" + v.String() }

// System is the version as dpkg and rpm order them: what comes before a release has a
// tilde.
func (v Version) System() string {
	if v.Pre == "" {
		return v.Number
	}
	return v.Number + "~" + v.Pre
}

// Date is the day, as 2026-11-23.
func (v Version) Date() string { return v.Changed.Format(time.DateOnly) }
