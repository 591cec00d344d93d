package ui

import "fyne.io/fyne/v2/lang"

// with is what varies in a translated text.
type with map[string]any

// counted says how many, as counted(3, "1 connection", "{{.N}} connections").
func counted(n int, one, many string) string {
	if n == 1 {
		return lang.L(one)
	}
	return lang.L(many, with{"N": n})
}
