package ui

import (
	"strings"

	"fyne.io/fyne/v2/lang"

	"culvert/assets"
	"culvert/tunnels/build"
)

// The modules whose versions tell the most.
const (
	clientGo = "k8s.io/client-go"
	toolkit  = "fyne.io/fyne/v2"
)

// aboutView is what the sheet about the program says.
type aboutView struct {
	version string // "Culvert 1.2.3"
	built   string // what it was built from, and with
	folders []aboutFolder
}

// aboutFolder is a folder in which the program keeps something.
type aboutFolder struct{ key, name, path string }

// aboutOf returns what there is to say of a build; a folder without a path is left out.
func aboutOf(b build.Info, settings, state string) aboutView {
	v := aboutView{version: Title + " " + orUnknown(b.Version)}
	var with []string
	if b.Commit != "" {
		with = append(with, lang.L("commit {{.Hash}}", vars{"Hash": b.ShortCommit()}))
	}
	with = append(with, b.OS+"/"+b.Arch, b.Go)
	for _, m := range []struct{ path, name string }{{clientGo, "client-go"}, {toolkit, "Fyne"}} {
		if version := b.ModuleVersion(m.path); version != "" {
			with = append(with, m.name+" "+version)
		}
	}
	v.built = strings.Join(with, " · ")
	if settings != "" {
		v.folders = append(v.folders, aboutFolder{"settings", lang.L("Profiles and settings"), settings})
	}
	if state != "" && state != settings {
		v.folders = append(v.folders, aboutFolder{"state", lang.L("Log and crash reports"), state})
	}
	return v
}

func orUnknown(version string) string {
	if version == "" {
		return lang.L("unknown")
	}
	return version
}

// licenceLine is a part of the program that others have made.
type licenceLine struct {
	name     string // the module's path, or the font's
	version  string // empty where there is none
	licences string // SPDX's names
}

// builtInWork are the fonts and icons, which no module has.
var builtInWork = []licenceLine{
	{"Inter", "", "OFL-1.1"}, {"JetBrains Mono", "", "OFL-1.1"}, {"Noto Sans SC", "", "OFL-1.1"}, {"Lucide", "", "ISC"},
}

// licenceLines lists what is linked into a build, with its licences.
func licenceLines(b build.Info, of map[string][]string) []licenceLine {
	out := append([]licenceLine{{Title, b.Version, "Apache-2.0"}}, builtInWork...)
	out = append(out, licenceLine{"Go", strings.TrimPrefix(b.Go, "go"), strings.Join(of["std"], ", ")})
	for _, m := range b.Modules {
		out = append(out, licenceLine{m.Path, m.Version, orDash(strings.Join(of[m.Path], ", "))})
	}
	return out
}

// about opens the sheet about the program.
func (a *App) about() {
	s := newAboutSheet(aboutOf(a.deps.Build, a.deps.Folder, a.deps.State), aboutActions{
		documents: a.showDocuments, licences: a.showLicences, diagnostics: a.copyDiagnostics,
		open: a.openPath, copy: a.copyText,
	})
	s.open(a.window.Canvas())
}

// showLicences opens the list of what others have made.
func (a *App) showLicences() {
	newLicenceSheet(licenceLines(a.deps.Build, assets.Licences())).open(a.window.Canvas())
}
