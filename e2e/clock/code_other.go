//go:build !amd64

package clock

// code is not known for this processor.
var code []byte
