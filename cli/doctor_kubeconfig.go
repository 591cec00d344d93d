package cli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"

	"culvert/kube"
	"culvert/tunnels"
)

// configured is what there is of contexts; kube.Clusters implements it.
type configured interface {
	Kubeconfigs() []string
	Contexts() ([]kube.Context, error)
	Imports() []kube.Import
	Complete(t tunnels.Target) (tunnels.Target, error)
}

// kubeconfigCheck looks at the files from which contexts come.
func kubeconfigCheck(p probes, c configured, told *warnings) func(context.Context) []finding {
	return func(context.Context) []finding {
		contexts, err := c.Contexts()
		files := c.Kubeconfigs()
		var out []finding
		there := 0
		for _, f := range files {
			found, exists := p.kubeconfigFile(f, len(files) == 1)
			if exists {
				there++
			}
			out = append(out, found)
		}
		if there == 0 {
			out = []finding{p.noKubeconfig(files, contexts)}
		} else if e := tunnels.AsError(err); e != nil && worst(out) != isWrong {
			out = append(out, failed(err, ""))
		}
		for _, in := range c.Imports() {
			if in.Err != nil {
				out = append(out, failed(in.Err, "Mend the file, or take it back with `culvert contexts remove "+in.Path+"`.").of(in.Path))
			}
		}
		for _, w := range told.list() {
			if err != nil && w.Error() == err.Error() {
				continue // it is told above, as wrong
			}
			out = append(out, noted(or(tunnels.AsError(w).Hint, "Mend that in the file."), "%s", sentenceOf(w.Error())))
		}
		return out
	}
}

// kubeconfigFile looks at one file; alone says that there is no other.
func (p probes) kubeconfigFile(path string, alone bool) (f finding, exists bool) {
	info, err := p.stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return noted("Make it, or take it out of KUBECONFIG.", "There is no such file; the others are read.").of(path), false
	case err != nil:
		return failed(err, "Give yourself the right to read it.").of(path), true
	}
	n, err := p.count(path)
	if err != nil {
		return failed(err, "Correct the file.").of(path), true
	}
	if open := p.openTo(info); open != "" {
		return noted("Run `chmod go-rwx "+path+"`.", "%s; %s.", contextsWord(n), open).of(path), true
	}
	if n == 0 && alone {
		return noted("Add one with `kubectl config set-context`, or sign in with `culvert login`.", "There are no contexts in it.").of(path), true
	}
	return fine("%s.", contextsWord(n)).of(path), true
}

func contextsWord(n int) string {
	if n == 1 {
		return "1 context"
	}
	return fmt.Sprintf("%d contexts", n)
}

func areKnown(n int) string {
	if n == 1 {
		return contextsWord(n) + " is"
	}
	return contextsWord(n) + " are"
}

// openTo says who else may read or change a file; empty for nobody.
func (p probes) openTo(info fs.FileInfo) string {
	if p.system == "windows" { // there the mode says nothing
		return ""
	}
	switch mode := info.Mode().Perm(); {
	case mode&0o022 != 0:
		return fmt.Sprintf("other users may change it (its mode is %04o)", mode)
	case mode&0o044 != 0:
		return fmt.Sprintf("other users may read it, and the credentials in it (its mode is %04o)", mode)
	}
	return ""
}

// noKubeconfig says that none of the files is there.
func (p probes) noKubeconfig(files []string, contexts []kube.Context) finding {
	if len(contexts) > 0 {
		return fine("There is none, and none is needed: %s known without one.", areKnown(len(contexts)))
	}
	where := "Looked for " + strings.Join(files, ", ")
	switch {
	case len(files) == 0:
		where = "The user has no home folder to look in"
	case p.kubeconfig != "":
		where += ", as --kubeconfig says"
	case p.env("KUBECONFIG") != "":
		where += ", as KUBECONFIG says"
	}
	return faulty("Put your kubeconfig there, name it in KUBECONFIG or with --kubeconfig, or sign in to a cluster with `culvert login`.",
		"There is no kubeconfig. %s.", where)
}
