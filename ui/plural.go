package ui

import (
	"maps"

	"fyne.io/fyne/v2/lang"
)

// vars is what varies in a text that can be translated.
type vars map[string]any

// plural is a text for one or for many; both may show the number as {{.N}}, and
// what else there is in data. English itself has no file of translations, so
// that [lang.N] alone would know one form of it only.
func plural(n int, one, many string, data vars) string {
	all := vars{"N": n}
	maps.Copy(all, data)
	if n == 1 {
		return lang.L(one, all)
	}
	return lang.N(many, n, all)
}
