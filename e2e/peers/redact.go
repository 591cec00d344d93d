package peers

import (
	"regexp"
	"strings"
)

// redactions are what is taken from lines of the peers' own, in this order.
var redactions = [...]struct {
	from *regexp.Regexp
	to   string
}{
	{regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`), "UID"},
	{regexp.MustCompile(`[0-9a-f]{32,}`), "ID"},
	{regexp.MustCompile(`\[[0-9a-f:]*:[0-9a-f:]*\](:\d+)?`), "ADDRESS"},
	{regexp.MustCompile(`\b\d{1,3}(\.\d{1,3}){3}(:\d+)?`), "ADDRESS"},
	{regexp.MustCompile(`(/[A-Za-z0-9._-]+){2,}`), "PATH"},
	{regexp.MustCompile(`^[EIW]\d{4} \d\d:\d\d:\d\d\.\d+ +\d+ `), ""}, // klog's head
	{regexp.MustCompile(`\b\d\d:\d\d:\d\d(\.\d+)?`), "TIME"},
	{regexp.MustCompile(`\b(2\d{4}|3\d{4}|4\d{4}|5\d{4}|6\d{4})\b`), "PORT"}, // local ports
}

// longest is how much of a line is kept, in characters.
const longest = 160

// redact takes addresses, paths and names of one run from a line.
func redact(line string) string {
	line = strings.TrimSpace(line)
	for _, r := range redactions {
		line = r.from.ReplaceAllString(line, r.to)
	}
	if runes := []rune(line); len(runes) > longest {
		line = string(runes[:longest]) + "…"
	}
	return line
}
