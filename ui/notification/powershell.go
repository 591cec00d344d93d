package notification

import "strings"

// ForPowerShell returns a text that stands for itself between the quotation marks
// of PowerShell, through which the toolkit (Fyne 2.8.1) sends notifications on
// Windows with Go's way to quote: there $(…) would be run, and marks and backslashes
// end the text. What is seen differs in such characters alone.
func ForPowerShell(s string) string {
	return strings.NewReplacer(
		"$", "＄", "`", "'", `"`, "'", "“", "'", "”", "'", "„", "'", `\`, "/", "\n", " · ", "\r", "",
	).Replace(s)
}
