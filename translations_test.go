package main

import (
	"encoding/json"
	"go/ast"
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

// TestTranslationsAreWhole: each catalogue has every text of the window, no other one,
// and says with the same values what it says.
func TestTranslationsAreWhole(t *testing.T) {
	texts := textsOf(t)
	if len(texts) < 900 {
		t.Fatalf("only %d texts were found", len(texts))
	}
	files, err := filepath.Glob("assets/translations/*.json")
	if err != nil || len(files) == 0 {
		t.Fatalf("the catalogues are %v, %v", files, err)
	}
	for _, file := range files {
		t.Run(filepath.Base(file), func(t *testing.T) {
			catalogue := readCatalogue(t, file)
			for text := range catalogue {
				if _, ok := texts[text]; !ok {
					t.Errorf("no part of the window says %q", text)
				}
			}
			for text, place := range texts {
				said := catalogue[text]
				if len(said) == 0 {
					t.Errorf("%q (%s) is missing", text, place)
				}
				for _, s := range said {
					if want, got := valuesOf(text), valuesOf(s); s == "" || !slices.Equal(want, got) {
						t.Errorf("%q has the values %v and not %v of %q (%s)", s, got, want, text, place)
					}
				}
			}
		})
	}
}

// readCatalogue returns the forms of each text.
func readCatalogue(t *testing.T, file string) map[string][]string {
	t.Helper()
	data, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	var raw map[string]json.RawMessage
	if err := json.Unmarshal(data, &raw); err != nil {
		t.Fatal(err)
	}
	out := make(map[string][]string)
	for text, r := range raw {
		var one string
		if json.Unmarshal(r, &one) == nil {
			out[text] = []string{one}
			continue
		}
		var forms map[string]string
		if err := json.Unmarshal(r, &forms); err != nil || forms["other"] == "" {
			t.Fatalf("%q: %v, %s", text, err, r)
		}
		out[text] = slices.Collect(maps.Values(forms))
	}
	return out
}

var value = regexp.MustCompile(`{{[^}]*}}`)

func valuesOf(text string) []string {
	return slices.Compact(slices.Sorted(slices.Values(value.FindAllString(text, -1))))
}

// textsOf returns in which file each text that can be translated stands.
func textsOf(t *testing.T) map[string]string {
	t.Helper()
	// Which arguments of a call are texts: from the first number on, up to the second.
	calls := map[string][2]int{"L": {0, 1}, "N": {0, 1}, "X": {0, 1}, "plural": {1, 3}}
	out := make(map[string]string)
	product(t, func(path string, n ast.Node) {
		for _, text := range engineTexts(n) {
			out[text] = path
		}
		c, ok := n.(*ast.CallExpr)
		if !ok {
			return
		}
		which, ok := calls[calledName(c.Fun)]
		if !ok || len(c.Args) < which[1] {
			return
		}
		for _, arg := range c.Args[which[0]:which[1]] {
			if text, ok := constantText(arg); ok {
				out[text] = path
			}
		}
	})
	return out
}

// engineTexts returns the templates of what the engine says where n is a function that
// lists them, see ui/enginetexts.go.
func engineTexts(n ast.Node) []string {
	f, ok := n.(*ast.FuncDecl)
	if !ok || !strings.HasPrefix(f.Name.Name, "engineTexts") {
		return nil
	}
	var out []string
	ast.Inspect(f, func(n ast.Node) bool {
		e, ok := n.(ast.Expr)
		if !ok {
			return true
		}
		text, ok := constantText(e)
		if ok {
			out = append(out, text)
		}
		return !ok
	})
	return out
}

// TestTheEngineSaysSo: the templates of what the engine says are what it says.
func TestTheEngineSaysSo(t *testing.T) {
	said := make(map[string]bool)
	for _, s := range sentencesOf(t) {
		plain := withoutDoubles(strings.TrimSpace(s.text))
		said[plain], said[signedIn.Replace(plain)] = true, true
	}
	n := 0
	product(t, func(_ string, node ast.Node) {
		for _, text := range engineTexts(node) {
			n++
			plain := withoutDoubles(strings.ReplaceAll(value.ReplaceAllString(text, "\x00"), `"`, ""))
			if !slices.ContainsFunc(spellings(plain), func(s string) bool { return said[s] }) {
				t.Errorf("nothing in the program says %q", text)
			}
		}
	})
	if n < 800 {
		t.Errorf("only %d templates were found", n)
	}
}

// signedIn leaves out of a hint what is not said to who has signed in with Culvert, see
// signedInHint in kube/bearer.go.
var signedIn = strings.NewReplacer(" in the kubeconfig", "", "proxy-url in the kubeconfig, ", "", "proxy-url or ", "")

// withoutDoubles makes one value of several without a word between them.
func withoutDoubles(s string) string {
	for strings.Contains(s, "\x00\x00") {
		s = strings.ReplaceAll(s, "\x00\x00", "\x00")
	}
	return s
}

// spellings are how a program may write a text: a value that begins or ends it may be
// put to it elsewhere, and what it is about goes before a colon.
func spellings(s string) []string {
	return []string{s, strings.TrimPrefix(s, "\x00 "), strings.TrimSuffix(s, " \x00"), s + ": \x00"}
}

func constantText(e ast.Expr) (string, bool) {
	switch e := e.(type) {
	case *ast.BasicLit:
		s, err := strconv.Unquote(e.Value)
		return s, err == nil && e.Kind == token.STRING
	case *ast.BinaryExpr:
		a, ok := constantText(e.X)
		b, too := constantText(e.Y)
		return a + b, ok && too && e.Op == token.ADD
	}
	return "", false
}
