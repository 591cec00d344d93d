// Culvert keeps Kubernetes port-forwards running, in a window and on the
// command line. See package tunnels for what it does and package ui for what
// it looks like.
package main

import (
	"os"

	"culvert/cli"
	"culvert/kube/folder"
)

// version is set by the linker: -X main.version=1.2.3.
var version = "development"

func main() {
	// Without these two it does less, but works.
	program, _ := os.Executable()
	settings, _ := folder.Default()
	os.Exit(cli.Run(withWindow(cli.Deps{
		Version: version,
		Program: program,
		Folder:  settings,
		Out:     os.Stdout,
		Err:     os.Stderr,
	}), os.Args[1:]))
}
