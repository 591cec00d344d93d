// Culvert keeps Kubernetes port-forwards running, in a window and on the
// command line. See package tunnels for what it does and package ui for what
// it looks like.
package main

import (
	"os"

	"culvert/cli"
	"culvert/kube/folder"
	"culvert/kube/keyring"
)

// version is set by the linker: -X main.version=1.2.3.
var version = "development"

func main() {
	program, _ := os.Executable() // without it there is less, but all else works
	os.Exit(cli.Run(withWindow(cli.Deps{
		Version:  version,
		Program:  program,
		Folder:   configFolder(),
		Keyring:  keyring.OfSystem(),
		Terminal: cli.StandardTerminal(),
		In:       os.Stdin,
		Out:      os.Stdout,
		Err:      os.Stderr,
	}), os.Args[1:]))
}

// configFolder returns where Culvert keeps what it knows; empty for a user
// without a home.
func configFolder() string {
	dir, err := folder.Default()
	if err != nil {
		return ""
	}
	return dir
}
