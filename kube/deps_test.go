package kube

import (
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// TestOnlyKubeKnowsKubernetes reads the imports of the whole module.
func TestOnlyKubeKnowsKubernetes(t *testing.T) {
	const root = ".."
	apart := []string{"e2e", "tools"} // modules of their own
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil {
			return err
		}
		name = filepath.ToSlash(name)
		if d.IsDir() {
			if slices.Contains(apart, name) || strings.HasPrefix(d.Name(), ".") && d.Name() != root {
				return filepath.SkipDir
			}
			return nil
		}
		if !strings.HasSuffix(name, ".go") {
			return nil
		}
		f, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.ImportsOnly)
		if err != nil {
			return err
		}
		for _, spec := range f.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				return err
			}
			if why := banned(name, imported); why != "" {
				t.Errorf("%s imports %s: %s", name, imported, why)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func banned(file, imported string) string {
	inKube := strings.HasPrefix(file, "kube/")
	kubernetes := strings.HasPrefix(imported, "k8s.io/") || strings.HasPrefix(imported, "sigs.k8s.io/") ||
		strings.HasPrefix(imported, "github.com/moby/spdystream")
	test := strings.HasSuffix(file, "_test.go")
	switch {
	case kubernetes && !inKube:
		return "only kube knows Kubernetes"
	case strings.HasPrefix(imported, "k8s.io/client-go/kubernetes") || imported == "k8s.io/client-go/dynamic":
		return "typed clients double the memory of the program"
	case strings.HasPrefix(imported, "k8s.io/apiserver") && !test:
		return "a real API server is for tests"
	case imported == "github.com/zalando/go-keyring" && !strings.HasPrefix(file, "kube/keyring/"):
		return "secrets go through kube/secrets.go"
	case inKube && (strings.HasPrefix(imported, "fyne.io/") || imported == "culvert/ui" || imported == "culvert/cli"):
		return "kube knows no window and no command line"
	case (strings.HasPrefix(file, "kube/loginshell/") || strings.HasPrefix(file, "kube/plugin/")) && strings.HasPrefix(imported, "culvert/"):
		return "it runs in processes of its own and knows nothing of Culvert"
	case strings.HasPrefix(file, "kube/portforward/") && imported == "culvert/kube":
		return "portforward knows nothing of kube"
	case slices.ContainsFunc([]string{"kube/login/", "kube/keyring/", "kube/folder/"}, func(dir string) bool { return strings.HasPrefix(file, dir) }) && imported == "culvert/kube":
		return "they know nothing of kube"
	}
	return ""
}
