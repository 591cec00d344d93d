package profiles

import (
	_ "embed"
	"slices"
)

//go:embed profile.schema.json
var schema []byte

// Schema returns the JSON Schema (draft 2020-12) of a profile's file, by which
// editors check and complete it.
func Schema() []byte { return slices.Clone(schema) }
