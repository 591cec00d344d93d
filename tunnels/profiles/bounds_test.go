package profiles_test

import (
	"strings"
	"testing"
	"time"

	"culvert/tunnels/profiles"
)

// TestHostileFilesAreBounded reads files made to cost as much as possible.
func TestHostileFilesAreBounded(t *testing.T) {
	const size = 1 << 19
	fill := func(s string) string { return strings.Repeat(s, size/len(s)) }
	tests := map[string]string{
		"open lists":           "version: 1\nx: " + fill("["),
		"open mappings":        "version: 1\nx: " + fill("{a: "),
		"an open quote":        "version: 1\nx: \"" + fill("a\n"),
		"open quote and lists": "version: 1\nx: \"" + fill("a\n  [ "),
		"lists in lines":       "version: 1\nx:\n" + fill("- - - -\n"),
		"hyphens":              "version: 1\nx:\n  " + fill("- "),
		"questions":            fill("? "),
		"keys":                 "version: 1\n" + fill("a:\n"),
		"comments":             "version: 1\n" + fill("# x\n"),
		"comments in a list":   "version: 1\ntunnels:\n" + fill("# x\n- a # b\n"),
		"comments of a key":    "version: 1\nx:\n" + fill("  # x\n"),
		"a conflict late":      "version: 1\n" + fill("a: 1\n"),
		"values":               "version: 1\nx: [" + fill("1,") + "]",
		"a broken end":         "version: 1\nx:\n" + fill("- a\n") + "]",
		"a broken start":       "]\n" + fill("- a\n"),
		"anchors":              "version: 1\nx: [" + fill("&a 1,") + "]",
		"aliases":              "version: 1\nx: [&a 1, " + fill("*a,") + "]",
		"a block":              "version: 1\nx: |\n" + fill("  a\n") + "]",
		"no version":           fill("a") + ": 1\n",
		"spaces":               "version: 1\n" + fill(" ") + "\n-",
		"line ends":            fill("\r\n"),
	}
	for name, text := range tests {
		t.Run(name, func(t *testing.T) {
			from := time.Now()
			if _, err := profiles.Parse("dev", []byte(text)); err != nil && len(err.Error()) > 300 {
				t.Errorf("it says %s", err)
			}
			took := time.Since(from)
			t.Logf("%v", took)
			if took > 20*time.Second {
				t.Errorf("it took %v", took)
			}
		})
	}
}
