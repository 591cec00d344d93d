//go:build !unix

package plugin

import (
	"fmt"
	"io"
)

// Supported tells whether [Run] works on this system.
const Supported = false

// Run does nothing here.
func Run(_ []string, _, errs io.Writer) int {
	fmt.Fprintln(errs, "culvert: plugins are not supervised on this system")
	return exitFailed
}
