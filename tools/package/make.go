package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"

	"culvert/tools/audit/licences"

	"culvert/tools/package/archive"
	"culvert/tools/package/artifacts"
	"culvert/tools/package/facts"
	"culvert/tools/package/icons"
	"culvert/tools/package/linux"
	"culvert/tools/package/macos"
	"culvert/tools/package/windows"
)

// mingw is the C compiler that builds the window for Windows.
const mingw = "x86_64-w64-mingw32-gcc"

// texts are what goes into archives beside programs.
type texts struct {
	licence, notices, changelog []byte
	licences                    string // of all that is in the programs
	pages, completions          map[string][]byte
	icon                        icons.Icon
	ico                         []byte
}

// makeParts makes parts of the release.
func (s settings) makeParts(ctx context.Context, chosen []string) error {
	if s.Version.Tagged { // else it would be found out when all is built
		if _, err := s.changes(); err != nil {
			return err
		}
	}
	if slices.Contains(chosen, "windows") {
		if _, err := exec.LookPath(mingw); err != nil {
			return fmt.Errorf("the window for Windows needs %s: run tools/deps.sh package, or name other parts: PARTS='cli linux sbom'", mingw)
		}
	}
	if err := errors.Join(os.MkdirAll(s.dist, 0o755), os.MkdirAll(s.work(), 0o755)); err != nil { //nolint:gosec // everybody may read it
		return err
	}
	s.say("Packaging %s %s ...", s.Facts.Name, s.Version)
	if slices.Contains(chosen, "sbom") {
		if err := s.sbom(ctx); err != nil {
			return err
		}
		if len(chosen) == 1 {
			return nil
		}
	}
	t, err := s.texts(ctx)
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name string
		run  func(context.Context, texts) error
	}{{"cli", s.makeCLI}, {"linux", s.makeLinux}, {"windows", s.makeWindows}, {"macos", s.makeMacOS}} {
		if !slices.Contains(chosen, part.name) {
			continue
		}
		if err := part.run(ctx, t); err != nil {
			return fmt.Errorf("the part %s: %w", part.name, err)
		}
	}
	return nil
}

// texts makes what goes into archives beside programs.
func (s settings) texts(ctx context.Context) (texts, error) {
	var t texts
	var errs []error
	read := func(path ...string) []byte {
		data, err := facts.ReadFile(s.root, path...)
		errs = append(errs, err)
		return data
	}
	t.licence, t.changelog = read("LICENSE"), read("CHANGELOG.md")
	t.icon = icons.Icon{Small: read("assets", "app", "culvert-small.svg"), Large: read("assets", "app", "culvert.svg")}
	if err := errors.Join(errs...); err != nil {
		return t, err
	}
	var err error
	if t.ico, err = t.icon.ICO(); err != nil {
		return t, err
	}
	s.say("Reading the licences of all that is built in ...")
	modules, err := licences.Read(ctx, s.root)
	if err != nil {
		return t, err
	}
	if err := licences.Check(modules); err != nil {
		return t, fmt.Errorf("licences: %w", err)
	}
	t.notices, t.licences = notices(modules), expression(modules)
	s.say("Writing manual pages and completions ...")
	if t.pages, err = s.pages(ctx); err != nil {
		return t, err
	}
	here, err := s.built(ctx, build{Platform: artifacts.Platform{System: runtime.GOOS, Arch: runtime.GOARCH}})
	if err != nil {
		return t, err
	}
	t.completions, err = s.completions(ctx, here)
	return t, err
}

// sbom writes the bill of materials, by tools/audit. Vulnerabilities are looked for by
// `make audit` alone.
func (s settings) sbom(ctx context.Context) error {
	env := []string{"CGO_ENABLED=0", fmt.Sprintf("SOURCE_DATE_EPOCH=%d", s.Version.Changed.Unix())}
	path := filepath.Join(s.dist, s.SBOM())
	s.say("Writing the bill of materials ...")
	return s.command(ctx, filepath.Join(s.root, "tools", "audit"), env, io.Discard, "go", "run", ".", "-sbom", path, "-version", s.Version.String(), "-vulnerabilities=false")
}

// makeCLI makes the archives with the command line alone, for all systems.
func (s settings) makeCLI(ctx context.Context, t texts) error {
	for _, p := range artifacts.CLIPlatforms {
		program, err := s.builtFor(ctx, build{Platform: p}, t)
		if err != nil {
			return err
		}
		files := s.cliFiles(p.System, program, t)
		if err := s.writeArchive(s.CLI(p), files); err != nil {
			return err
		}
	}
	return nil
}

// builtFor builds a program, for Windows with its resources.
func (s settings) builtFor(ctx context.Context, b build, t texts) ([]byte, error) {
	if b.System != "windows" {
		return s.built(ctx, b)
	}
	var program []byte
	err := s.withResources(b.Arch, t.ico, func() (err error) {
		program, err = s.built(ctx, b)
		return err
	})
	if err != nil {
		return nil, err
	}
	return program, windows.CheckLibraries(bytes.NewReader(program))
}

// cliFiles are what is in an archive with the command line.
func (s settings) cliFiles(system string, program []byte, t texts) []archive.File {
	files := []archive.File{
		{Name: artifacts.Program("kubectl-"+s.Facts.Package, system), Data: program, Runs: true},
		{Name: "LICENSE", Data: t.licence},
		{Name: "NOTICES", Data: t.notices},
		{Name: "CHANGELOG.md", Data: t.changelog},
	}
	if system == "windows" {
		return append(files, s.completionFile("powershell", t))
	}
	for shell := range shells {
		files = append(files, s.completionFile(shell, t))
	}
	for name, data := range t.pages {
		files = append(files, archive.File{Name: "man/" + name, Data: data})
	}
	return files
}

