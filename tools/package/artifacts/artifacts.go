// Package artifacts has the names of the files that are released.
package artifacts

import (
	"fmt"
	"strings"

	"culvert/tools/package/facts"
)

// Platform is a system and a machine, as Go calls them.
type Platform struct{ System, Arch string }

func (p Platform) String() string { return p.System + "/" + p.Arch }

// CLIPlatforms are those that the command line alone is made for.
var CLIPlatforms = []Platform{
	{"darwin", "amd64"},
	{"darwin", "arm64"},
	{"linux", "amd64"},
	{"linux", "arm64"},
	{"windows", "amd64"},
	{"windows", "arm64"},
}

// WindowPlatforms are those that the window is made for. Windows' is built on Linux,
// all others on their own system.
var WindowPlatforms = []Platform{{"darwin", "amd64"}, {"darwin", "arm64"}, {"linux", "amd64"}, {"linux", "arm64"}, {"windows", "amd64"}}

// Release is what names are made of.
type Release struct {
	Facts   facts.Facts
	Version facts.Version
}

// CLI is the archive with the command line alone.
func (r Release) CLI(p Platform) string {
	ending := "tar.gz"
	if p.System == "windows" {
		ending = "zip"
	}
	return fmt.Sprintf("kubectl-%s-%s-%s-%s.%s", r.Facts.Package, r.Version, system(p.System), p.Arch, ending)
}

// Window are the files with the window for a platform; the first is what is unpacked.
func (r Release) Window(p Platform) []string {
	base := fmt.Sprintf("%s-%s-%s-%s.", r.Facts.Package, r.Version, system(p.System), p.Arch)
	if p.System == "linux" {
		return []string{base + "tar.xz", base + "deb", base + "rpm"}
	}
	return []string{base + "zip"}
}

// SBOM is the bill of materials.
func (r Release) SBOM() string { return fmt.Sprintf("%s-%s.sbom.json", r.Facts.Package, r.Version) }

// All are the names of all files that a release may have, but for the list of sums.
func (r Release) All() []string {
	all := []string{r.SBOM()}
	for _, p := range CLIPlatforms {
		all = append(all, r.CLI(p))
	}
	for _, p := range WindowPlatforms {
		all = append(all, r.Window(p)...)
	}
	return all
}

// Folder is the one folder in an archive: its name without the ending.
func Folder(archive string) string {
	for _, ending := range []string{".tar.gz", ".tar.xz", ".zip"} {
		if base, ok := strings.CutSuffix(archive, ending); ok {
			return base
		}
	}
	return archive
}

// Program returns the name of a program's file.
func Program(name, system string) string {
	if system == "windows" {
		return name + ".exe"
	}
	return name
}

// system is what people call a system.
func system(name string) string {
	if name == "darwin" {
		return "macos"
	}
	return name
}
