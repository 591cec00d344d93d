package notification

import (
	"strings"
	"testing"
)

func TestForPowerShell(t *testing.T) {
	hostile := "a$(calc.exe)`b\"; calc.exe \u201dx\\\r\nend"
	got := ForPowerShell(hostile)
	if strings.ContainsAny(got, "$`\"“”„\\\r\n") {
		t.Errorf("%q is not safe", got)
	}
	if plain := "postgres: “web” → 5432"; ForPowerShell(plain) != "postgres: 'web' → 5432" {
		t.Errorf("%q becomes %q", plain, ForPowerShell(plain))
	}
}