func (s settings) completionFile(shell string, t texts) archive.File {
	return archive.File{Name: "completions/" + fmt.Sprintf(shells[shell], s.Facts.Package), Data: t.completions[shell], Runs: shell == "kubectl"}
}

// makeLinux makes the packages with the window for this machine.
func (s settings) makeLinux(ctx context.Context, t texts) error {
	p := artifacts.Platform{System: "linux", Arch: runtime.GOARCH}
	if !slices.Contains(artifacts.WindowPlatforms, p) {
		return fmt.Errorf("the window is not released for %s", p)
	}
	program, err := s.built(ctx, build{Platform: p, window: true, hard: true})
	if err != nil {
		return err
	}
	pictures, err := t.icon.All(icons.Hicolor)
	if err != nil {
		return err
	}
	c := linux.Contents{
		Facts: s.Facts, Version: s.Version, Program: program, Pages: t.pages, Completions: t.completions, Icons: pictures, Icon: t.icon.Large, Licence: t.licence, Notices: t.notices,
		Changelog: t.changelog,
	}
	tree, err := c.Tree()
	if err != nil {
		return err
	}
	if err := s.validate(ctx, tree); err != nil {
		return err
	}
	names := s.Window(p)
	if err := s.writeArchive(names[0], tree); err != nil {
		return err
	}
	if err := s.write(names[1], func(w io.Writer) error { return c.WriteDeb(w, p.Arch) }); err != nil {
		return err
	}
	if err := s.write(names[2], func(w io.Writer) error { return c.WriteRPM(w, p.Arch, t.licences) }); err != nil {
		return err
	}
	return s.checked(ctx, s.dist, "lintian", "--fail-on", "error", filepath.Join(s.dist, names[1]))
}

// validate has the desktops' own programs look at what desktops read.
func (s settings) validate(ctx context.Context, tree []archive.File) error {
	for _, v := range []struct {
		dir, name string
		command   []string
	}{
		{"share/applications", s.Facts.ID + ".desktop", []string{"desktop-file-validate"}},
		{"share/metainfo", s.Facts.ID + ".metainfo.xml", []string{"appstreamcli", "validate", "--no-net"}},
	} {
		i := slices.IndexFunc(tree, func(f archive.File) bool { return f.Name == v.dir+"/"+v.name })
		if i < 0 {
			return fmt.Errorf("%s/%s is missing", v.dir, v.name)
		}
		path := filepath.Join(s.work(), v.name)
		if err := os.WriteFile(path, tree[i].Data, 0o644); err != nil { //nolint:gosec // everybody may read it
			return err
		}
		if err := s.checked(ctx, s.work(), v.command[0], append(v.command[1:], path)...); err != nil {
			return err
		}
	}
	return nil
}

// checked runs a program that finds mistakes, or tells that there is none here.
func (s settings) checked(ctx context.Context, dir, name string, args ...string) error {
	if _, missing := exec.LookPath(name); missing != nil {
		s.say("NOT CHECKED by %s: %v.", name, missing)
		return nil
	}
	return s.command(ctx, dir, nil, s.out, name, args...)
}

// makeWindows makes the archive with the window and the command line for Windows. The
// window's program has no console, and the command line's no window.
func (s settings) makeWindows(ctx context.Context, t texts) error {
	p := artifacts.Platform{System: "windows", Arch: "amd64"}
	window, err := s.builtFor(ctx, build{Platform: p, window: true, cc: mingw, flags: "-H windowsgui -extldflags=-static"}, t)
	if err != nil {
		return err
	}
	program, err := s.builtFor(ctx, build{Platform: p}, t)
	if err != nil {
		return err
	}
	files := append(s.cliFiles(p.System, program, t), archive.File{Name: artifacts.Program(s.Facts.Package, p.System), Data: window, Runs: true})
	return s.writeArchive(s.Window(p)[0], files)
}

// makeMacOS makes the archive with the application for this machine.
func (s settings) makeMacOS(ctx context.Context, t texts) error {
	p := artifacts.Platform{System: "darwin", Arch: runtime.GOARCH}
	program, err := s.built(ctx, build{Platform: p, window: true})
	if err != nil {
		return err
	}
	if err := macos.CheckLibraries(bytes.NewReader(program)); err != nil {
		return err
	}
	icon, err := t.icon.ICNS()
	if err != nil {
		return err
	}
	files, err := macos.Contents{Facts: s.Facts, Version: s.Version, Program: program, Icon: icon, Licence: t.licence, Notices: t.notices}.Bundle()
	if err != nil {
		return err
	}
	return s.writeArchive(s.Window(p)[0], files)
}

// writeArchive packs files into one folder, in the format that the name ends with.
func (s settings) writeArchive(name string, files []archive.File) error {
	files = archive.Below(artifacts.Folder(name), files)
	return s.write(name, func(w io.Writer) error {
		switch filepath.Ext(name) {
		case ".xz":
			return archive.TarXZ(w, files, s.Version.Changed)
		case ".gz":
			return archive.TarGZ(w, files, s.Version.Changed)
		}
		return archive.Zip(w, files, s.Version.Changed)
	})
}

// write writes a file of the release, whole or not at all.
func (s settings) write(name string, f func(io.Writer) error) error {
	s.say("Writing %s ...", name)
	path := filepath.Join(s.dist, name)
	out, err := os.CreateTemp(s.dist, ".new-")
	if err != nil {
		return err
	}
	err = errors.Join(f(out), out.Chmod(0o644), out.Close())
	if err == nil {
		err = os.Rename(out.Name(), path)
	}
	if err != nil {
		return errors.Join(fmt.Errorf("write %s: %w", name, err), os.RemoveAll(out.Name()))
	}
	return nil
}
