package macos

import (
	"encoding/xml"
	"slices"
	"strings"
	"testing"

	"culvert/tools/package/facts"
)

func TestPlist(t *testing.T) {
	f, err := facts.Read("../../..")
	if err != nil {
		t.Fatal(err)
	}
	f.Copyright = "Kim & <Alex>"
	text, err := Plist(f, facts.Version{Number: "1.2.3", Pre: "rc.1"})
	if err != nil {
		t.Fatal(err)
	}
	var plist struct {
		Keys   []string `xml:"dict>key"`
		Values []string `xml:"dict>string"`
	}
	if err := xml.Unmarshal(text, &plist); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{f.ID, f.Name, f.Copyright, "culvert", "culvert.icns", "1.2.3", "12.0"} {
		if !slices.Contains(plist.Values, want) {
			t.Errorf("%q is missing: %q", want, plist.Values)
		}
	}
	if !slices.IsSorted(plist.Keys) || len(slices.Compact(slices.Clone(plist.Keys))) != len(plist.Keys) {
		t.Errorf("the keys are %q", plist.Keys)
	}
}

func TestBundle(t *testing.T) {
	f, err := facts.Read("../../..")
	if err != nil {
		t.Fatal(err)
	}
	files, err := Contents{Facts: f, Version: facts.Version{Number: "1.2.3"}, Program: []byte("program"), Icon: []byte("icon")}.Bundle()
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range files {
		if want := file.Name == "Culvert.app/Contents/MacOS/culvert"; file.Runs != want {
			t.Errorf("%s may be executed: %t", file.Name, file.Runs)
		}
	}
}

func TestLibraries(t *testing.T) {
	if err := unknown([]string{"/usr/lib/libSystem.B.dylib", "/System/Library/Frameworks/Cocoa.framework/Versions/A/Cocoa"}); err != nil {
		t.Error(err)
	}
	if err := unknown([]string{"/opt/homebrew/lib/libglfw.3.dylib"}); err == nil || !strings.Contains(err.Error(), "libglfw") {
		t.Errorf("got %v", err)
	}
	if err := CheckLibraries(strings.NewReader("program")); err == nil {
		t.Error("what is no program passes")
	}
}
