package control

import (
	_ "embed"
	"net/http"
)

// openAPI describes the protocol, as an OpenAPI 3.1 document.
//
//go:embed openapi.yaml
var openAPI []byte

// OpenAPI returns the document that describes the protocol.
func OpenAPI() []byte { return append([]byte(nil), openAPI...) }

func describe(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "application/yaml")
	_, _ = w.Write(openAPI) // that it cannot be written is noticed by who reads
}
