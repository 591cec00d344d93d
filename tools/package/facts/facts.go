// Package facts has what packages and stores are told of Culvert, and its version.
package facts

import (
	"bytes"
	_ "embed"
	"errors"
	"fmt"
	"net/mail"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/BurntSushi/toml"
	"go.yaml.in/yaml/v3"
)

//go:embed facts.yaml
var text []byte

// Facts are what is told. All but what is said to be optional is set.
type Facts struct {
	Name    string `yaml:"-"` // FyneApp.toml's, as the next two
	ID      string `yaml:"-"`
	Version string `yaml:"-"` // of the next release, as 1.2.3

	Package      string   // in lists of packages
	Summary      string   // a few words
	Description  []string // paragraphs
	Homepage     string
	Downloads    string // of a release: {tag} stands for its tag
	Licence      string // SPDX
	LicenceOfAll string `yaml:"licenceOfAll"` // with that of fonts and icons
	Copyright    string
	Maintainer   string // Name <address>
	Publisher    string
	PublisherID  string   `yaml:"publisherID"` // Publisher.Package, for winget
	WindowClass  string   `yaml:"windowClass"` // of the window, under X11
	Categories   []string // of the Desktop Menu Specification
	Keywords     []string
	Deb          Deb
	RPM          RPM
}

// Deb is for .deb alone.
type Deb struct {
	Section              string
	Recommends, Suggests []string
}

// RPM is for .rpm alone.
type RPM struct {
	Recommends, Suggests []string
}

// Read returns the facts, with what FyneApp.toml in root says.
func Read(root string) (Facts, error) {
	f, err := parse(text)
	if err != nil {
		return Facts{}, err
	}
	var app struct {
		Details struct{ Name, ID, Version string }
	}
	if _, err := toml.DecodeFile(filepath.Join(root, "FyneApp.toml"), &app); err != nil {
		return Facts{}, fmt.Errorf("read FyneApp.toml: %w", err)
	}
	f.Name, f.ID, f.Version = app.Details.Name, app.Details.ID, app.Details.Version
	if err := f.check(); err != nil {
		return Facts{}, fmt.Errorf("the facts: %w", err)
	}
	return f, nil
}

func parse(text []byte) (Facts, error) {
	var f Facts
	d := yaml.NewDecoder(bytes.NewReader(text))
	d.KnownFields(true)
	if err := d.Decode(&f); err != nil {
		return Facts{}, fmt.Errorf("read facts.yaml: %w", err)
	}
	for i, p := range f.Description {
		f.Description[i] = strings.TrimSpace(p)
	}
	return f, nil
}

var (
	isPackage   = regexp.MustCompile(`^[a-z0-9][a-z0-9+.-]+$`)
	isID        = regexp.MustCompile(`^[a-zA-Z_][a-zA-Z0-9_]*(?:\.[a-zA-Z_][a-zA-Z0-9_]*){2,}$`)
	isNumber    = regexp.MustCompile(`^(?:0|[1-9][0-9]{0,4})(?:\.(?:0|[1-9][0-9]{0,4})){2}$`)
	isPublisher = regexp.MustCompile(`^[A-Za-z0-9-]{1,32}(?:\.[A-Za-z0-9-]{1,32}){1,7}$`)
)

// check returns what is wrong with the facts.
func (f Facts) check() error {
	var errs []error
	for name, value := range map[string]string{
		"Name": f.Name, "summary": f.Summary, "licence": f.Licence, "licenceOfAll": f.LicenceOfAll, "copyright": f.Copyright, "publisher": f.Publisher,
		"windowClass": f.WindowClass, "deb.section": f.Deb.Section, "description": strings.Join(f.Description, ""), "categories": strings.Join(f.Categories, ""),
		"keywords": strings.Join(f.Keywords, ""),
	} {
		if value == "" || value != strings.TrimSpace(value) || strings.ContainsAny(value, "\n\r\t") {
			errs = append(errs, fmt.Errorf("%s is %q", name, value))
		}
	}
	for _, m := range []struct {
		name, value string
		is          *regexp.Regexp
	}{{"package", f.Package, isPackage}, {"ID", f.ID, isID}, {"Version", f.Version, isNumber}, {"publisherID", f.PublisherID, isPublisher}} {
		if !m.is.MatchString(m.value) {
			errs = append(errs, fmt.Errorf("%s is %q", m.name, m.value))
		}
	}
	if strings.HasSuffix(f.Summary, ".") || len(f.Summary) > 50 {
		errs = append(errs, fmt.Errorf("the summary %q ends with a full stop, or is longer than 50 characters", f.Summary))
	}
	if a, err := mail.ParseAddress(f.Maintainer); err != nil || a.Name == "" {
		errs = append(errs, fmt.Errorf("maintainer is %q: give a name and an address, as Name <address>", f.Maintainer))
	}
	for name, value := range map[string]string{"homepage": f.Homepage, "downloads": f.Downloads} {
		if u, err := url.Parse(value); err != nil || u.Scheme != "https" || u.Host == "" || strings.HasSuffix(value, "/") {
			errs = append(errs, fmt.Errorf("%s is %q: give an https address without a slash at its end", name, value))
		}
	}
	return errors.Join(errs...)
}

// Address is the maintainer's mail address.
func (f Facts) Address() string {
	a, err := mail.ParseAddress(f.Maintainer)
	if err != nil {
		return "" // check has seen it
	}
	return a.Address
}

// Placeholders are the names of facts whose addresses are reserved names that lead
// nowhere: what is made with them must not be given to a store.
func (f Facts) Placeholders() []string {
	var names []string
	host := func(address string) string {
		u, err := url.Parse(address)
		if err != nil {
			return ""
		}
		return u.Hostname()
	}
	_, domain, _ := strings.Cut(f.Address(), "@")
	for _, p := range []struct{ name, host string }{{"homepage", host(f.Homepage)}, {"downloads", host(f.Downloads)}, {"maintainer", domain}} {
		if p.host == "example" || strings.HasSuffix(p.host, ".example") { // RFC 2606
			names = append(names, p.name)
		}
	}
	return names
}

// DownloadsOf is where the files of a version are found.
func (f Facts) DownloadsOf(v Version) string {
	return strings.ReplaceAll(f.Downloads, "{tag}", v.Tag())
}

// ReadFile returns a file below root.
func ReadFile(root string, path ...string) ([]byte, error) {
	return os.ReadFile(filepath.Join(append([]string{root}, path...)...))
}
