package linux

import (
	"fmt"
	"path"
	"strings"

	"culvert/tools/package/archive"
	"culvert/tools/package/facts"
)

// Contents is what is packaged.
type Contents struct {
	Facts       facts.Facts
	Version     facts.Version
	Program     []byte            // with the window
	Pages       map[string][]byte // manual pages, by name, as culvert-up.1
	Completions map[string][]byte // by what is completed: bash, zsh, fish, kubectl
	Icons       map[int][]byte    // PNG, by their size
	Icon        []byte            // SVG
	Licence     []byte            // the project's
	Notices     []byte            // other people's
	Changelog   []byte
}

// kind is where and how a tree is installed.
type kind struct {
	zsh        string // the folder for zsh
	compressed bool   // manual pages and long texts
	debian     bool
}

var (
	treeKind = kind{zsh: "share/zsh/site-functions"}
	rpmKind  = kind{zsh: "share/zsh/site-functions", compressed: true}
	debKind  = kind{zsh: "share/zsh/vendor-completions", compressed: true, debian: true}
)

// Tree returns what is unpacked: what is to be copied below a prefix, as /usr/local, and
// a text that tells of that.
func (c Contents) Tree() ([]archive.File, error) { return c.tree(treeKind) }

func (c Contents) tree(k kind) ([]archive.File, error) {
	f := c.Facts
	desktop, err := Desktop(f)
	if err != nil {
		return nil, err
	}
	metainfo, err := Metainfo(f, c.Version)
	if err != nil {
		return nil, err
	}
	plugin := "kubectl-" + f.Package
	files := []archive.File{
		{Name: "bin/" + f.Package, Data: c.Program, Runs: true},
		{Name: "bin/" + plugin, Link: f.Package},
		{Name: "bin/kubectl_complete-" + f.Package, Data: c.Completions["kubectl"], Runs: true},
		{Name: "share/applications/" + f.ID + ".desktop", Data: desktop},
		{Name: "share/metainfo/" + f.ID + ".metainfo.xml", Data: metainfo},
		{Name: "share/icons/hicolor/scalable/apps/" + f.ID + ".svg", Data: c.Icon},
		{Name: "share/bash-completion/completions/" + f.Package, Data: c.Completions["bash"]},
		{Name: k.zsh + "/_" + f.Package, Data: c.Completions["zsh"]},
		{Name: "share/fish/vendor_completions.d/" + f.Package + ".fish", Data: c.Completions["fish"]},
	}
	for size, data := range c.Icons {
		files = append(files, archive.File{Name: fmt.Sprintf("share/icons/hicolor/%dx%d/apps/%s.png", size, size, f.ID), Data: data})
	}
	switch k {
	case treeKind:
		text, err := Install(f, c.Version)
		if err != nil {
			return nil, err
		}
		files = append(files, archive.File{Name: "INSTALL", Data: text})
	case debKind:
		files = append(files, archive.File{Name: "share/lintian/overrides/" + f.Package, Data: []byte(lintianText)})
	}
	pages, err := c.pages(k)
	if err != nil {
		return nil, err
	}
	docs, err := c.docs(k)
	if err != nil {
		return nil, err
	}
	files, err = archive.Sorted(append(append(files, pages...), docs...))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		if file.Link == "" && len(file.Data) == 0 {
			return nil, fmt.Errorf("%s is empty", file.Name)
		}
	}
	return files, nil
}

// pages are the manual pages, with those for the names that kubectl calls programs by.
func (c Contents) pages(k kind) ([]archive.File, error) {
	const dir, first = "share/man/man1/", ".1"
	if len(c.Pages[c.Facts.Package+first]) == 0 {
		return nil, fmt.Errorf("the manual page %s%s is missing", c.Facts.Package, first)
	}
	ending := ""
	if k.compressed {
		ending = ".gz"
	}
	completion := c.Facts.Package + "-completion-kubectl" + first
	if len(c.Pages[completion]) == 0 {
		return nil, fmt.Errorf("the manual page %s is missing", completion)
	}
	files := []archive.File{
		{Name: dir + "kubectl-" + c.Facts.Package + first + ending, Link: c.Facts.Package + first + ending},
		{Name: dir + "kubectl_complete-" + c.Facts.Package + first + ending, Link: completion + ending},
	}
	for name, data := range c.Pages {
		file, err := long(dir+name, data, k.compressed)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// docs are what is to be read, with the licences.
func (c Contents) docs(k kind) ([]archive.File, error) {
	dir := path.Join("share/doc", c.Facts.Package)
	texts := map[string][]byte{"NOTICES": c.Notices, "changelog": c.Changelog}
	plain := map[string][]byte{"LICENSE": c.Licence}
	if k.debian {
		text, err := Copyright(c.Facts, c.Version)
		if err != nil {
			return nil, err
		}
		plain = map[string][]byte{"copyright": text}
		texts["changelog.Debian"] = debianChangelog(c.Facts, c.Version)
	}
	var files []archive.File
	for name, data := range plain {
		files = append(files, archive.File{Name: path.Join(dir, name), Data: data})
	}
	for name, data := range texts {
		file, err := long(path.Join(dir, name), data, k.compressed)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// long returns a text as a file, compressed or not.
func long(name string, data []byte, compressed bool) (archive.File, error) {
	if !compressed {
		return archive.File{Name: name, Data: data}, nil
	}
	if len(data) == 0 {
		return archive.File{}, fmt.Errorf("%s is empty", name)
	}
	data, err := archive.GZ(data)
	return archive.File{Name: name + ".gz", Data: data}, err
}

// isDoc says whether rpm is to mark a file as documentation, or as a licence.
func isDoc(name string) (doc, licence bool) {
	base := path.Base(name)
	licence = base == "LICENSE" || strings.HasPrefix(base, "NOTICES")
	return strings.HasPrefix(name, "share/doc/") && !licence, licence
}
