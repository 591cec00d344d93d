package main

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"culvert/tools/audit/licences"
)

func someModules() []*licences.Module {
	return []*licences.Module{
		{Path: product, Needs: []string{"std", "test.invalid/a"}, Files: []licences.File{{Name: "LICENSE", Licences: []string{"Apache-2.0"}}}},
		{Path: "std", Version: "go1.26.0", Files: []licences.File{{Name: "LICENSE", Licences: []string{"BSD-3-Clause"}}}},
		{Path: "test.invalid/a", Version: "v1.2.3", Needs: []string{"std"}, Files: []licences.File{{Name: "LICENSE", Licences: []string{"MIT", "Zlib"}}}},
	}
}

// TestBillOfMaterials: the same modules give the same bytes, which say what is linked,
// and others do not pass for them.
func TestBillOfMaterials(t *testing.T) {
	at, modules := time.Unix(1_800_000_000, 0), someModules()
	text, err := bomOf(modules, "1.2.3", at)
	if err != nil {
		t.Fatal(err)
	}
	if again, err := bomOf(someModules(), "1.2.3", at.UTC()); err != nil || !bytes.Equal(text, again) {
		t.Errorf("the second is another, %v:\n%s\n%s", err, text, again)
	}
	if err := checkBOM(text, modules); err != nil {
		t.Error(err)
	}
	for _, want := range []string{
		`"specVersion": "1.6"`, `"serialNumber": "urn:uuid:`, `"timestamp": "2027-01-15T08:00:00Z"`, `"purl": "pkg:golang/test.invalid/a@v1.2.3"`, `"id": "Zlib"`, `"version": "1.2.3"`,
	} {
		if !bytes.Contains(text, []byte(want)) {
			t.Errorf("it lacks %s:\n%s", want, text)
		}
	}
	if other, _ := bomOf(modules, "1.2.4", at); bytes.Equal(serialOf(other), serialOf(text)) {
		t.Error("another version has the same serial number")
	}
	other := someModules()
	other[2].Version = "v1.2.4"
	for name, wrong := range map[string]error{
		"another version": checkBOM(text, other), "one module less": checkBOM(text, modules[:2]), "no JSON": checkBOM(text[1:], modules), "nothing in it": checkBOM([]byte("{}"), modules),
	} {
		if wrong == nil {
			t.Errorf("%s passes", name)
		}
	}
}

func serialOf(text []byte) []byte {
	_, rest, _ := bytes.Cut(text, []byte("urn:uuid:"))
	return rest[:36]
}

// TestUnchecked: that nobody could look at vulnerabilities is an error where it is
// required, and one that was found always is.
func TestUnchecked(t *testing.T) {
	unchecked := fmt.Errorf("%w: no network", errUnchecked)
	if err := told(unchecked, nil); err != nil {
		t.Error(err)
	}
	if err := told(unchecked, []string{"vulnerabilities"}); !errors.Is(err, errUnchecked) {
		t.Errorf("got %v", err)
	}
	if err := told(errors.New("found"), nil); err == nil || !strings.Contains(err.Error(), "found") {
		t.Errorf("got %v", err)
	}
	t.Setenv("GOVULNDB", "file://"+t.TempDir())
	if err := checkVulnerabilities(t.Context(), "."); !errors.Is(err, errUnchecked) {
		t.Errorf("an empty folder gives %v", err)
	}
}
