// Culvert keeps Kubernetes port-forwards running, in a window and on the
// command line. See package tunnels for what it does and package ui for what
// it looks like.
package main

import (
	"os"

	"culvert/cli"
)

// version is set by the linker: -X main.version=1.2.3.
var version = "development"

func main() {
	os.Exit(cli.Run(withWindow(cli.Deps{
		Version: version,
		Out:     os.Stdout,
		Err:     os.Stderr,
	}), os.Args[1:]))
}
