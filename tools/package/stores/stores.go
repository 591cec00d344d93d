// Package stores writes what lists of packages want to know of a release: a Homebrew
// formula, and manifests for krew, winget and Flatpak.
package stores

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"path"
	"strings"
	"text/template"

	"go.yaml.in/yaml/v3"

	"culvert/tools/package/artifacts"
)

//go:embed templates
var templates embed.FS

// Release is what is told of.
type Release struct {
	artifacts.Release
	Sums map[string]string // SHA-256 of the files that there are, by name
}

// file is one that a store downloads.
type file struct {
	artifacts.Platform
	Name, URL, Sum string
	Folder         string // in the archive
	Program        string // in that folder
}

// Archs are the names that others have for a machine.
func (f file) archs() map[string]string {
	return map[string]map[string]string{
		"amd64": {"winget": "x64", "flatpak": "x86_64", "brew": "intel"},
		"arm64": {"winget": "arm64", "flatpak": "aarch64", "brew": "arm"},
	}[f.Arch]
}

// For returns the machine's name for one of them.
func (f file) For(store string) string { return f.archs()[store] }

// data is what templates see.
type data struct {
	Release
	CLI          []file // of all systems
	Windows      []file // the window, for Windows
	Linux        []file // the window, for Linux
	Placeholders []string
}

// CLIFor are those of one system.
func (d data) CLIFor(system string) []file {
	var all []file
	for _, f := range d.CLI {
		if f.System == system {
			all = append(all, f)
		}
	}
	return all
}

// Manifest is a file for a store.
type Manifest struct {
	Name string // with slashes
	Data []byte
}

// Missing says that a manifest cannot be made, as files for it were not.
type Missing struct{ Manifest, Why string }

func (m Missing) String() string { return m.Manifest + " was not made: " + m.Why }

// Manifests returns all that can be made of the files that there are, and what cannot.
func (r Release) Manifests() ([]Manifest, []Missing, error) {
	d := data{Release: r, Placeholders: r.Facts.Placeholders()}
	plugin := "kubectl-" + r.Facts.Package
	for _, p := range artifacts.CLIPlatforms {
		d.CLI = append(d.CLI, r.file(r.CLI(p), p, plugin)...)
	}
	for _, p := range artifacts.WindowPlatforms {
		found := r.file(r.Window(p)[0], p, r.Facts.Package)
		switch p.System {
		case "windows":
			d.Windows = append(d.Windows, found...)
		case "linux":
			d.Linux = append(d.Linux, found...)
		}
	}
	var manifests []Manifest
	var missing []Missing
	var errs []error
	for _, m := range []struct {
		template, name string
		has            bool
		why            string
	}{
		{"brew.rb", path.Join("homebrew", r.Facts.Package+".rb"), len(d.CLIFor("darwin"))+len(d.CLIFor("linux")) > 0, "there is no command line for macOS or Linux"},
		{"krew.yaml", path.Join("krew", r.Facts.Package+".yaml"), len(d.CLI) > 0, "there is no command line"},
		{"winget.yaml", path.Join("winget", r.Facts.PublisherID+".yaml"), len(d.Windows) > 0, "there is no window for Windows"},
		{"winget.installer.yaml", path.Join("winget", r.Facts.PublisherID+".installer.yaml"), len(d.Windows) > 0, "there is no window for Windows"},
		{"winget.locale.yaml", path.Join("winget", r.Facts.PublisherID+".locale.en-US.yaml"), len(d.Windows) > 0, "there is no window for Windows"},
		{"flatpak.yml", path.Join("flatpak", r.Facts.ID+".yml"), len(d.Linux) > 0, "there is no window for Linux"},
	} {
		if !m.has {
			missing = append(missing, Missing{m.name, m.why})
			continue
		}
		text, err := rendered(m.template, d)
		errs = append(errs, err)
		manifests = append(manifests, Manifest{m.name, text})
	}
	return manifests, missing, errors.Join(errs...)
}

// file returns a file, if there is one.
func (r Release) file(name string, p artifacts.Platform, program string) []file {
	sum := r.Sums[name]
	if sum == "" {
		return nil
	}
	return []file{{
		Platform: p, Name: name, URL: r.Facts.DownloadsOf(r.Version) + "/" + name, Sum: sum, Folder: artifacts.Folder(name), Program: artifacts.Program(program, p.System),
	}}
}

// rendered fills a template. What is YAML has to be that.
func rendered(name string, d data) ([]byte, error) {
	t, err := template.New(name).Option("missingkey=error").Funcs(template.FuncMap{
		"upper": strings.ToUpper, "join": strings.Join, "ruby": ruby, "yaml": scalar, "indented": indented,
	}).ParseFS(templates, "templates/"+name)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, d); err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	if strings.HasSuffix(name, ".yaml") || strings.HasSuffix(name, ".yml") {
		var content map[string]any
		if err := yaml.Unmarshal(out.Bytes(), &content); err != nil {
			return nil, fmt.Errorf("%s is no YAML: %w", name, err)
		}
	}
	return out.Bytes(), nil
}

// ruby returns a text as a string of Ruby.
func ruby(text string) string {
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "#{", `\#{`).Replace(text) + `"`
}

// scalar returns a text as a string of YAML, whatever is in it.
func scalar(text string) string {
	return "'" + strings.ReplaceAll(strings.Join(strings.Fields(text), " "), "'", "''") + "'"
}

// indented returns paragraphs as the lines of a block of YAML.
func indented(spaces int, paragraphs []string) string {
	margin := strings.Repeat(" ", spaces)
	return margin + strings.Join(paragraphs, "\n\n"+margin)
}
