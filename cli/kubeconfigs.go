package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"culvert/tunnels"
)

// AskedKubeconfigs returns the kubeconfigs that the user asks for, as absolute paths: by
// the flag, or by KUBECONFIG. There are none when any will do.
func AskedKubeconfigs(flag string) []string {
	chosen := filepath.SplitList(os.Getenv("KUBECONFIG"))
	if flag != "" {
		chosen = []string{flag}
	}
	var out []string
	for _, path := range chosen {
		if path != "" {
			out = append(out, absolute(path))
		}
	}
	return out
}

// AreKubeconfigs says whether those asked for are those that are read, by whatever
// paths. None asked for are any.
func AreKubeconfigs(asked, read []string) bool {
	return len(asked) == 0 || slices.EqualFunc(asked, read, func(a, b string) bool { return leadsTo(a) == leadsTo(b) })
}

// checkKubeconfigs returns an error when the Culvert that runs reads other
// kubeconfigs than those asked for: a context there may be another cluster.
func checkKubeconfigs(asked, theirs []string) error {
	if AreKubeconfigs(asked, theirs) {
		return nil
	}
	uses := strings.Join(theirs, ", ")
	if uses == "" {
		uses = "none"
	}
	return &tunnels.Error{
		Err: fmt.Errorf("the Culvert that runs has other kubeconfigs (%s) than %s", uses, strings.Join(asked, ", ")),
		Hint: "Add yours to it with `culvert contexts add FILE` and leave --kubeconfig and KUBECONFIG out, or end it first: quit the window, or `culvert down --all`. " +
			"`culvert forward` works beside it.",
		Cause: tunnels.CauseInvalid, Permanent: true,
	}
}

// absolute returns the path from the root; the path itself without a folder to be in.
func absolute(path string) string {
	abs, err := filepath.Abs(path)
	if err != nil {
		return path
	}
	return abs
}

// leadsTo returns what a path leads to, or the path itself where that is nothing.
func leadsTo(path string) string {
	path = absolute(path)
	if to, err := filepath.EvalSymlinks(path); err == nil {
		return to
	}
	return path
}
