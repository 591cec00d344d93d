package debian

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Package is one package, and where it was downloaded to.
type Package struct {
	Name, Version, Arch string
	Path                string
}

func (p Package) String() string { return p.Name + " " + p.Version }

// file is the name that apt gives to the download.
func (p Package) file() string {
	return fmt.Sprintf("%s_%s_%s.deb", p.Name, strings.ReplaceAll(p.Version, ":", "%3a"), p.Arch)
}

// installLine is a line of apt-get's simulation: "Inst NAME (VERSION ORIGINS
// [ARCH]) …". Before the bracket, the version that is installed may stand.
var installLine = regexp.MustCompile(`^Inst (\S+) (?:\[[^]]*\] )?\((\S+) .*?\[([a-z0-9]+)\]\)`)

// parseSimulation returns what apt would install, without what the set leaves out.
func parseSimulation(printed []byte, s Set) []Package {
	var all []Package
	for line := range strings.Lines(string(printed)) {
		if m := installLine.FindStringSubmatch(line); m != nil && !s.leavesOut(m[1]) {
			all = append(all, Package{Name: m[1], Version: m[2], Arch: m[3]})
		}
	}
	return all
}

func (s Set) leavesOut(name string) bool {
	return slices.ContainsFunc(s.Without, func(pattern string) bool {
		prefix, ok := strings.CutSuffix(pattern, "*")
		return name == pattern || ok && strings.HasPrefix(name, prefix)
	})
}

// complete returns an error when a package that was asked for by name is not
// among all.
func (s Set) complete(all []Package) error {
	for _, name := range s.Packages {
		if !slices.ContainsFunc(all, func(p Package) bool { return p.Name == name }) {
			return fmt.Errorf("apt-get knows the package %s but would not install it", name)
		}
	}
	return nil
}

// Named returns those of the packages that the set asks for by name. Instead of one
// that stands for a version, as postgresql for postgresql-15, it returns that.
func (s Set) Named(all []Package) []Package {
	var named []Package
	for _, name := range s.Packages {
		version := regexp.MustCompile("^" + regexp.QuoteMeta(name) + "-[0-9]+$")
		i := slices.IndexFunc(all, func(p Package) bool { return version.MatchString(p.Name) })
		if i < 0 {
			i = slices.IndexFunc(all, func(p Package) bool { return p.Name == name })
		}
		if i >= 0 {
			named = append(named, all[i])
		}
	}
	return named
}
