package main

import (
	"bytes"
	"crypto/sha256"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"reflect"
	"time"

	"culvert/tools/audit/licences"

	cdx "github.com/CycloneDX/cyclonedx-go"
)

// product is the module that is audited.
const product = "culvert"

// bomOf returns the bill of materials of a version: CycloneDX, in JSON. The same
// modules, version and time give the same bytes.
func bomOf(modules []*licences.Module, version string, at time.Time) ([]byte, error) {
	bom := cdx.NewBOM()
	bom.Metadata = &cdx.Metadata{
		Timestamp: at.UTC().Format(time.RFC3339),
		Component: &cdx.Component{BOMRef: product, Type: cdx.ComponentTypeApplication, Name: product, Version: version},
	}
	var components []cdx.Component
	var dependencies []cdx.Dependency
	ref := refs(modules)
	for _, m := range modules {
		if m.Path == product {
			bom.Metadata.Component.Licenses = licensesOf(m)
		} else {
			components = append(components, cdx.Component{
				BOMRef: ref[m.Path], Type: cdx.ComponentTypeLibrary, Name: m.Path, Version: m.Version, Licenses: licensesOf(m), PackageURL: ref[m.Path],
			})
		}
		d := cdx.Dependency{Ref: ref[m.Path]}
		for _, need := range m.Needs {
			if d.Dependencies == nil {
				d.Dependencies = new([]string)
			}
			*d.Dependencies = append(*d.Dependencies, ref[need])
		}
		dependencies = append(dependencies, d)
	}
	bom.Components, bom.Dependencies = &components, &dependencies
	unnumbered, err := encoded(bom)
	if err != nil {
		return nil, err
	}
	bom.SerialNumber = serial(unnumbered)
	return encoded(bom)
}

// refs returns how modules are referred to: by their package URLs.
func refs(modules []*licences.Module) map[string]string {
	out := make(map[string]string)
	for _, m := range modules {
		out[m.Path] = "pkg:golang/" + m.Path + "@" + m.Version
		if m.Path == product {
			out[m.Path] = product
		}
	}
	return out
}

func licensesOf(m *licences.Module) *cdx.Licenses {
	var all cdx.Licenses
	for _, name := range m.Names() {
		all = append(all, cdx.LicenseChoice{License: &cdx.License{ID: name}})
	}
	return &all
}

// serial makes a UUID of a document's bytes, so that the same one has the same.
func serial(document []byte) string {
	sum := sha256.Sum256(document)
	sum[6], sum[8] = sum[6]&0x0f|0x80, sum[8]&0x3f|0x80 // version 8: of one's own making
	return fmt.Sprintf("urn:uuid:%x-%x-%x-%x-%x", sum[:4], sum[4:6], sum[6:8], sum[8:10], sum[10:16])
}

func encoded(bom *cdx.BOM) ([]byte, error) {
	var out bytes.Buffer
	err := cdx.NewBOMEncoder(&out, cdx.BOMFileFormatJSON).SetPretty(true).EncodeVersion(bom, cdx.SpecVersion1_6)
	return out.Bytes(), err
}

// checkBOM reads a bill of materials back, and compares it with the modules.
func checkBOM(text []byte, modules []*licences.Module) error {
	var bom cdx.BOM
	if err := cdx.NewBOMDecoder(bytes.NewReader(text), cdx.BOMFileFormatJSON).Decode(&bom); err != nil {
		return err
	}
	if bom.BOMFormat != cdx.BOMFormat || bom.SpecVersion != cdx.SpecVersion1_6 || bom.Metadata == nil || bom.Metadata.Component == nil || bom.Components == nil || bom.Dependencies == nil {
		return errors.New("parts of it are missing")
	}
	have := map[string]*cdx.Component{product: bom.Metadata.Component}
	for i, c := range *bom.Components {
		have[c.Name] = &(*bom.Components)[i]
	}
	for _, m := range modules {
		c := have[m.Path]
		if c == nil || m.Path != product && c.Version != m.Version || !reflect.DeepEqual(c.Licenses, licensesOf(m)) {
			return fmt.Errorf("%s is not in it as it is linked", m.Path)
		}
	}
	if len(have) != len(modules) || len(*bom.Dependencies) != len(modules) {
		return fmt.Errorf("it has %d modules and the needs of %d, and not %d", len(have), len(*bom.Dependencies), len(modules))
	}
	return nil
}

// writeBOM writes the bill of materials to a file, after it was read back.
func writeBOM(path string, modules []*licences.Module, version string, at time.Time) error {
	text, err := bomOf(modules, version, at)
	if err == nil {
		err = checkBOM(text, modules)
	}
	if err == nil {
		err = os.MkdirAll(filepath.Dir(path), 0o755) //nolint:gosec // it is no secret
	}
	if err == nil {
		err = os.WriteFile(path, text, 0o644) //nolint:gosec // likewise
	}
	if err != nil {
		return fmt.Errorf("write the bill of materials: %w", err)
	}
	return nil
}
