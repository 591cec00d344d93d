package portforward

import (
	"go/parser"
	"go/token"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
)

// TestImports keeps the direction of the house: this package knows the domain's
// errors and interfaces, HTTP and SPDY, and nothing of kube, the window or the
// Kubernetes objects.
func TestImports(t *testing.T) {
	allowed := map[string]bool{
		"culvert/tunnels":                 true,
		"github.com/moby/spdystream/spdy": true,
		"golang.org/x/sys/unix":           true,
		"k8s.io/client-go/rest":           true,
		"culvert/tunnels/crash":           true,
	}
	files, err := filepath.Glob("*.go")
	if err != nil || len(files) == 0 {
		t.Fatalf("%d files, %v", len(files), err)
	}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, parser.ImportsOnly)
		if err != nil {
			t.Fatal(err)
		}
		for _, spec := range file.Imports {
			path, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatal(err)
			}
			standard := !strings.Contains(strings.Split(path, "/")[0], ".") && !strings.HasPrefix(path, "culvert")
			if !standard && !allowed[path] {
				t.Errorf("%s imports %s", name, path)
			}
		}
	}
}
