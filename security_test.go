package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// promises is how many docs/security.md makes.
const promises = 31

// TestEveryPromiseIsHeld: docs/security.md has every promise once and in order, and
// the tests exist that it names.
func TestEveryPromiseIsHeld(t *testing.T) {
	quoted := regexp.MustCompile("`([^`]*)`")
	row := regexp.MustCompile(`^\| S(\d+) \|`)
	tests := allTests(t)
	number := 0
	for line := range strings.Lines(readFile(t, "docs/security.md")) {
		m := row.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		number++
		if want := "| S" + strconv.Itoa(number) + " |"; !strings.HasPrefix(line, want) {
			t.Fatalf("the row of promise %d begins with S%s", number, m[1])
		}
		cells := strings.Split(strings.ReplaceAll(line, `\|`, "\x00"), "|")
		if len(cells) != 5 {
			t.Errorf("promise %d has %d cells", number, len(cells)-2)
			continue
		}
		held := quoted.FindAllStringSubmatch(cells[3], -1)
		if len(held) == 0 {
			t.Errorf("promise %d has no test", number)
		}
		for _, h := range held {
			if !tests[h[1]] {
				t.Errorf("promise %d: there is no test %s", number, h[1])
			}
		}
	}
	if number != promises {
		t.Errorf("there are %d promises, not %d", number, promises)
	}
}

// allTests returns the tests of all modules, as folder.Name; those of the root have no
// folder.
func allTests(t *testing.T) map[string]bool {
	t.Helper()
	name := regexp.MustCompile(`(?m)^func ((?:Test|Fuzz)\w+)\(\w+ \*testing\.[TF]\)`)
	found := make(map[string]bool)
	sources(t, true, func(path string) {
		if !strings.HasSuffix(path, "_test.go") {
			return
		}
		folder := strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path))+".", "..")
		for _, m := range name.FindAllStringSubmatch(readFile(t, path), -1) {
			found[folder+m[1]] = true
		}
	})
	return found
}

// sources calls do with each file in Go, of this module, or of all.
func sources(t *testing.T, all bool, do func(path string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(path string, e os.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && path != "." && (strings.HasPrefix(e.Name(), ".") || !all && (path == "e2e" || path == "tools")):
			return filepath.SkipDir
		case strings.HasSuffix(path, ".go"):
			do(path)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// product calls do with each node of the program's own sources, tests left out and
// what is built for tests alone.
func product(t *testing.T, do func(path string, n ast.Node)) {
	t.Helper()
	sources(t, false, func(path string) {
		if strings.HasSuffix(path, "_test.go") || path == filepath.Join("ui", "e2e.go") || strings.HasPrefix(path, filepath.Join("kube", "conformance")) {
			return
		}
		file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			do(filepath.ToSlash(path), n)
			return true
		})
	})
}

// TestListenersAreKnown: nothing in the program listens but where docs/security.md
// says so.
func TestListenersAreKnown(t *testing.T) {
	found := make(map[string]bool)
	product(t, func(path string, n ast.Node) {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		s, ok := call.Fun.(*ast.SelectorExpr)
		if ok && (strings.HasPrefix(s.Sel.Name, "Listen") && s.Sel.Name != "ListenAddrs" || s.Sel.Name == "FileListener" || s.Sel.Name == "RequestName") {
			found[path] = true
		}
	})
	compareFiles(t, found,
		"tunnels/listen.go",                                                 // the tunnels' local ports
		"tunnels/control/socket_unix.go", "tunnels/control/pipe_windows.go", // the control sockets
		"kube/kubetest/server.go", "kube/kubetest/oauth.go", // the demo's API server; its sign-in is in tests alone
		"kube/kubetest/demopod/serve.go",                      // the pod of the tests' cluster; the demo's are in memory
		"cli/doctor_probes.go", "tunnels/holder/find_lsof.go", // whether a port is free, for a moment
	)
}

// TestUncheckedTLSIsKnown: nothing in the program leaves a certificate unchecked, or
// passes such a wish on, but these.
func TestUncheckedTLSIsKnown(t *testing.T) {
	found := make(map[string]bool)
	product(t, func(path string, n ast.Node) {
		if id, ok := n.(*ast.Ident); ok {
			switch id.Name {
			case "InsecureSkipVerify", "InsecureSkipTLSVerify", "VerifyPeerCertificate", "VerifyConnection", "Insecure":
				found[path] = true
			}
		}
	})
	compareFiles(t, found,
		"tunnels/speaks/port.go",                   // finds out what a tunnel's own port speaks, and tells it nothing
		"cli/kubectlflags.go", "kube/overrides.go", // --insecure-skip-tls-verify of kubectl, which is warned of
		"kube/consent.go", "kube/verify.go", // tell of a kubeconfig's insecure-skip-tls-verify
	)
}

func compareFiles(t *testing.T, found map[string]bool, known ...string) {
	t.Helper()
	got := slices.Sorted(maps.Keys(found))
	if slices.Sort(known); !slices.Equal(got, known) {
		t.Errorf("found are\n%s\nknown are\n%s", strings.Join(got, "\n"), strings.Join(known, "\n"))
	}
}
