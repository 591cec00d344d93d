package linux

import (
	"bytes"
	_ "embed"
	"encoding/xml"
	"fmt"
	"strings"
	"text/template"
	"time"

	"culvert/tools/package/facts"
)

var (
	//go:embed desktop.tmpl
	desktopText string
	//go:embed metainfo.tmpl
	metainfoText string
	//go:embed debian-copyright.tmpl
	copyrightText string
	//go:embed debian-lintian-overrides
	lintianText string
	//go:embed install.tmpl
	installText string
)

// Desktop returns the desktop entry.
func Desktop(f facts.Facts) ([]byte, error) {
	return rendered("desktop", desktopText, f, template.FuncMap{
		"list": func(values []string) string { return strings.Join(values, ";") + ";" },
	})
}

// Metainfo returns the AppStream metainfo.
func Metainfo(f facts.Facts, v facts.Version) ([]byte, error) {
	kind := "stable"
	if v.Pre != "" {
		kind = "development"
	}
	return rendered("metainfo", metainfoText, map[string]any{"Facts": f, "Version": v, "Kind": kind}, template.FuncMap{"xml": escaped})
}

// Copyright returns the file with licences that Debian's policy wants.
func Copyright(f facts.Facts, v facts.Version) ([]byte, error) {
	return rendered("copyright", copyrightText, map[string]any{"Facts": f, "Year": v.Changed.Year()}, nil)
}

// Install returns what is to be done with what was unpacked.
func Install(f facts.Facts, v facts.Version) ([]byte, error) {
	return rendered("INSTALL", installText, map[string]any{"Facts": f, "Version": v}, nil)
}

func escaped(text string) (string, error) {
	var b strings.Builder
	err := xml.EscapeText(&b, []byte(text))
	return b.String(), err
}

// debianChangelog returns the changelog of the package itself, which has one entry.
func debianChangelog(f facts.Facts, v facts.Version) []byte {
	return fmt.Appendf(nil, "%s (%s-%s) unstable; urgency=medium\n\n  * %s %s.\n    What has changed is in changelog.gz.\n\n -- %s  %s\n",
		f.Package, v.System(), release, f.Name, v, f.Maintainer, v.Changed.Format(time.RFC1123Z))
}

func rendered(name, text string, data any, funcs template.FuncMap) ([]byte, error) {
	t, err := template.New(name).Option("missingkey=error").Funcs(funcs).Parse(text)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	if err := t.Execute(&out, data); err != nil {
		return nil, fmt.Errorf("write %s: %w", name, err)
	}
	return out.Bytes(), nil
}
