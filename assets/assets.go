// Package assets carries the files that are built into the program: fonts,
// icons, the glyphs of the tunnels' states and the program's own icon. Each
// folder of other people's work holds its licence.
package assets

import (
	"embed"
	"strings"
)

//go:embed fonts icons states tray app/*.svg
var files embed.FS

//go:embed licences.txt
var licences string

//go:embed translations/*.json
var translations embed.FS

// Font returns a font file, as Font("Inter-Regular.otf").
func Font(name string) []byte { return read("fonts/" + name) }

// Icon returns an SVG whose only colour is the word currentColor.
func Icon(name string) []byte { return read("icons/" + name + ".svg") }

// State returns a state's glyph as SVG: #010101 stands for the state's colour,
// #FEFEFE for what lies under it.
func State(name string) []byte { return read("states/" + name + ".svg") }

// App returns the program's icon as SVG: "culvert" from 48 pixels upward,
// "culvert-small" below.
func App(name string) []byte { return read("app/" + name + ".svg") }

// Tray returns an icon for the desktop's panel as SVG. Those whose names end in
// "-template" have one colour, for panels that put their own in its place.
func Tray(name string) []byte { return read("tray/" + name + ".svg") }

// Translations returns the catalogues of the window's texts and the folder in which they
// are: a file for each language but English, whose texts are the keys.
func Translations() (catalogues embed.FS, folder string) { return translations, "translations" }

// Licences returns the names that SPDX gives the licences of what can be linked in, by
// the module's path; what "culvert" has includes those of the fonts and icons.
func Licences() map[string][]string {
	out := make(map[string][]string)
	for line := range strings.Lines(licences) {
		words := strings.Fields(line)
		out[words[0]] = words[1:]
	}
	return out
}

// read panics for a file that was not built in: names are constants.
func read(path string) []byte {
	b, err := files.ReadFile(path)
	if err != nil {
		panic(err)
	}
	return b
}
