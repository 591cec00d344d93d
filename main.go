// Culvert keeps Kubernetes port-forwards running, in a window and on the
// command line. See package tunnels for what it does and package ui for what
// it looks like.
package main

import (
	"os"
	"path/filepath"

	"culvert/cli"
	"culvert/kube/folder"
	"culvert/kube/keyring"
	"culvert/tunnels/workspace"
)

// version is set by the linker: -X main.version=1.2.3.
var version = "development"

func main() {
	program, _ := os.Executable() // without it there is less, but all else works
	os.Exit(cli.Run(withWindow(cli.Deps{
		Version:  version,
		Called:   os.Args[0],
		Program:  program,
		Folder:   configFolder(),
		Keyring:  keyring.OfSystem(),
		Terminal: cli.StandardTerminal(),
		In:       os.Stdin,
		Out:      os.Stdout,
		Err:      os.Stderr,
		LogFile:  logFile(),

		CrashFolder: crashFolder(),
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

// logFile returns where the log is; empty for a user without a home.
func logFile() string {
	dir, err := workspace.StateFolder()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "culvert.log")
}

// crashFolder returns where crash reports are; empty for a user without a home.
func crashFolder() string {
	dir, err := workspace.StateFolder()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "crashes")
}
