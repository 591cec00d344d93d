package loginshell

import (
	"maps"
	"path/filepath"
	"slices"
	"strings"
)

// ofShell are the variables that are about the shell and its terminal, and not
// for the programs that are run from it.
var ofShell = [...]string{
	"_", "BASHOPTS", "COLUMNS", "LINES", "OLDPWD", "PROMPT", "PROMPT_COMMAND", "PS1", "PS2", "PS3", "PS4", "PWD", "RPROMPT",
	"SHELLOPTS", "SHLVL", "TERM", "TERMCAP", "TERM_PROGRAM", "TERM_PROGRAM_VERSION", "TERM_SESSION_ID", "TTY", "WINDOWID",
}

// Add returns the variables, as NAME=value and sorted, that have to be added to
// ours, an environment as [os.Environ] returns it, for what the shell has and we
// lack. PATH holds our folders and then the shell's other ones; a variable that
// we have ourselves stays as it is, and those about the shell itself are left
// out.
func Add(ours []string, shell map[string]string) []string {
	have := make(map[string]string, len(ours))
	for _, v := range ours {
		name, value, _ := strings.Cut(v, "=")
		have[name] = value
	}
	for _, v := range slices.Concat(ofShell[:], quiet[:]) {
		name, _, _ := strings.Cut(v, "=")
		have[name] = ""
	}
	path := JoinPath(have["PATH"], shell["PATH"])
	var added []string
	if path != have["PATH"] {
		added = append(added, "PATH="+path)
	}
	have["PATH"] = path
	for _, name := range slices.Sorted(maps.Keys(shell)) {
		if _, ok := have[name]; !ok {
			added = append(added, name+"="+shell[name])
		}
	}
	slices.Sort(added)
	return added
}

// JoinPath returns the folders of both lists, those of the first one first, each
// of them once. Folders that depend on where a program stands are left out of the
// second one.
func JoinPath(ours, theirs string) string {
	folders := filepath.SplitList(ours)
	for _, f := range filepath.SplitList(theirs) {
		if filepath.IsAbs(f) && !slices.Contains(folders, f) {
			folders = append(folders, f)
		}
	}
	return strings.Join(folders, string(filepath.ListSeparator))
}
