package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// uncontained are the places that may start what runs by itself without containing its
// panics, and why. A name ends with a slash where it is a folder.
var uncontained = map[string]string{
	"tunnels/tunneltest/":             "tests alone",
	"kube/kubetest/":                  "stands for a cluster, in tests and in the demo",
	"kube/conformance/":               "tests alone",
	"kube/plugin/run_unix.go":         "a process of its own, whose end is that of a credential plugin",
	"kube/loginshell/run_unix.go":     "sets a deadline of a file",
	"kube/keyring/keyring.go":         "calls nothing but guarded, which contains the store's panics",
	"kube/portforward/upgrade.go":     "calls the cancel function of a context",
	"kube/portforward/wire.go":        "closes a connection",
	"kube/patient.go":                 "calls the cancel function of a context",
	"kube/access.go":                  "calls the cancel function of a context, beside what is contained",
	"tunnels/control/remotefollow.go": "calls the cancel function of a context, beside what is contained",
	"tunnels/control/remotestream.go": "calls the cancel function of a context, beside what is contained",
	"tunnels/workspace/workspace.go":  "calls the cancel function of a context, beside what is contained",
	"tunnels/speaks/port.go":          "closes a connection",
}

// containing are the functions that contain what they are given.
var containing = []string{"Contain", "Guard", "Contained", "contained", "contain", "catch"}

// TestGoroutinesAreContained: a panic in a goroutine or a timer that nobody contains ends
// the program, with all tunnels.
func TestGoroutinesAreContained(t *testing.T) {
	used := make(map[string]bool)
	for _, dir := range []string{"tunnels", "kube", "ui"} {
		err := filepath.WalkDir(dir, func(path string, d os.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "e2e.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, parser.SkipObjectResolution)
			if err != nil {
				return err
			}
			bad := started(file)
			path = filepath.ToSlash(path)
			allowed := ""
			for place := range uncontained {
				if path == place || strings.HasSuffix(place, "/") && strings.HasPrefix(path, place) {
					allowed = place
				}
			}
			switch {
			case len(bad) > 0 && allowed != "":
				used[allowed] = true
			case len(bad) > 0:
				t.Errorf("%s starts what is not contained: %s", path, strings.Join(bad, ", "))
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for place := range uncontained {
		if !used[place] {
			t.Errorf("%s starts nothing uncontained: strike it out", place)
		}
	}
}

// started returns what a file starts without containing it.
func started(file *ast.File) []string {
	var bad []string
	ast.Inspect(file, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.GoStmt:
			if !contains(n.Call) {
				bad = append(bad, "go")
			}
		case *ast.CallExpr:
			name := calledName(n.Fun)
			last := len(n.Args) - 1
			if (name == "Go" && last == 0 || name == "AfterFunc") && !contains(n.Args[last]) {
				bad = append(bad, name)
			}
		}
		return true
	})
	return bad
}

// contains says whether an expression is a call of something that contains, or of what
// such a call has returned.
func contains(e ast.Expr) bool {
	call, ok := e.(*ast.CallExpr)
	if !ok {
		return false
	}
	return slices.Contains(containing, calledName(call.Fun)) || contains(call.Fun)
}

// calledName is the name of what is called, without what it belongs to.
func calledName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.Ident:
		return e.Name
	case *ast.SelectorExpr:
		return e.Sel.Name
	}
	return ""
}

// TestGoroutinesAreSeen: the test above sees what it is for.
func TestGoroutinesAreSeen(t *testing.T) {
	tests := map[string]bool{
		`go f()`:                            false,
		`go func() {}()`:                    false,
		`wg.Go(f)`:                          false,
		`wg.Go(func() {})`:                  false,
		`time.AfterFunc(1, func() {})`:      false,
		`context.AfterFunc(ctx, f)()`:       false,
		`go r.Contain("x", f)`:              true,
		`go r.Contained("x", f, nil)()`:     true,
		`wg.Go(r.Contained("x", f, nil))`:   true,
		`time.AfterFunc(1, s.contained(f))`: true,
	}
	for line, want := range tests {
		file, err := parser.ParseFile(token.NewFileSet(), "x.go", "package x\nfunc _() {\n"+line+"\n}", 0)
		if err != nil {
			t.Fatal(err)
		}
		if got := len(started(file)) == 0; got != want {
			t.Errorf("%s: contained is %v", line, got)
		}
	}
}
