// Command reference writes those parts of docs that follow from the code: commands.md from
// the command line, and the table of fields in profiles.md from the profiles' schema. It is
// for `make reference` alone. A test says when it has to be run.
package main

import (
	"fmt"
	"os"
	"path/filepath"

	"culvert/cli"
	"culvert/tunnels/profiles"
)

// The documents, in the folder of documents.
const (
	commandsFile = "commands.md"
	profilesFile = "profiles.md"
)

// someVersion is one: without it a command line has no --version.
const someVersion = "1.0"

func main() {
	if len(os.Args) != 2 {
		fmt.Fprintln(os.Stderr, "usage: reference FOLDER")
		os.Exit(2)
	}
	if err := write(os.Args[1]); err != nil {
		fmt.Fprintf(os.Stderr, "reference: %v\n", err)
		os.Exit(1)
	}
}

// write writes the documents in a folder.
func write(dir string) error {
	docs, err := documents(dir)
	if err != nil {
		return err
	}
	for name, text := range docs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil { //nolint:gosec // everybody may read documents
			return err
		}
	}
	return nil
}

// documents returns what the documents in a folder should be, by name. Nothing in them
// depends on the machine or the version.
func documents(dir string) (map[string]string, error) {
	old, err := os.ReadFile(filepath.Join(dir, profilesFile))
	if err != nil {
		return nil, err
	}
	table, err := fields(profiles.Schema())
	if err != nil {
		return nil, err
	}
	text, err := between(string(old), table)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", profilesFile, err)
	}
	return map[string]string{commandsFile: commands(cli.Command(someVersion)), profilesFile: text}, nil
}
