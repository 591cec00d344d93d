package markdown

import "testing"

func TestEscaped(t *testing.T) {
	for text, want := range map[string]string{
		"CULVERT_<NAME>_ADDR is *one*":  `CULVERT\_\<NAME>\_ADDR is \*one\*`,
		"`CULVERT_<NAME>` as [A:]B # c": "`CULVERT_<NAME>` as \\[A:]B \\# c",
	} {
		if got := Escaped(text); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
}
