package artifacts

import (
	"slices"
	"testing"

	"culvert/tools/package/facts"
)

func TestNames(t *testing.T) {
	r := Release{facts.Facts{Package: "culvert"}, facts.Version{Number: "1.2.3", Pre: "rc.1"}}
	for got, want := range map[string]string{
		r.CLI(Platform{"darwin", "arm64"}):                "kubectl-culvert-1.2.3-rc.1-macos-arm64.tar.gz",
		r.CLI(Platform{"windows", "amd64"}):               "kubectl-culvert-1.2.3-rc.1-windows-amd64.zip",
		r.Window(Platform{"linux", "amd64"})[1]:           "culvert-1.2.3-rc.1-linux-amd64.deb",
		r.Window(Platform{"darwin", "amd64"})[0]:          "culvert-1.2.3-rc.1-macos-amd64.zip",
		r.SBOM():                                          "culvert-1.2.3-rc.1.sbom.json",
		Folder(r.Window(Platform{"linux", "arm64"})[0]):   "culvert-1.2.3-rc.1-linux-arm64",
		Folder(r.CLI(Platform{"linux", "arm64"})):         "kubectl-culvert-1.2.3-rc.1-linux-arm64",
		Folder("other"):                                   "other",
		Program("culvert", "windows"):                     "culvert.exe",
		Program("culvert", "linux"):                       "culvert",
		Platform{System: "linux", Arch: "amd64"}.String(): "linux/amd64",
	} {
		if got != want {
			t.Errorf("got %s, want %s", got, want)
		}
	}
	all := r.All()
	slices.Sort(all)
	if len(all) != len(slices.Compact(slices.Clone(all))) {
		t.Errorf("a name is there twice: %q", all)
	}
}
