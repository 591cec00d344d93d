package profiles

import (
	"testing"

	"go.yaml.in/yaml/v3"
)

// TestNothingStaysNothing: the library writes what is null between braces as an empty
// text.
func TestNothingStaysNothing(t *testing.T) {
	for data, want := range map[string]string{
		"{0}":              "{0: null}\n",
		"a: {b: , c: 1}":   "a: {b: null, c: 1}\n",
		"a: {b: [{c: }]}":  "a: {b: [{c: null}]}\n",
		"a: {b: '', c: ~}": "a: {b: '', c: ~}\n",
		"? \n: b":          "null: b\n",
		"a:\nb: 1":         "a:\nb: 1\n",
		"- \n- a":          "-\n- a\n",
	} {
		var n yaml.Node
		if err := yaml.Unmarshal([]byte(data), &n); err != nil {
			t.Fatal(err)
		}
		if got, err := Encode(&n); err != nil || string(got) != want {
			t.Errorf("%q becomes %q and not %q, %v", data, got, want, err)
		}
	}
}
