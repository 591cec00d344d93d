// Package build tells what this program was built from.
package build

import (
	"runtime"
	"runtime/debug"
	"strings"
)

// Info is what is known of a build.
type Info struct {
	Version string // as the linker was told, or "development"
	// Commit is the whole hash of the commit, with "+" behind it where files were
	// changed; empty where it is not known.
	Commit string
	// Committed is when that was, as RFC 3339 has it; empty where it is not known.
	Committed string
	Go        string // as "go1.26.0"
	OS, Arch  string // as Go names them
	// Modules are the modules that are linked in, in the order of their paths; none
	// where they are not known.
	Modules []Module
}

// Module is a module that is linked in.
type Module struct{ Path, Version string }

// Of returns what is known of this program, whose version is given. It reads nothing
// but the program itself.
func Of(version string) Info {
	b := Info{Version: version, Go: runtime.Version(), OS: runtime.GOOS, Arch: runtime.GOARCH}
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return b
	}
	for _, s := range info.Settings {
		switch {
		case s.Key == "vcs.revision":
			b.Commit = s.Value + b.Commit
		case s.Key == "vcs.modified" && s.Value == "true":
			b.Commit += "+"
		case s.Key == "vcs.time":
			b.Committed = s.Value
		}
	}
	for _, m := range info.Deps {
		if m.Replace != nil {
			m = m.Replace
		}
		b.Modules = append(b.Modules, Module{m.Path, m.Version})
	}
	return b
}

// ShortCommit is Commit with as many digits as are enough to find it.
func (b Info) ShortCommit() string {
	const most = 12
	if hash, changed := strings.CutSuffix(b.Commit, "+"); changed {
		return hash[:min(len(hash), most)] + "+"
	}
	return b.Commit[:min(len(b.Commit), most)]
}

// ModuleVersion returns the version of a module; empty where it is not linked in.
func (b Info) ModuleVersion(path string) string {
	for _, m := range b.Modules {
		if m.Path == path {
			return m.Version
		}
	}
	return ""
}
